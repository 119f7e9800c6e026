-- The activities of some ids, to show what an array found stored already. Expired ones are left out.
--
-- Index: the primary key.
SELECT /* activities_by_ids */
  activity.id, activity.type, activity.target_type, activity.target_id, activity.source_domain,
  activity.occurred_at, activity.time_to_live, activity.old_data::text, activity.new_data::text,
  author.identifier, author.full_name, author.email,
  activity.correlation_id, activity.recorded_at, activity.expires_at
FROM activity
JOIN author ON author.id = activity.author_id
WHERE activity.id = ANY (%(ids)s::uuid[])
  AND (activity.expires_at IS NULL OR activity.expires_at > %(now)s::timestamptz)
