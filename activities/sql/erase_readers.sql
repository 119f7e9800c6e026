-- Puts a marker in the place of readers who are these authors, by the id or the e-mail that their activities bear.
--
-- Accounts are often spelled in lower case, so case is not compared.
--
-- Index: none; the table is read through once, as all documents were for the same erasure.
UPDATE /* erase_readers */ read_record
SET reader = %(marker)s::text
FROM author
WHERE author.id = ANY(%(ids)s::bigint[])
  AND lower(read_record.reader) IN (lower(author.identifier), lower(author.email))
