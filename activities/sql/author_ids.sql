-- The rows of some authors, adding those that are not stored yet, and which were added.
--
-- An author is found by all three of its columns, one branch for each that may be null, since `IS NOT DISTINCT FROM`
-- cannot use an index. Added in order, so that overlapping writers do not deadlock. One that another writer adds at
-- this very moment is neither found nor added: asked again, it is found.
--
-- Called by: POST /api/v1/activities by an author whom this worker has not met
-- Parameters: authors = author of each activity, with a number
-- Index: author_is_one_row_per_snapshot; it leaves erased rows out
WITH /* author_ids */ given AS MATERIALIZED (
  SELECT number, identifier, full_name, email
  FROM jsonb_to_recordset(%(authors)s::jsonb)
    AS author (number int, identifier text, full_name text, email text)
), known AS MATERIALIZED (
  SELECT given.number, found.id
  FROM given
  CROSS JOIN LATERAL (
    SELECT id FROM author
    WHERE erased_at IS NULL
      AND identifier = given.identifier AND full_name = given.full_name AND email = given.email
    UNION ALL
    SELECT id FROM author
    WHERE erased_at IS NULL AND given.email IS NULL AND email IS NULL
      AND identifier = given.identifier AND full_name = given.full_name
    UNION ALL
    SELECT id FROM author
    WHERE erased_at IS NULL AND given.identifier IS NULL AND identifier IS NULL
      AND full_name = given.full_name AND email = given.email
    UNION ALL
    SELECT id FROM author
    WHERE erased_at IS NULL AND given.identifier IS NULL AND identifier IS NULL AND given.email IS NULL AND email IS NULL
      AND full_name = given.full_name
  ) AS found
), added AS (
  INSERT INTO author (identifier, full_name, email)
  SELECT identifier, full_name, email
  FROM given
  WHERE number NOT IN (SELECT number FROM known)
  ORDER BY identifier, full_name, email
  ON CONFLICT DO NOTHING
  RETURNING id, identifier, full_name, email
)
SELECT number, id, false FROM known
UNION ALL
SELECT given.number, added.id, true
FROM added
JOIN given ON given.full_name = added.full_name
  AND given.identifier IS NOT DISTINCT FROM added.identifier AND given.email IS NOT DISTINCT FROM added.email
