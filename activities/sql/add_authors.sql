-- Stores the authors that are not stored yet; sorted, so that overlapping writers do not deadlock.
--
-- Index: author_is_one_row_per_snapshot.
INSERT /* add_authors */ INTO author (identifier, full_name, email)
SELECT identifier, full_name, email
FROM jsonb_to_recordset(%(authors)s::jsonb) AS given (identifier text, full_name text, email text)
ORDER BY identifier, full_name, email
ON CONFLICT DO NOTHING
RETURNING id
