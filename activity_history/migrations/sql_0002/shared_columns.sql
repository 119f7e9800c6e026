-- What columns mean that several views have, where a view does not say otherwise.
DO $$
DECLARE
  one record;
BEGIN
  FOR one IN
    SELECT view.relname AS view, shared.name, shared.meaning
    FROM (VALUES
      ('activity_id', 'The id of the activity, as the API gives it.'),
      ('target_id',
        'The id of the record that it was done to; in finance_transaction that of the tenure on whose account it is.'),
      ('target_type', 'The kind of record, as its sender writes it.'),
      ('target_type_label', 'The kind of record in words.'),
      ('type', 'What was done, as its sender writes it: create, update, delete and others.'),
      ('type_label', 'What was done in words.'),
      ('source_domain', 'The domain that sent it; empty where it named none.'),
      ('source_domain_label', 'That domain in words.'),
      ('occurred_utc', 'When it happened, in UTC. The quick way to ask for a time.'),
      ('occurred_london', 'When it happened, by the clocks of London.'),
      ('occurred_date', 'The day in London on which it happened.'),
      ('expires_utc',
        'From when on it must not be shown, in UTC: copies have to drop it then. Empty where it is kept without limit.'),
      ('author_number', 'The number of the row in the view author.'),
      ('stored_by',
        'Rises with the order of storing: who has all rows up to one number gets the new ones by asking for higher numbers.')
    ) AS shared (name, meaning)
    JOIN pg_attribute AS attribute ON attribute.attname = shared.name
    JOIN pg_class AS view ON view.oid = attribute.attrelid
    WHERE view.relnamespace = 'reporting'::regnamespace AND view.relkind = 'v'
      AND col_description(view.oid, attribute.attnum) IS NULL
  LOOP
    EXECUTE format('COMMENT ON COLUMN reporting.%I.%I IS %L', one.view, one.name, one.meaning);
  END LOOP;
END
$$;
