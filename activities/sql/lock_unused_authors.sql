-- Authors that were unused at that moment already, locked against new activities; those that are just being used
-- are passed over.
--
-- Called by: manage.py purge_expired_activities
-- Parameters: before = a day before the purge; after = behind the batch before; rows = --batch-size
-- Index: author_pkey
SELECT /* lock_unused_authors */ id
FROM author
WHERE unused_since <= %(before)s::timestamptz
  AND id > %(after)s::bigint
ORDER BY id
LIMIT %(rows)s::bigint
FOR UPDATE SKIP LOCKED
