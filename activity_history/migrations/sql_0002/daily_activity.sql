CREATE VIEW reporting.daily_activity WITH (security_barrier) AS
SELECT
  count.day,
  count.source_domain,
  coalesce(domain.label, reporting.made_label(count.source_domain, acronyms.names))::varchar(255) AS source_domain_label,
  count.target_type,
  coalesce(target_type.label, reporting.made_label(count.target_type, acronyms.names))::varchar(255)
    AS target_type_label,
  count.type,
  coalesce(type.label, reporting.made_label(count.type, acronyms.names))::varchar(255) AS type_label,
  count.activities
FROM daily_count AS count
LEFT JOIN reporting_label AS target_type ON target_type.sort = 'target_type' AND target_type.name = count.target_type
LEFT JOIN reporting_label AS type ON type.sort = 'type' AND type.name = count.type
LEFT JOIN reporting_label AS domain ON domain.sort = 'domain' AND domain.name = count.source_domain
CROSS JOIN LATERAL (
  SELECT ARRAY(SELECT name FROM reporting_label WHERE sort = 'acronym') AS names
) AS acronyms;

COMMENT ON VIEW reporting.daily_activity IS
  'How many activities of each kind happened on each day, also of those that have expired since. Brought up to date by each purge, so up to an hour old.';
COMMENT ON COLUMN reporting.daily_activity.day IS 'The day in London on which they happened.';
COMMENT ON COLUMN reporting.daily_activity.activities IS 'How many there were.';
