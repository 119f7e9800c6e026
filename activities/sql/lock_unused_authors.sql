-- Authors that were unused at that moment already, locked against new activities; those that are just being used
-- are passed over.
--
-- Index: none; authors are few beside activities.
SELECT /* lock_unused_authors */ id
FROM author
WHERE unused_since <= %(before)s::timestamptz
  AND id > %(after)s::bigint
ORDER BY id
LIMIT %(rows)s::bigint
FOR UPDATE SKIP LOCKED
