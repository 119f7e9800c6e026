-- Authors of all three kinds: with an identifier and an e-mail, and without one or the other.
INSERT INTO author (identifier, full_name, email)
SELECT
  CASE WHEN number %% 3 > 0 THEN 'officer-' || number END,
  'Officer Number ' || number,
  CASE WHEN number %% 4 > 0 THEN 'officer' || number || '@council.example' END
FROM generate_series(1, %(authors)s) AS number
