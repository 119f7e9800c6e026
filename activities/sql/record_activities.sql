-- Stores activities, and tells which were new.
--
-- Rows come as an array for each column, the documents as the text that was sent: it keeps every digit of them, and
-- takes an eighth less than one JSON array, out of which the server would have to copy each document. A row whose id is
-- stored already is left out and not reported; so is one whose author's row is not what it was when its id was learnt:
-- a name may have been erased since. Sorted by id, so that overlapping writers do not deadlock.
--
-- Called by: POST /api/v1/activities with an array
-- Parameters: author_ids, identifiers, full_names, emails = each author once; id, type, target_type, target_id,
--   source_domain, occurred_at, time_to_live, expires_at, old_data, new_data, author_id, correlation_id = a column
--   of the activities each; recorded_at = the moment of the call; client_id = whose token it is
-- Index: author_pkey; read. All of activity's are written
WITH /* record_activities */ written_by AS MATERIALIZED (
  SELECT author.id
  FROM unnest(
    %(author_ids)s::bigint[], %(identifiers)s::text[], %(full_names)s::text[], %(emails)s::text[]
  ) AS given (id, identifier, full_name, email)
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
  row.author_id, %(client_id)s::bigint, row.correlation_id
FROM unnest(
  %(id)s::uuid[], %(type)s::text[], %(target_type)s::text[], %(target_id)s::text[], %(source_domain)s::text[],
  %(occurred_at)s::timestamptz[], %(time_to_live)s::text[], %(expires_at)s::timestamptz[], %(old_data)s::jsonb[],
  %(new_data)s::jsonb[], %(author_id)s::bigint[], %(correlation_id)s::text[]
) AS row (
  id, type, target_type, target_id, source_domain, occurred_at, time_to_live, expires_at, old_data, new_data,
  author_id, correlation_id
)
JOIN written_by ON written_by.id = row.author_id
ORDER BY row.id
ON CONFLICT DO NOTHING
RETURNING id
