-- What the views compute with. None reads a table: they run with the rights of who asks.

CREATE FUNCTION reporting.cut(value text, longest integer) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN length(value) > longest THEN left(value, longest - 7) || '… [cut]' ELSE value END;
COMMENT ON FUNCTION reporting.cut IS 'The text, or as much of its beginning as fits, with a mark at its end.';

CREATE FUNCTION reporting.to_the_second(moment timestamptz, zone text) RETURNS timestamp
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN date_trunc('second', moment AT TIME ZONE zone);
COMMENT ON FUNCTION reporting.to_the_second IS 'What clocks of the zone showed, without the fraction of a second.';

-- As activities/wording/names.py makes them.
CREATE FUNCTION reporting.made_label(name text, acronyms text[]) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  said text := '';
  word text;
BEGIN
  IF name ~ '[0-9A-Fa-f]{8}-?([0-9A-Fa-f]{4}-?){3}[0-9A-Fa-f]{12}' THEN
    RETURN name;
  END IF;
  name := regexp_replace(
    name, '(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=[0-9])', ' ', 'g'
  );
  FOREACH word IN ARRAY regexp_split_to_array(name, '[\s_./-]+') LOOP
    IF upper(word) = ANY (acronyms) THEN
      word := upper(word);
    ELSIF length(word) = 1 OR word <> upper(word) OR word = lower(word) THEN
      word := lower(word);
    END IF;
    said := said || CASE WHEN word = '' THEN '' ELSE ' ' || word END;
  END LOOP;
  said := substr(said, 2);
  RETURN CASE WHEN said = '' THEN 'Unnamed' ELSE upper(left(said, 1)) || substr(said, 2) END;
END
$$;
COMMENT ON FUNCTION reporting.made_label IS 'A label made from a name that the wording does not have.';

-- The rules of activities/changes.py.
CREATE FUNCTION reporting.has_ids(members jsonb) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  RETURN (
    SELECT pg_catalog.count(*) = pg_catalog.count(DISTINCT nullif(member -> 'id', 'null'))
    FROM jsonb_array_elements(members) AS each (member)
  );
END
$$;
COMMENT ON FUNCTION reporting.has_ids IS 'Whether all members are objects with an id, no two the same.';

CREATE FUNCTION reporting.differs(old jsonb, new jsonb) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  IF coalesce(old, 'null') = coalesce(new, 'null') THEN
    RETURN false;
  ELSIF jsonb_typeof(old) = 'object' AND jsonb_typeof(new) = 'object' THEN
    RETURN EXISTS (
      SELECT FROM jsonb_each(old) AS before FULL JOIN jsonb_each(new) AS after ON after.key = before.key
      WHERE reporting.differs(before.value, after.value)
    );
  ELSIF jsonb_typeof(old) = 'array' AND jsonb_typeof(new) = 'array'
    AND reporting.has_ids(old) AND reporting.has_ids(new)
  THEN
    RETURN EXISTS (
      SELECT
      FROM jsonb_array_elements(old) AS before (member)
      FULL JOIN jsonb_array_elements(new) AS after (member) ON after.member -> 'id' = before.member -> 'id'
      WHERE before.member IS NULL OR after.member IS NULL OR reporting.differs(before.member, after.member)
    );
  END IF;
  RETURN true;
END
$$;
COMMENT ON FUNCTION reporting.differs IS 'Whether a value changed, by the rules of the member `changes` of the API.';

-- A cast alone would fail, and with it the whole query, so each is tried on what it can take.
CREATE FUNCTION reporting.number(value jsonb) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN jsonb_typeof(value) = 'number' THEN
  CASE WHEN abs(round(value::numeric, 6)) < 1e22 THEN round(value::numeric, 6) END
END;
COMMENT ON FUNCTION reporting.number IS 'A JSON number that has at most 22 digits before its point, else null.';

CREATE FUNCTION reporting.as_number(value jsonb) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
  WHEN jsonb_typeof(value) = 'number' THEN value::numeric
  WHEN jsonb_typeof(value) = 'string' THEN
    CASE WHEN value #>> '{}' ~ '^-?[0-9]{1,100}(\.[0-9]{1,100})?$' THEN (value #>> '{}')::numeric END
END;
COMMENT ON FUNCTION reporting.as_number IS 'A number, also of a text such as 12.50; else null.';

CREATE FUNCTION reporting.amount(value jsonb) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
  WHEN abs(round(reporting.as_number(value), 2)) < 10000000000 THEN round(reporting.as_number(value), 2)
END;
COMMENT ON FUNCTION reporting.amount IS 'Pounds and pence below 10,000,000,000; null for what is none.';

CREATE FUNCTION reporting.whole_number(value jsonb) RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
  WHEN reporting.as_number(value) BETWEEN 0 AND 9999 AND reporting.as_number(value) = trunc(reporting.as_number(value))
  THEN reporting.as_number(value)::smallint
END;
COMMENT ON FUNCTION reporting.whole_number IS 'A whole number from 0 to 9999, such as a year; else null.';

-- As activities/wording/values.py reads them: a bare date and a midnight stand for the day as it is written.
CREATE FUNCTION reporting.london_day(value text) RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE
  WHEN value !~ '^[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])' THEN NULL
  -- The day must be one of its month.
  WHEN substr(value, 9, 2)::integer > extract(
    day FROM make_date(substr(value, 1, 4)::integer, substr(value, 6, 2)::integer, 1) + interval '1 month -1 day'
  ) THEN NULL
  WHEN value ~ '^.{10}([T ]00:00(:00(\.0+)?)?(Z|[+-][0-9:]+)?)?$' THEN left(value, 10)::date
  WHEN value ~ '^.{10}[Tt ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,60})?([Zz]|[+-](0[0-9]|1[0-4]):[0-5][0-9])?$'
  THEN (
    -- Cut to the second: the server would round up into the next day.
    (left(value, 19) || coalesce(substring(value FROM '([Zz]|[+-][0-9]{2}:[0-9]{2})$'), 'Z'))::timestamptz
    AT TIME ZONE 'Europe/London'
  )::date
END;
COMMENT ON FUNCTION reporting.london_day IS 'The day in London of a date or moment written as text; null for what is none.';
