-- A page of the feed: the next activities in the order of storing, from a place on, and how far was looked.
--
-- Only what lies below the oldest transaction that is open: rows of one that is still open would else be passed by.
-- The window bounds the work where filters let little through: its last place is given in every row, and alone in a row
-- where nothing of it is to be shown. Authors are looked up one by one: not knowing the window, the server would take it
-- for a tenth of the table, and read all of them.
--
-- Called by: GET /api/v1/activities/feed
-- Parameters: after, after_id = the place in after, else 0; window = pageSize, or 10,000 where a filter was sent;
--   rows = pageSize; now = the moment of the call; target_ids = targetId; allowed_targets, allowed_domains = what
--   the token is restricted to; target_types = targetType; types = type; source_domains = sourceDomain; author_ids
--   = authorId; correlation_ids = correlationId; occurred_from = occurredFrom; occurred_to = occurredTo
-- Index: activity_in_order_of_storing, author_pkey
WITH /* activities_in_order_of_storing */ looked_at AS MATERIALIZED (
  SELECT *
  FROM activity
  WHERE (stored_by, id) > (%(after)s::bigint, %(after_id)s::uuid)
    AND stored_by < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
  ORDER BY stored_by, id
  LIMIT %(window)s::bigint
), until AS (
  SELECT count(*) AS count, max(stored_by) AS stored_by,
    (SELECT id FROM looked_at ORDER BY stored_by DESC, id DESC LIMIT 1) AS id
  FROM looked_at
)
SELECT page.record, page.stored_by, page.id, until.count, until.stored_by, until.id, (SELECT epoch FROM feed_epoch)
FROM until
LEFT JOIN (
  SELECT {record} AS record, activity.stored_by, activity.id
  FROM looked_at AS activity
  CROSS JOIN LATERAL (SELECT * FROM author WHERE author.id = activity.author_id OFFSET 0) AS author
  WHERE (activity.expires_at IS NULL OR activity.expires_at > %(now)s::timestamptz)
    AND (%(target_ids)s::text[] IS NULL OR activity.target_id = ANY (%(target_ids)s::text[]))
    AND (%(allowed_targets)s::text[] IS NULL OR activity.target_id = ANY (%(allowed_targets)s::text[]))
    AND (%(allowed_domains)s::text[] IS NULL OR activity.source_domain = ANY (%(allowed_domains)s::text[]))
    AND (%(target_types)s::text[] IS NULL OR activity.target_type = ANY (%(target_types)s::text[]))
    AND (%(types)s::text[] IS NULL OR activity.type = ANY (%(types)s::text[]))
    AND (%(source_domains)s::text[] IS NULL OR activity.source_domain = ANY (%(source_domains)s::text[]))
    AND (%(author_ids)s::text[] IS NULL OR author.identifier = ANY (%(author_ids)s::text[]))
    AND (%(correlation_ids)s::text[] IS NULL OR activity.correlation_id = ANY (%(correlation_ids)s::text[]))
    AND (%(occurred_from)s::timestamptz IS NULL OR activity.occurred_at >= %(occurred_from)s::timestamptz)
    AND (%(occurred_to)s::timestamptz IS NULL OR activity.occurred_at < %(occurred_to)s::timestamptz)
  ORDER BY activity.stored_by, activity.id
  LIMIT %(rows)s::bigint
) AS page ON true
ORDER BY page.stored_by, page.id
