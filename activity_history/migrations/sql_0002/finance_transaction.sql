CREATE VIEW reporting.finance_transaction WITH (security_barrier) AS
SELECT
  activity.activity_id, activity.target_id, activity.type, activity.source_domain,
  activity.occurred_utc, activity.occurred_london, activity.occurred_date, activity.expires_utc,
  reporting.cut(entry.data ->> 'transactionType', 255)::varchar(255) AS transaction_type,
  reporting.cut(
    coalesce(label.label, reporting.made_label(left(entry.data ->> 'transactionType', 255), acronyms.names)), 255
  )::varchar(255) AS transaction_type_label,
  reporting.london_day(entry.data ->> 'transactionDate') AS transaction_date,
  reporting.cut(entry.data ->> 'paymentReference', 255)::varchar(255) AS payment_reference,
  reporting.whole_number(entry.data -> 'financialYear') AS financial_year,
  reporting.whole_number(entry.data -> 'periodNo') AS period_number,
  reporting.whole_number(entry.data -> 'chargeYear') AS charge_year,
  reporting.cut(entry.data ->> 'workOrderReference', 255)::varchar(255) AS work_order_reference,
  reporting.cut(entry.data ->> 'description', 4000)::varchar(4000) AS description,
  amount.charged::numeric(12, 2) AS charged_amount,
  amount.paid::numeric(12, 2) AS paid_amount,
  amount.housing_benefit::numeric(12, 2) AS housing_benefit_amount,
  amount.balance::numeric(12, 2) AS balance_amount,
  amount.estimated::numeric(12, 2) AS estimated_amount,
  amount.actual::numeric(12, 2) AS actual_amount,
  (
    (entry.data ->> 'chargedAmount' IS NOT NULL AND amount.charged IS NULL)
    OR (entry.data ->> 'paidAmount' IS NOT NULL AND amount.paid IS NULL)
    OR (entry.data ->> 'housingBenefitAmount' IS NOT NULL AND amount.housing_benefit IS NULL)
    OR (entry.data ->> 'balanceAmount' IS NOT NULL AND amount.balance IS NULL)
    OR (entry.data ->> 'estimated' IS NOT NULL AND amount.estimated IS NULL)
    OR (entry.data ->> 'actual' IS NOT NULL AND amount.actual IS NULL)
  )::integer::smallint AS malformed,
  activity.stored_by
FROM activity_for_analysts AS activity
CROSS JOIN LATERAL (SELECT coalesce(activity.new_data, activity.old_data, '{}') AS data) AS entry
CROSS JOIN LATERAL (
  SELECT
    reporting.amount(entry.data -> 'chargedAmount') AS charged,
    reporting.amount(entry.data -> 'paidAmount') AS paid,
    reporting.amount(entry.data -> 'housingBenefitAmount') AS housing_benefit,
    reporting.amount(entry.data -> 'balanceAmount') AS balance,
    reporting.amount(entry.data -> 'estimated') AS estimated,
    reporting.amount(entry.data -> 'actual') AS actual
) AS amount
LEFT JOIN reporting_label AS label
  ON label.sort = 'transaction_type' AND label.name = entry.data ->> 'transactionType'
CROSS JOIN LATERAL (
  SELECT ARRAY(SELECT name FROM reporting_label WHERE sort = 'acronym') AS names
) AS acronyms
WHERE activity.target_type = 'transaction';

COMMENT ON VIEW reporting.finance_transaction IS
  'One row for each activity of a payment or charge, with its amounts in pounds. A correction (update) and a deletion are rows of their own: ask for the type create to add up.';
COMMENT ON COLUMN reporting.finance_transaction.type IS
  'create for an entry, update for its correction, delete for its removal: then the amounts are those that were removed.';
COMMENT ON COLUMN reporting.finance_transaction.transaction_type IS 'The type of entry, as its sender writes it.';
COMMENT ON COLUMN reporting.finance_transaction.transaction_type_label IS 'The type of entry in words.';
COMMENT ON COLUMN reporting.finance_transaction.transaction_date IS 'The day of the entry; empty where there is none, or no such day.';
COMMENT ON COLUMN reporting.finance_transaction.payment_reference IS 'The payment reference of the account.';
COMMENT ON COLUMN reporting.finance_transaction.financial_year IS 'The year in which the financial year begins.';
COMMENT ON COLUMN reporting.finance_transaction.period_number IS 'The week of the financial year.';
COMMENT ON COLUMN reporting.finance_transaction.charge_year IS 'The year in which the service charge year begins.';
COMMENT ON COLUMN reporting.finance_transaction.work_order_reference IS 'The repair that it is for.';
COMMENT ON COLUMN reporting.finance_transaction.description IS 'The description, cut at 4,000 characters with a mark.';
COMMENT ON COLUMN reporting.finance_transaction.charged_amount IS 'What was charged, in pounds.';
COMMENT ON COLUMN reporting.finance_transaction.paid_amount IS 'What was paid, in pounds.';
COMMENT ON COLUMN reporting.finance_transaction.housing_benefit_amount IS 'What Housing Benefit paid, in pounds.';
COMMENT ON COLUMN reporting.finance_transaction.balance_amount IS 'The balance after it, in pounds: what is owed is above nothing.';
COMMENT ON COLUMN reporting.finance_transaction.estimated_amount IS 'The estimate that a balancing charge corrects, in pounds.';
COMMENT ON COLUMN reporting.finance_transaction.actual_amount IS 'What it came to, in pounds.';
COMMENT ON COLUMN reporting.finance_transaction.malformed IS
  '1 where one of the amounts was sent as something that is no number below 10,000,000,000, and is empty here; else 0.';
