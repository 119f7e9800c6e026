-- Of the next activities by id: the targets whose documents hold one of these words, and the last id looked at.
--
-- `parts` are looked for anywhere in a document's text whatever their case, `whole` as a whole string of it. Both are
-- escaped as JSON, and `parts` for LIKE.
--
-- Called by: manage.py erase_author
-- Parameters: after = behind the batch before; rows = 10,000; parts, whole = patterns of the author's words
-- Index: activity_pkey
WITH /* targets_naming */ looked_at AS MATERIALIZED (
  SELECT id, target_id, concat(old_data, ' ', new_data) AS documents
  FROM activity
  WHERE id > %(after)s::uuid
  ORDER BY id
  LIMIT %(rows)s::bigint
)
SELECT
  (SELECT id FROM looked_at ORDER BY id DESC LIMIT 1),
  (SELECT count(*) FROM looked_at),
  (
    SELECT jsonb_agg(DISTINCT target_id) FROM looked_at
    WHERE documents ILIKE ANY (%(parts)s::text[]) OR documents LIKE ANY (%(whole)s::text[])
  )::text
