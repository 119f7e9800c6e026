-- Does a legal hold keep the row `activity`?
EXISTS (
  SELECT FROM legal_hold
  WHERE legal_hold.released_at IS NULL
    AND legal_hold.target_id = activity.target_id
    AND (legal_hold.source_domain IS NULL OR legal_hold.source_domain = activity.source_domain)
)
