-- Deletes these rows of reads.
--
-- Called by: manage.py purge_expired_activities; manage.py erase_target
-- Parameters: ids = of the batch
-- Index: read_record_pkey
DELETE /* delete_reads */ FROM read_record
WHERE id = ANY(%(ids)s::bigint[])
