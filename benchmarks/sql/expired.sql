-- Rows of many targets that ended a year ago and wait to be purged.
INSERT INTO activity (
  id, type, target_type, target_id, source_domain, occurred_at, recorded_at, expires_at, new_data, author_id, client_id
)
SELECT
  gen_random_uuid(), 'update', 'person', md5('target-' || number %% %(targets)s)::uuid::text, 'Person',
  occurred_at, occurred_at, occurred_at + interval '7 years', '{"surname": "Sample", "isActive": true}', 1, 1
FROM (
  SELECT number, now() - interval '8 years' + number * interval '1 second' AS occurred_at
  FROM generate_series(1, %(rows)s) AS number
) AS numbered
