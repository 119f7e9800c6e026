-- The oldest rows of reads: the purge deletes those of them whose time is over.
--
-- By id, which follows time but for a little, so that no index on time has to be kept.
--
-- Called by: manage.py purge_expired_activities
-- Parameters: before = now less READS_KEPT_DAYS; rows = 5,000
-- Index: read_record_pkey
SELECT /* oldest_reads */ id, read_at < %(before)s::timestamptz
FROM read_record
ORDER BY id
LIMIT %(rows)s::bigint
