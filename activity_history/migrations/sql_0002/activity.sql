CREATE VIEW reporting.activity WITH (security_barrier) AS
SELECT
  activity.activity_id,
  activity.target_id,
  activity.target_type,
  coalesce(target_type.label, reporting.made_label(activity.target_type, acronyms.names))::varchar(255)
    AS target_type_label,
  activity.type,
  coalesce(type.label, reporting.made_label(activity.type, acronyms.names))::varchar(255) AS type_label,
  activity.source_domain,
  coalesce(domain.label, reporting.made_label(activity.source_domain, acronyms.names))::varchar(255)
    AS source_domain_label,
  activity.occurred_utc,
  activity.occurred_london,
  activity.occurred_date,
  extract(hour FROM activity.occurred_london)::smallint AS occurred_hour,
  reporting.to_the_second(activity.recorded_at, 'UTC')::timestamp(0) AS recorded_utc,
  reporting.to_the_second(activity.recorded_at, 'Europe/London')::timestamp(0) AS recorded_london,
  activity.expires_utc,
  reporting.to_the_second(activity.expires_at, 'Europe/London')::timestamp(0) AS expires_london,
  activity.author_id AS author_number,
  author.full_name AS author_name,
  activity.correlation_id,
  reporting.cut(said.old_data, 4000)::varchar(4000) AS old_data,
  reporting.cut(said.new_data, 4000)::varchar(4000) AS new_data,
  coalesce((greatest(length(said.old_data), length(said.new_data)) > 4000)::integer, 0)::smallint AS data_is_cut,
  (NOT activity.data_shown)::integer::smallint AS data_is_withheld,
  (activity.erased_at IS NOT NULL)::integer::smallint AS is_erased,
  activity.stored_by
FROM activity_for_analysts AS activity
LEFT JOIN author ON author.id = activity.author_id
LEFT JOIN reporting_label AS target_type ON target_type.sort = 'target_type' AND target_type.name = activity.target_type
LEFT JOIN reporting_label AS type ON type.sort = 'type' AND type.name = activity.type
LEFT JOIN reporting_label AS domain ON domain.sort = 'domain' AND domain.name = activity.source_domain
-- Kept a query of its own, so that each document is written once and not for each use.
CROSS JOIN LATERAL (
  SELECT activity.old_data::text AS old_data, activity.new_data::text AS new_data OFFSET 0
) AS said
CROSS JOIN LATERAL (
  SELECT ARRAY(SELECT name FROM reporting_label WHERE sort = 'acronym') AS names
) AS acronyms;

COMMENT ON VIEW reporting.activity IS
  'One row for each thing that was done to a record, from when it is stored until it expires.';
COMMENT ON COLUMN reporting.activity.occurred_hour IS 'The hour in London in which it happened, 0 to 23.';
COMMENT ON COLUMN reporting.activity.recorded_utc IS 'When this service stored it, in UTC.';
COMMENT ON COLUMN reporting.activity.recorded_london IS 'When this service stored it, by the clocks of London.';
COMMENT ON COLUMN reporting.activity.expires_london IS 'The same by the clocks of London.';
COMMENT ON COLUMN reporting.activity.author_name IS 'The name of who did it, as it was then; "erased" once it was erased.';
COMMENT ON COLUMN reporting.activity.correlation_id IS 'The same for all that one request has caused.';
COMMENT ON COLUMN reporting.activity.old_data IS
  'The record, or only what changed of it, as it was before: JSON, cut at 4,000 characters with a mark.';
COMMENT ON COLUMN reporting.activity.new_data IS 'The same as it was afterwards.';
COMMENT ON COLUMN reporting.activity.data_is_cut IS '1 where old_data or new_data is cut, else 0.';
COMMENT ON COLUMN reporting.activity.data_is_withheld IS '1 where the data is sensitive and not for analysts, else 0.';
COMMENT ON COLUMN reporting.activity.is_erased IS '1 where the data was erased at the request of a person, else 0.';
