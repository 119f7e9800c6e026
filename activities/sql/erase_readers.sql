-- Puts a marker in the place of readers who are these authors, by the id or the e-mail that their activities bear.
--
-- Accounts are often spelled in lower case, so case is not compared.
--
-- Called by: manage.py erase_author
-- Parameters: ids = rows of the author; marker = what is put in the place
-- Index: author_pkey; the table of reads is read through once, as all documents were
UPDATE /* erase_readers */ read_record
SET reader = %(marker)s::text
FROM author
WHERE author.id = ANY(%(ids)s::bigint[])
  AND lower(read_record.reader) IN (lower(author.identifier), lower(author.email))
