INSERT INTO activity (
  id, type, target_type, target_id, source_domain, occurred_at, recorded_at, expires_at, old_data, new_data,
  author_id, client_id, correlation_id
) VALUES (
  gen_random_uuid(), 'update', 'person', md5('target-' || :target)::uuid::text, 'Person', now(), now(),
  now() + interval '7 years',
  '{"tags": ["A5", "B2"], "rent": {"amount": 131.50, "frequency": "weekly"}, "address": {"town": "London", "line1": "611 Sample Road", "line2": "", "postcode": "E11 5QX"}, "isActive": true, "lastModified": "2026-01-06 10:42:21.818+00", "versionNumber": 41}',
  '{"tags": ["A5", "C7"], "rent": {"amount": 136.75, "frequency": "weekly"}, "address": {"town": "London", "line1": "612 Sample Road", "line2": "Flat 31", "postcode": "E11 5AB"}, "isActive": false, "lastModified": "2026-02-15 10:42:21.818+00", "versionNumber": 42}',
  :author, 1, gen_random_uuid()::text
);
