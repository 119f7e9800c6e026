CREATE VIEW reporting.erasure WITH (security_barrier) AS
SELECT
  erasure.id AS erasure_number,
  erasure.target_id,
  CASE WHEN jsonb_typeof(author.number) = 'number' THEN author.number::bigint END AS author_number,
  reporting.to_the_second(erasure.asked_at, 'UTC')::timestamp(0) AS asked_utc,
  reporting.to_the_second(erasure.asked_at, 'Europe/London')::timestamp(0) AS asked_london,
  reporting.to_the_second(erasure.done_at, 'UTC')::timestamp(0) AS done_utc,
  reporting.to_the_second(erasure.done_at, 'Europe/London')::timestamp(0) AS done_london,
  erasure.erased AS rows_erased
FROM erasure
LEFT JOIN LATERAL jsonb_array_elements(erasure.author_rows) AS author (number) ON true
WHERE erasure.erased > 0 OR (erasure.done_at IS NOT NULL AND erasure.refused IS NULL);

COMMENT ON VIEW reporting.erasure IS
  'One row for each record whose data, and each author whose name, was erased at the request of a person: copies have to drop theirs.';
COMMENT ON COLUMN reporting.erasure.erasure_number IS 'The number of the request; one about an author can have several rows.';
COMMENT ON COLUMN reporting.erasure.target_id IS 'The record whose old_data and new_data were erased; empty for an author.';
COMMENT ON COLUMN reporting.erasure.author_number IS 'The row of the view author that was erased; empty for a record.';
COMMENT ON COLUMN reporting.erasure.asked_utc IS 'When it was asked for, in UTC.';
COMMENT ON COLUMN reporting.erasure.asked_london IS 'When it was asked for, by the clocks of London.';
COMMENT ON COLUMN reporting.erasure.done_utc IS 'When it was done, in UTC; empty while it goes on.';
COMMENT ON COLUMN reporting.erasure.done_london IS 'When it was done, by the clocks of London.';
COMMENT ON COLUMN reporting.erasure.rows_erased IS 'How many activities, or rows of authors, the whole request has erased.';
