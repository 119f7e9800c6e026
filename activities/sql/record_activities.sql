-- Stores activities, each with its author's row, and tells which were new.
--
-- Rows come as one JSON array, because that is the fastest way in (one parse, no value dumped twice) and keeps
-- every digit of the documents. An author is found by all three of its columns, one branch for each that may be
-- null, since `IS NOT DISTINCT FROM` cannot use an index. A row whose author is not stored yet is left out and
-- not reported; so is a row whose id is stored already. Sorted by id, so that overlapping writers do not deadlock.
--
-- Indexes: author_is_one_row_per_snapshot (read); all of activity's (written).
WITH /* record_activities */ written_by AS MATERIALIZED (
  SELECT given.number, known.id
  FROM jsonb_to_recordset(%(authors)s::jsonb)
    AS given (number int, identifier text, full_name text, email text)
  CROSS JOIN LATERAL (
    SELECT id FROM author
    WHERE identifier = given.identifier AND full_name = given.full_name AND email = given.email
    UNION ALL
    SELECT id FROM author
    WHERE given.email IS NULL AND email IS NULL
      AND identifier = given.identifier AND full_name = given.full_name
    UNION ALL
    SELECT id FROM author
    WHERE given.identifier IS NULL AND identifier IS NULL
      AND full_name = given.full_name AND email = given.email
    UNION ALL
    SELECT id FROM author
    WHERE given.identifier IS NULL AND identifier IS NULL AND given.email IS NULL AND email IS NULL
      AND full_name = given.full_name
  ) AS known
)
INSERT INTO activity (
  id, type, target_type, target_id, source_domain, occurred_at, recorded_at, time_to_live, expires_at,
  old_data, new_data, author_id, client_id, correlation_id
)
SELECT
  row.id, row.type, row.target_type, row.target_id, row.source_domain, row.occurred_at,
  %(recorded_at)s::timestamptz, row.time_to_live, row.expires_at, row.old_data, row.new_data,
  written_by.id, %(client_id)s::bigint, row.correlation_id
FROM jsonb_to_recordset(%(rows)s::jsonb) AS row (
  id uuid, type text, target_type text, target_id text, source_domain text, occurred_at timestamptz,
  time_to_live text, expires_at timestamptz, old_data jsonb, new_data jsonb, author int, correlation_id text
)
JOIN written_by ON written_by.number = row.author
ORDER BY row.id
ON CONFLICT DO NOTHING
RETURNING
  id,
  CASE WHEN %(with_data)s THEN old_data::text END,
  CASE WHEN %(with_data)s THEN new_data::text END
