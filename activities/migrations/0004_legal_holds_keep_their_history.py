from django.db import migrations


class Migration(migrations.Migration):
    """A plain trigger: it steps aside for nobody who may not also drop it."""

    dependencies = [("activities", "0003_retention_holds_receipts_and_erasure")]

    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION legal_hold_keeps_its_history() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF TG_OP = 'UPDATE' AND OLD.released_at IS NULL AND NEW.released_at IS NOT NULL
                AND (NEW.id, NEW.target_id, NEW.reason, NEW.placed_by, NEW.placed_at)
                  = (OLD.id, OLD.target_id, OLD.reason, OLD.placed_by, OLD.placed_at)
                AND NEW.source_domain IS NOT DISTINCT FROM OLD.source_domain
              THEN
                RETURN NEW;
              END IF;
              RAISE EXCEPTION 'a legal hold can only be released, once'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'legal_hold_keeps_its_history';
            END
            $$;
            CREATE TRIGGER legal_hold_keeps_its_history BEFORE UPDATE OR DELETE ON legal_hold
              FOR EACH ROW EXECUTE FUNCTION legal_hold_keeps_its_history();
            """,
            """
            DROP TRIGGER legal_hold_keeps_its_history ON legal_hold;
            DROP FUNCTION legal_hold_keeps_its_history();
            """,
        )
    ]
