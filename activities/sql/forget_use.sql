-- Forgets what clients used in minutes that are over.
--
-- Called by: manage.py purge_expired_activities
-- Parameters: before = the beginning of this hour
-- Index: none; the table holds an hour or so
DELETE /* forget_use */ FROM client_use
WHERE minute < %(before)s::timestamptz
