"""What data analysts read: the schema `reporting`, its words and counts, and the roles that read it."""
