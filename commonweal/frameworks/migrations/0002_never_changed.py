"""What is published stays: editions, measures and plan versions refuse change, even from the owner of the tables."""

from django.db import migrations, models

TABLES = {
    "frameworks_edition": "a loaded edition is never changed or removed; publish a new version instead",
    "frameworks_measure": "a measure of a loaded edition is never changed or removed; publish a new version instead",
    "frameworks_planversion": "a published plan is never changed or removed; publish a new version instead",
}

REFUSE = """
CREATE FUNCTION frameworks_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END $$;
"""


def trigger(table, sentence):
    return migrations.RunSQL(
        f"CREATE TRIGGER {table}_never_changed BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION frameworks_refuse_change('{sentence}')",
        f"DROP TRIGGER {table}_never_changed ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("frameworks", "0001_initial")]

    operations = [
        migrations.AddField("strategynode", "version", models.PositiveIntegerField(default=1)),
        migrations.RunSQL(REFUSE, "DROP FUNCTION frameworks_refuse_change()"),
        *[trigger(table, sentence) for table, sentence in TABLES.items()],
    ]
