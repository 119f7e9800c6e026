-- The rows that every run reads: %(rows)s activities, every %(deep_every)s-th of one target, the others of
-- targets of ten rows on average, three of four with 5 and one with 25, so that a page of 20 can be asked for.
--
-- A target's rows lie scattered over the whole table and over the last 700 days, as in a table that grew. Ids are
-- computed from numbers (benchmarks/dataset.py computes the same), because the load must name them.
INSERT INTO activity (
  id, type, target_type, target_id, source_domain, occurred_at, recorded_at, time_to_live, expires_at,
  old_data, new_data, author_id, client_id, correlation_id
)
SELECT
  md5('activity-' || number)::uuid,
  CASE WHEN created THEN 'create' ELSE 'update' END,
  kind,
  md5('target-' || target)::uuid::text,
  initcap(kind),
  occurred_at,
  occurred_at + interval '2 seconds',
  NULL,
  occurred_at + interval '7 years',
  CASE WHEN NOT created THEN format(
    '{"address": {"line1": "%%s Sample Road", "line2": "", "postcode": "E%%s %%sQX", "town": "London"}, '
    '"isActive": true, "lastModified": "%%s", "rent": {"amount": %%s.50, "frequency": "weekly"}, '
    '"tags": ["A%%s", "B%%s"], "versionNumber": %%s}',
    number %% 900, number %% 20, number %% 9, occurred_at - interval '40 days', 90 + number %% 60,
    number %% 7, number %% 11, number %% 50)::jsonb END,
  format(
    '{"address": {"line1": "%%s Sample Road", "line2": "Flat %%s", "postcode": "E%%s %%sAB", "town": "London"}, '
    '"isActive": false, "lastModified": "%%s", "rent": {"amount": %%s.75, "frequency": "weekly"}, '
    '"tags": ["A%%s", "C%%s"], "versionNumber": %%s%%s}',
    1 + number %% 900, number %% 40, number %% 20, number %% 9, occurred_at, 95 + number %% 60,
    number %% 7, number %% 13, 1 + number %% 50,
    CASE WHEN created THEN format(
      ', "firstName": "Name%%s", "surname": "Surname%%s", "dateOfBirth": "19%%s-06-18", "placeOfBirth": "Enugu", '
      '"personTypes": ["Tenant"], "reason": null, "title": "Mrs"',
      number %% 300, number %% 2000, 40 + number %% 50) END)::jsonb,
  1 + number %% %(authors)s,
  %(client_id)s,
  CASE WHEN number %% 2 = 0 THEN md5('request-' || number)::uuid::text END
FROM (
  SELECT
    number,
    CASE
      WHEN number %% %(deep_every)s = 0 THEN -1
      WHEN place * 7 %% 40 < 25 THEN 4 * family
      ELSE 4 * family + 1 + (place * 7 %% 40 - 25) / 5
    END AS target,
    number %% 5 = 0 AS created,
    (ARRAY['person', 'tenure', 'asset', 'process'])[1 + number %% 4] AS kind,
    %(ends)s::timestamptz - interval '700 days' * (1 - number::float8 / %(rows)s) AS occurred_at
  FROM (
    SELECT
      number,
      (number - number / %(deep_every)s - 1) %% %(families)s AS family,
      (number - number / %(deep_every)s - 1) / %(families)s AS place
    FROM generate_series(0, %(rows)s - 1) AS number
  ) AS numbered
) AS described
