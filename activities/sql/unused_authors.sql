-- Authors that were unused at that moment already.
--
-- Called by: manage.py purge_expired_activities
-- Parameters: before = a day before the purge; after = behind the batch before; rows = 500
-- Index: author_pkey
SELECT /* unused_authors */ id
FROM author
WHERE unused_since <= %(before)s::timestamptz
  AND id > %(after)s::bigint
ORDER BY id
LIMIT %(rows)s::bigint
