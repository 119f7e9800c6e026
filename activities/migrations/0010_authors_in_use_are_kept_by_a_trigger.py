from django.db import migrations


class Migration(migrations.Migration):
    """A foreign key's check locked the author's row for each activity, which took a sixth of the time of storing many.

    Only deletion can part an activity from its author, and that is rare: so the deletion looks, while nobody writes. It
    waits for writers a moment only, since others wait behind it, and looks by the index, however few authors there are.
    """

    dependencies = [("activities", "0009_room_of_purged_activities_is_kept")]

    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION author_in_use_is_kept() RETURNS trigger LANGUAGE plpgsql
            SET search_path = pg_catalog, pg_temp SET lock_timeout = '100ms' SET enable_seqscan = off AS $$
            BEGIN
              IF current_setting('transaction_isolation') <> 'read committed' THEN
                RAISE EXCEPTION 'authors are deleted in READ COMMITTED only, which sees what was stored just now'
                  USING ERRCODE = 'invalid_transaction_state';
              END IF;
              -- A writer locks activity before it looks at authors: those who saw this one have ended, others miss it.
              LOCK TABLE public.activity IN SHARE MODE;
              IF EXISTS (SELECT FROM public.activity WHERE author_id = OLD.id) THEN
                RAISE EXCEPTION 'an author whom activities name cannot be deleted'
                  USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'author_in_use_is_kept';
              END IF;
              RETURN OLD;
            END
            $$;
            CREATE TRIGGER author_in_use_is_kept BEFORE DELETE ON author
              FOR EACH ROW EXECUTE FUNCTION author_in_use_is_kept();
            """,
            """
            DROP TRIGGER author_in_use_is_kept ON author;
            DROP FUNCTION author_in_use_is_kept();
            """,
        ),
        migrations.RunSQL(
            "ALTER TABLE activity DROP CONSTRAINT activity_has_a_stored_author",
            "ALTER TABLE activity ADD CONSTRAINT activity_has_a_stored_author"
            " FOREIGN KEY (author_id) REFERENCES author (id)",
        ),
    ]
