-- The activity of an id: get-one. An expired one is left out.
--
-- Index: the primary key.
SELECT /* activity_by_id */
  activity.id, activity.type, activity.target_type, activity.target_id, activity.source_domain,
  activity.occurred_at, activity.time_to_live, activity.old_data::text, activity.new_data::text,
  author.identifier, author.full_name, author.email,
  activity.correlation_id, activity.recorded_at, activity.expires_at
FROM activity
JOIN author ON author.id = activity.author_id
WHERE activity.id = %(id)s::uuid
  AND (activity.expires_at IS NULL OR activity.expires_at > %(now)s::timestamptz)
