-- Bodies of a POST like rows that are stored. The id of zeros is replaced by a new one in each request.
SELECT json_build_object(
  'id', '00000000-0000-0000-0000-000000000000',
  'type', type,
  'targetType', target_type,
  'targetId', target_id,
  'sourceDomain', source_domain,
  'datetime', to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  'timeToLive', time_to_live,
  'oldData', old_data,
  'newData', new_data,
  'author', json_build_object('id', identifier, 'fullName', full_name, 'email', email),
  'correlationId', correlation_id
)::text
FROM (SELECT * FROM activity ORDER BY id LIMIT %(count)s) AS some_activities
JOIN author ON author.id = some_activities.author_id
ORDER BY some_activities.id
