-- Of activities whose ids are stored already: is what is stored the same as what was sent?
--
-- The same are all members of a POST but the correlation id; who sent it is not compared. Documents are compared
-- as jsonb, so 1.10 is 1.1 and the order of keys does not matter. What was erased, of the activity or of its author,
-- is not compared.
--
-- Called by: POST /api/v1/activities with an id that is stored already
-- Parameters: rows, authors = the activities that were sent, and their authors by number
-- Index: activity_pkey, author_pkey
SELECT /* compare_with_stored */
  stored.id,
  stored.erased_at IS NOT NULL
  OR (stored.type, stored.target_type, stored.target_id, stored.occurred_at)
    = (row.type, row.target_type, row.target_id, row.occurred_at)
  AND stored.source_domain IS NOT DISTINCT FROM row.source_domain
  AND stored.time_to_live IS NOT DISTINCT FROM row.time_to_live
  AND stored.old_data IS NOT DISTINCT FROM row.old_data
  AND stored.new_data IS NOT DISTINCT FROM row.new_data
  AND (
    author.erased_at IS NOT NULL
    OR author.identifier IS NOT DISTINCT FROM given.identifier
    AND author.full_name = given.full_name
    AND author.email IS NOT DISTINCT FROM given.email
  )
FROM jsonb_to_recordset(%(rows)s::jsonb) AS row (
  id uuid, type text, target_type text, target_id text, source_domain text, occurred_at timestamptz,
  time_to_live text, old_data jsonb, new_data jsonb, author int
)
JOIN jsonb_to_recordset(%(authors)s::jsonb)
  AS given (number int, identifier text, full_name text, email text) ON given.number = row.author
JOIN activity AS stored ON stored.id = row.id
JOIN author ON author.id = stored.author_id
