-- Adds to what a client has used of one of its allowances in a minute, and gives the sum of all workers.
--
-- What was let through already (`counted`) is always added; what is asked for only where the sum then keeps to the
-- limit, and `let_through` says whether it did. The row's lock makes that one decision for all workers.
--
-- Called by: any call of a client with limits
-- Parameters: client_id, most = of the client's row; allowance = requests or activities; minute = that of the call; counted =
--   let through since the last run; asked = by this call
-- Index: none; client_use_one_row_a_minute is what the conflict is found by
INSERT /* count_use */ INTO client_use AS used (client_id, allowance, minute, count, let_through)
VALUES (
  %(client_id)s::bigint, %(allowance)s::text, %(minute)s::timestamptz, %(counted)s::bigint + %(asked)s::bigint, true
)
ON CONFLICT (client_id, allowance, minute) DO UPDATE SET
  let_through = used.count + %(counted)s::bigint + %(asked)s::bigint <= %(most)s::bigint,
  count = used.count + %(counted)s::bigint
    + CASE WHEN used.count + %(counted)s::bigint + %(asked)s::bigint <= %(most)s::bigint
      THEN %(asked)s::bigint ELSE 0 END
RETURNING count, let_through
