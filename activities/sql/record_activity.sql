-- Stores one activity, and gives its documents as stored; no row when its id is stored already.
--
-- No row either when the author's row is not what it was when its id was learnt: a name may have been erased since.
-- The record is written by Python here: setting up `record.sql` behind an insert costs a seventh of the whole.
--
-- Called by: POST /api/v1/activities with one
-- Parameters: id, type, target_type, target_id, source_domain, occurred_at, time_to_live, old_data, new_data = as
--   sent; expires_at = by timeToLive or the retention policy; recorded_at = the moment of the call; client_id =
--   whose token it is; correlation_id = as sent, else of the call; author_id, full_name, identifier, email = the
--   author's row, and what it must still hold
-- Index: author_pkey; read. All of activity's are written
INSERT /* record_activity */ INTO activity (
  id, type, target_type, target_id, source_domain, occurred_at, recorded_at, time_to_live, expires_at,
  old_data, new_data, author_id, client_id, correlation_id
)
SELECT
  %(id)s::uuid, %(type)s, %(target_type)s, %(target_id)s, %(source_domain)s, %(occurred_at)s::timestamptz,
  %(recorded_at)s::timestamptz, %(time_to_live)s, %(expires_at)s::timestamptz,
  %(old_data)s::jsonb, %(new_data)s::jsonb, author.id, %(client_id)s::bigint, %(correlation_id)s
FROM author
WHERE author.id = %(author_id)s::bigint
  AND author.full_name = %(full_name)s
  AND author.identifier IS NOT DISTINCT FROM %(identifier)s::text
  AND author.email IS NOT DISTINCT FROM %(email)s::text
ON CONFLICT DO NOTHING
RETURNING old_data::text, new_data::text
