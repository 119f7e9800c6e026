-- What the newest transactions of some targets charged and paid, newest first, as the text of their data.
--
-- An amount that is missing or no number is for the reader to pass over: a cast here would fail for all of them. The
-- number of a target is its place among those asked for. A page of each target, as in activities_about_targets. The last
-- column, the same in all rows: have they major works, which are in no balance?
--
-- Called by: GET /my-history/{token}
-- Parameters: target_ids, source_domains = what the viewer link shows; types_of_works = types of major works that
--   residents may see; now = the moment of the call; rows = 2,001
-- Index: activity_about_target; backwards, for each target
SELECT /* amounts_of_transactions */
  asked.number, activity.occurred_at,
  activity.new_data ->> 'chargedAmount', activity.new_data ->> 'paidAmount',
  activity.new_data ->> 'housingBenefitAmount', activity.new_data ->> 'balanceAmount',
  EXISTS (
    SELECT FROM activity AS works
    WHERE works.target_id = ANY (%(target_ids)s::text[])
      AND works.target_type = 'majorWorks'
      AND works.type = ANY (%(types_of_works)s::text[])
      AND (works.expires_at IS NULL OR works.expires_at > %(now)s::timestamptz)
      AND (%(source_domains)s::text[] IS NULL OR works.source_domain = ANY (%(source_domains)s::text[]))
  )
FROM unnest(%(target_ids)s::text[]) WITH ORDINALITY AS asked (target_id, number)
CROSS JOIN LATERAL (
  SELECT one.* FROM activity AS one
  WHERE one.target_id = asked.target_id
    AND one.target_type = 'transaction'
    AND one.type = 'create'
    AND (one.expires_at IS NULL OR one.expires_at > %(now)s::timestamptz)
    AND (%(source_domains)s::text[] IS NULL OR one.source_domain = ANY (%(source_domains)s::text[]))
  ORDER BY one.occurred_at DESC, one.id DESC
  LIMIT %(rows)s::bigint
) AS activity
ORDER BY activity.occurred_at DESC, activity.id DESC
LIMIT %(rows)s::bigint
