-- What all views of activities read. No analyst may: it stands outside the schema.
--
-- Below the oldest open transaction, as the feed, so that who reads on from the highest `stored_by` misses none. Asked in
-- a query of its own, which is run once and not for each row.
CREATE VIEW activity_for_analysts AS
SELECT
  activity.id,
  activity.id::varchar(36) AS activity_id,
  activity.target_id,
  activity.target_type,
  activity.type,
  activity.source_domain,
  reporting.to_the_second(activity.occurred_at, 'UTC')::timestamp(0) AS occurred_utc,
  reporting.to_the_second(activity.occurred_at, 'Europe/London')::timestamp(0) AS occurred_london,
  (activity.occurred_at AT TIME ZONE 'Europe/London')::date AS occurred_date,
  activity.recorded_at,
  activity.expires_at,
  reporting.to_the_second(activity.expires_at, 'UTC')::timestamp(0) AS expires_utc,
  activity.author_id,
  activity.correlation_id,
  shown.data AS data_shown,
  CASE WHEN shown.data THEN activity.old_data END AS old_data,
  CASE WHEN shown.data THEN activity.new_data END AS new_data,
  activity.erased_at,
  activity.stored_by
FROM activity
LEFT JOIN reporting_kind AS kind ON kind.target_type = activity.target_type AND kind.type = activity.type
LEFT JOIN reporting_kind AS other_type ON other_type.target_type = activity.target_type AND other_type.type = ''
LEFT JOIN reporting_kind AS other_kind ON other_kind.target_type = '' AND other_kind.type = ''
CROSS JOIN LATERAL (
  SELECT
    coalesce(kind.activity_shown, other_type.activity_shown, other_kind.activity_shown, false) AS activity,
    coalesce(kind.data_shown, other_type.data_shown, other_kind.data_shown, false) AS data
) AS shown
WHERE activity.stored_by < (SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint)
  AND (activity.expires_at IS NULL OR activity.expires_at > statement_timestamp())
  AND shown.activity;
COMMENT ON VIEW activity_for_analysts IS
  'Activities that analysts may see, with what they may see of them: stored for good, not expired.';
