-- Has another connection to this database done something in the last so many seconds?
--
-- Of other roles a role without pg_read_all_stats sees no state: they are then taken to work.
--
-- Called by: manage.py purge_expired_activities
-- Parameters: seconds = what the batch took
-- Index: none; the server's own view
SELECT /* worked_meanwhile */ EXISTS (
  SELECT FROM pg_stat_activity
  WHERE datname = current_database()
    AND coalesce(backend_type, 'client backend') = 'client backend'
    AND pid <> pg_backend_pid()
    AND (state IS NULL OR state = 'active' OR state_change > clock_timestamp() - make_interval(secs => %(seconds)s::float8))
)
