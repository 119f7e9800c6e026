-- Stores activities, and tells which were new.
--
-- Rows come as one JSON array, because that is the fastest way in (one parse, no value dumped twice) and keeps
-- every digit of the documents. A row whose id is stored already is left out and not reported; so is one whose author's
-- row is not what it was when its id was learnt: a name may have been erased since. Sorted by id, so that overlapping
-- writers do not deadlock.
--
-- Indexes: author's primary key (read); all of activity's (written).
WITH /* record_activities */ written_by AS MATERIALIZED (
  SELECT given.number, author.id
  FROM jsonb_to_recordset(%(authors)s::jsonb)
    AS given (number int, id bigint, identifier text, full_name text, email text)
  JOIN author ON author.id = given.id AND author.full_name = given.full_name
    AND author.identifier IS NOT DISTINCT FROM given.identifier AND author.email IS NOT DISTINCT FROM given.email
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
RETURNING id
