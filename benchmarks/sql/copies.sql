-- Copies of stored rows that have not expired, so as large as they are: %(rows)s, older by %(age)s.
INSERT INTO activity (
  id, type, target_type, target_id, source_domain, occurred_at, recorded_at, time_to_live, expires_at,
  old_data, new_data, author_id, client_id, correlation_id
)
SELECT
  gen_random_uuid(), type, target_type, target_id, source_domain, occurred_at - %(age)s::interval,
  recorded_at - %(age)s::interval, time_to_live, expires_at - %(age)s::interval,
  old_data, new_data, author_id, client_id, correlation_id
FROM activity
WHERE expires_at > now()
LIMIT %(rows)s
