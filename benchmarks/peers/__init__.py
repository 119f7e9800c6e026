"""What a team would build instead, each as its own documentation teaches it, on the same tables."""
