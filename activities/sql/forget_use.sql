-- Forgets what clients used in minutes that are over.
--
-- Index: none; the table holds an hour or so.
DELETE /* forget_use */ FROM client_use
WHERE minute < %(before)s::timestamptz
