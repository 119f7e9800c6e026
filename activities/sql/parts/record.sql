-- A record as the API gives it out: JSON text, its members in the contract's order, nulls written.
--
-- Made here because the server does it in less time than Python takes to read the columns. `concat` leaves nulls out, so each that may be null says so. Types are words, which need no escapes.
concat(
  '{"id":"', activity.id, '","type":"', activity.type, '","targetType":"', activity.target_type,
  '","targetId":', to_json(activity.target_id),
  ',"sourceDomain":', coalesce(to_json(activity.source_domain), 'null'),
  ',"datetime":', left(to_json(activity.occurred_at AT TIME ZONE 'UTC')::text, -1),
  'Z","timeToLive":', coalesce(to_json(activity.time_to_live), 'null'),
  ',"oldData":', coalesce(activity.old_data, 'null'),
  ',"newData":', coalesce(activity.new_data, 'null'),
  ',"author":{"id":', coalesce(to_json(author.identifier), 'null'),
  ',"fullName":', to_json(author.full_name),
  ',"email":', coalesce(to_json(author.email), 'null'),
  '},"correlationId":', coalesce(to_json(activity.correlation_id), 'null'),
  ',"recordedAt":', left(to_json(activity.recorded_at AT TIME ZONE 'UTC')::text, -1),
  'Z","expiresAt":', coalesce(left(to_json(activity.expires_at AT TIME ZONE 'UTC')::text, -1) || 'Z"', 'null'), '}'
)
