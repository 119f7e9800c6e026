-- Records that someone reads the history of some targets and, for a resident's page, tells who of the staff looked at
-- one of them last before.
--
-- One statement, so that it costs one journey. The commit does not wait for the disk: a crash of the server may lose the
-- reads of its last moments, and nothing else. The setting lasts until the end of the transaction, which is this
-- statement where there is no other. The second part sees the table as it was before the first.
--
-- Called by: GET /history/{targetId}; GET /admin/activities/activity/; GET /my-history/{token}; any read of a client that is marked
-- Parameters: target_ids = what is shown; now = the moment of the call; channel, client_id, reader, role, user_id = who
--   reads, and how
-- Index: read_record_last_of_target
WITH /* record_reads */ quickly AS MATERIALIZED (
  SELECT set_config('synchronous_commit', 'off', true)
), read AS MATERIALIZED (
  SELECT DISTINCT target_id FROM unnest(%(target_ids)s::text[]) AS given (target_id)
), recorded AS (
  INSERT INTO read_record (target_id, read_at, channel, client_id, reader, role)
  SELECT read.target_id, %(now)s::timestamptz, %(channel)s::text, %(client_id)s::bigint, %(reader)s::text,
    coalesce(
      %(role)s::text,
      (
        SELECT auth_group.name
        FROM auth_user_groups
        JOIN auth_group ON auth_group.id = auth_user_groups.group_id
        WHERE auth_user_groups.user_id = %(user_id)s::bigint
        ORDER BY auth_group.name, auth_group.id
        LIMIT 1
      ),
      'member of staff'
    )
  FROM quickly
  CROSS JOIN read
)
SELECT last.role, last.read_at
FROM read
CROSS JOIN LATERAL (
  SELECT role, read_at, id FROM read_record
  WHERE target_id = read.target_id AND channel = 'page'
  ORDER BY read_at DESC, id DESC
  LIMIT 1
) AS last
WHERE %(channel)s::text = 'link'
ORDER BY last.read_at DESC, last.id DESC
LIMIT 1
