"""A body lays changes over an edition; once published as an edition of its own, the layer stays as it was."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import commonweal.base.ids

PUBLISHED = """
CREATE TRIGGER frameworks_overlay_published_stays BEFORE UPDATE ON frameworks_overlay FOR EACH ROW
    WHEN (OLD.edition_id IS NOT NULL)
    EXECUTE FUNCTION frameworks_refuse_change('a published layer is never changed; begin its next version');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0001_initial"),
        ("frameworks", "0003_own_editions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Overlay",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "public_id",
                    models.CharField(default=commonweal.base.ids.random_id, editable=False, max_length=14, unique=True),
                ),
                ("framework_id", models.CharField(max_length=60)),
                ("version", models.CharField(max_length=20)),
                ("title", models.CharField(max_length=200)),
                ("text", models.TextField()),
                ("saves", models.PositiveIntegerField(default=1)),
                ("started_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("discarded_at", models.DateTimeField(blank=True, null=True)),
                (
                    "base",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="frameworks.edition"
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="base.body"),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="frameworks.edition",
                    ),
                ),
                (
                    "started_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("discarded_at__isnull", True), ("edition__isnull", True)),
                        fields=("body", "framework_id"),
                        name="frameworks_overlay_one_draft",
                    )
                ],
            },
        ),
        migrations.RunSQL(PUBLISHED, "DROP TRIGGER frameworks_overlay_published_stays ON frameworks_overlay"),
    ]
