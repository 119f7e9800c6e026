-- Some rows of reads of a target, for its erasure.
--
-- Index: read_record_last_of_target.
SELECT /* reads_of_target */ id
FROM read_record
WHERE target_id = %(target_id)s::text
LIMIT %(rows)s::bigint
