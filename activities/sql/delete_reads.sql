-- Deletes these rows of reads.
--
-- Index: the primary key.
DELETE /* delete_reads */ FROM read_record
WHERE id = ANY(%(ids)s::bigint[])
