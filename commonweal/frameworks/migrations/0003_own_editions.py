"""Editions of a body's own stand beside those of the catalogue, and nobody else sees them.

Both tables are shared, so the policy that lets everyone read them is narrowed by a restrictive one: rows without a body
are everybody's, rows with one are that body's. The owner of the tables still sees all, for backups and loading.
"""

import django.db.models.deletion
from django.db import migrations, models

SETTING = "NULLIF(current_setting('commonweal.body', true), '')::bigint"


def narrowed(table):
    owner = f"(SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = '{table}'::regclass)"  # noqa: S608
    return migrations.RunSQL(
        f"CREATE POLICY own_or_catalogue ON {table} AS RESTRICTIVE FOR ALL TO PUBLIC "
        f"USING (body_id IS NULL OR body_id = {SETTING} OR current_user = {owner})",
        f"DROP POLICY own_or_catalogue ON {table}",
    )


SENTENCE = "a loaded edition is never changed or removed; publish a new version instead"
WITHDRAWN = f"""
DROP TRIGGER frameworks_edition_never_changed ON frameworks_edition;
CREATE TRIGGER frameworks_edition_never_removed BEFORE DELETE ON frameworks_edition
    FOR EACH ROW EXECUTE FUNCTION frameworks_refuse_change('{SENTENCE}');
CREATE TRIGGER frameworks_edition_never_changed BEFORE UPDATE ON frameworks_edition FOR EACH ROW
    WHEN (OLD.withdrawn_at IS NOT NULL OR OLD.body_id IS NULL
          OR to_jsonb(OLD) - 'withdrawn_at' IS DISTINCT FROM to_jsonb(NEW) - 'withdrawn_at')
    EXECUTE FUNCTION frameworks_refuse_change('{SENTENCE}');
"""
NOT_WITHDRAWN = f"""
DROP TRIGGER frameworks_edition_never_removed ON frameworks_edition;
DROP TRIGGER frameworks_edition_never_changed ON frameworks_edition;
CREATE TRIGGER frameworks_edition_never_changed BEFORE UPDATE OR DELETE ON frameworks_edition
    FOR EACH ROW EXECUTE FUNCTION frameworks_refuse_change('{SENTENCE}');
"""


def whose():
    return models.ForeignKey(
        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="base.body"
    )


class Migration(migrations.Migration):
    dependencies = [("base", "0001_initial"), ("frameworks", "0002_never_changed")]

    operations = [
        migrations.AddField("edition", "body", whose()),
        migrations.AddField("edition", "is_private", models.BooleanField(default=False)),
        migrations.AddField("edition", "withdrawn_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("measure", "body", whose()),
        migrations.AddField("measure", "is_private", models.BooleanField(default=False)),
        migrations.RemoveConstraint("edition", "frameworks_edition_once"),
        migrations.AddConstraint(
            "edition",
            models.UniqueConstraint(
                fields=("body", "framework_id", "version"),
                condition=models.Q(("withdrawn_at__isnull", True)),
                nulls_distinct=False,
                name="frameworks_edition_once",
            ),
        ),
        migrations.RunSQL(WITHDRAWN, NOT_WITHDRAWN),
        narrowed("frameworks_edition"),
        narrowed("frameworks_measure"),
    ]
