-- Some rows of reads of a target, for its erasure.
--
-- Called by: manage.py erase_target
-- Parameters: target_id = what is erased; rows = 2,000
-- Index: read_record_last_of_target
SELECT /* reads_of_target */ id
FROM read_record
WHERE target_id = %(target_id)s::text
LIMIT %(rows)s::bigint
