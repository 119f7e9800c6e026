-- Whether one has an activity that may be seen is asked of each by the index on authors. As EXISTS the server would join
-- the whole table of activities.
CREATE VIEW reporting.author WITH (security_barrier) AS
SELECT
  author.id AS author_number,
  author.identifier AS author_id,
  author.full_name,
  author.email,
  (author.erased_at IS NOT NULL)::integer::smallint AS is_erased,
  reporting.to_the_second(author.erased_at, 'UTC')::timestamp(0) AS erased_utc,
  reporting.to_the_second(author.erased_at, 'Europe/London')::timestamp(0) AS erased_london
FROM author
WHERE (SELECT true FROM activity_for_analysts AS activity WHERE activity.author_id = author.id LIMIT 1);

COMMENT ON VIEW reporting.author IS
  'One row for each person or program that did something, with the id, name and e-mail of that time: who changed a name has two rows.';
COMMENT ON COLUMN reporting.author.author_id IS 'The id that senders give, the same in all rows of one person; empty where they give none.';
COMMENT ON COLUMN reporting.author.full_name IS 'The name; "erased" once it was erased.';
COMMENT ON COLUMN reporting.author.email IS 'The e-mail address, where one was given.';
COMMENT ON COLUMN reporting.author.is_erased IS '1 where id, name and e-mail were erased at the request of a person, else 0.';
COMMENT ON COLUMN reporting.author.erased_utc IS 'When they were erased, in UTC.';
COMMENT ON COLUMN reporting.author.erased_london IS 'When they were erased, by the clocks of London.';
