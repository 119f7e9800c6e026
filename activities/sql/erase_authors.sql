-- Puts the marker in the place of the words of these authors, and gives the rows that had any.
--
-- Called by: manage.py erase_author
-- Parameters: ids = rows of the author; marker = what is put in the place; now = the moment of the batch
-- Index: author_pkey
UPDATE /* erase_authors */ author
SET identifier = NULL, full_name = %(marker)s, email = NULL, erased_at = %(now)s::timestamptz
WHERE id = ANY (%(ids)s::bigint[]) AND erased_at IS NULL
RETURNING id
