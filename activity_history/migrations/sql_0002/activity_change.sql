CREATE VIEW reporting.activity_change WITH (security_barrier) AS
SELECT
  activity.activity_id,
  activity.target_id,
  activity.target_type,
  activity.type,
  activity.source_domain,
  activity.occurred_utc,
  activity.occurred_london,
  activity.occurred_date,
  activity.expires_utc,
  reporting.cut(member.field, 255)::varchar(255) AS field,
  reporting.cut(
    coalesce(own_label.label, label.label, reporting.made_label(left(member.field, 255), acronyms.names)), 255
  )::varchar(255) AS field_label,
  reporting.cut(member.old #>> '{}', 4000)::varchar(4000) AS value_before,
  reporting.cut(member.new #>> '{}', 4000)::varchar(4000) AS value_after,
  reporting.number(member.old)::numeric(28, 6) AS number_before,
  reporting.number(member.new)::numeric(28, 6) AS number_after,
  coalesce((greatest(length(member.old #>> '{}'), length(member.new #>> '{}')) > 4000)::integer, 0)::smallint
    AS value_is_cut,
  activity.stored_by
FROM activity_for_analysts AS activity
CROSS JOIN LATERAL (
  SELECT coalesce(old.key, new.key) AS field, old.value AS old, new.value AS new
  FROM jsonb_each(activity.old_data) AS old
  FULL JOIN jsonb_each(activity.new_data) AS new ON new.key = old.key
) AS member
LEFT JOIN reporting_label AS own_label
  ON own_label.sort = 'field' AND own_label.name = activity.target_type || '.' || member.field
LEFT JOIN reporting_label AS label ON label.sort = 'field' AND label.name = member.field
CROSS JOIN LATERAL (
  SELECT ARRAY(SELECT name FROM reporting_label WHERE sort = 'acronym') AS names
) AS acronyms
WHERE reporting.differs(member.old, member.new);

COMMENT ON VIEW reporting.activity_change IS
  'One row for each field of the data that an activity changed: those at the top of it, each with all that lies within.';
COMMENT ON COLUMN reporting.activity_change.field IS 'The name of the field, as its sender writes it.';
COMMENT ON COLUMN reporting.activity_change.field_label IS 'What the field is called in words.';
COMMENT ON COLUMN reporting.activity_change.value_before IS
  'The value before: a text as it is, else JSON, cut at 4,000 characters with a mark; empty where there was none.';
COMMENT ON COLUMN reporting.activity_change.value_after IS 'The same afterwards.';
COMMENT ON COLUMN reporting.activity_change.number_before IS
  'The value before where it is a number, to six places; empty for others and for those of more than 22 digits.';
COMMENT ON COLUMN reporting.activity_change.number_after IS 'The same afterwards.';
COMMENT ON COLUMN reporting.activity_change.value_is_cut IS '1 where value_before or value_after is cut, else 0.';
