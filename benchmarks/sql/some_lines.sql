-- Lines as load_activities reads them. The marks are bytes that no line holds, so that each comes out as it is.
COPY (
  SELECT json_build_object(
    'id', activity.id,
    'type', type,
    'targetType', target_type,
    'targetId', target_id,
    'sourceDomain', source_domain,
    'datetime', to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    'oldData', old_data,
    'newData', new_data,
    'author', json_build_object('id', identifier, 'fullName', full_name, 'email', email),
    'correlationId', correlation_id
  )
  FROM activity JOIN author ON author.id = author_id
  LIMIT {count}
) TO STDOUT (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')
