-- What was counted knows the youngest of each domain, and the index on the order of storing what came since.
--
-- A replica that has applied all it received is up to date only while it is connected: else its last transaction tells
-- since when it may be behind.
CREATE VIEW reporting.freshness WITH (security_barrier) AS
SELECT
  reporting.to_the_second(statement_timestamp() - state.lag, 'UTC')::timestamp(0) AS as_of_utc,
  reporting.to_the_second(statement_timestamp() - state.lag, 'Europe/London')::timestamp(0) AS as_of_london,
  pg_is_in_recovery()::integer::smallint AS is_replica,
  least(extract(epoch FROM state.lag), 99999999.999)::numeric(11, 3) AS replica_lag_seconds,
  pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS stored_below,
  domain.source_domain,
  reporting.to_the_second(domain.newest_occurred_at, 'UTC')::timestamp(0) AS newest_occurred_utc,
  reporting.to_the_second(domain.newest_occurred_at, 'Europe/London')::timestamp(0) AS newest_occurred_london,
  reporting.to_the_second(domain.newest_recorded_at, 'UTC')::timestamp(0) AS newest_recorded_utc,
  reporting.to_the_second(domain.newest_recorded_at, 'Europe/London')::timestamp(0) AS newest_recorded_london
FROM (
  SELECT CASE
    WHEN NOT pg_is_in_recovery() THEN interval '0'
    WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() AND EXISTS (SELECT FROM pg_stat_wal_receiver)
    THEN interval '0'
    ELSE greatest(statement_timestamp() - pg_last_xact_replay_timestamp(), interval '0')
  END AS lag
) AS state
LEFT JOIN (
  SELECT
    known.source_domain,
    max(known.newest_occurred_at) AS newest_occurred_at,
    max(known.newest_recorded_at) AS newest_recorded_at
  FROM (
    SELECT source_domain, newest_occurred_at, newest_recorded_at FROM daily_count
    UNION ALL
    SELECT source_domain, occurred_at, recorded_at
    FROM activity
    -- Said so that the server sees a range, which it takes for small, and goes by the index.
    WHERE stored_by >= coalesce((SELECT stored_by FROM daily_count_until), 0)
      AND stored_by < (SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint)
      AND (
        stored_by > coalesce((SELECT stored_by FROM daily_count_until), 0)
        OR id > coalesce((SELECT activity_id FROM daily_count_until), '00000000-0000-0000-0000-000000000000')
      )
  ) AS known
  GROUP BY known.source_domain
) AS domain ON true;

COMMENT ON VIEW reporting.freshness IS
  'How fresh what you read is: one row for each source domain, with its youngest activity, also of those that have expired since.';
COMMENT ON COLUMN reporting.freshness.as_of_utc IS 'What was stored by then can be read here, in UTC.';
COMMENT ON COLUMN reporting.freshness.as_of_london IS 'The same by the clocks of London.';
COMMENT ON COLUMN reporting.freshness.is_replica IS '1 on a read replica, 0 on the primary server.';
COMMENT ON COLUMN reporting.freshness.replica_lag_seconds IS
  'How far the replica is behind the primary server, at most; 0 on the primary, empty where it is not known.';
COMMENT ON COLUMN reporting.freshness.stored_below IS
  'All rows with a lower stored_by can be read, and no other: later ones wait for a transaction that is still open.';
COMMENT ON COLUMN reporting.freshness.newest_occurred_utc IS 'When the youngest activity of the domain happened, in UTC.';
COMMENT ON COLUMN reporting.freshness.newest_occurred_london IS 'The same by the clocks of London.';
COMMENT ON COLUMN reporting.freshness.newest_recorded_utc IS 'When the last activity of the domain was stored, in UTC.';
COMMENT ON COLUMN reporting.freshness.newest_recorded_london IS 'The same by the clocks of London.';
