-- The body of a POST of many, stored by one statement as it is, all by one author.
INSERT INTO activity (
  id, type, target_type, target_id, source_domain, occurred_at, recorded_at, time_to_live, expires_at,
  old_data, new_data, author_id, client_id, correlation_id
)
SELECT
  id, type, "targetType", "targetId", "sourceDomain", datetime, now(), "timeToLive", datetime + interval '7 years',
  "oldData", "newData", %(author)s, %(client)s, "correlationId"
FROM jsonb_to_recordset(%(rows)s::jsonb) AS row (
  id uuid, type text, "targetType" text, "targetId" text, "sourceDomain" text, datetime timestamptz,
  "timeToLive" text, "oldData" jsonb, "newData" jsonb, "correlationId" text
)
