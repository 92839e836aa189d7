import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import commonweal.base.ids


class Migration(migrations.Migration):
    dependencies = [
        ("asks", "0002_version_and_limits"),
        ("base", "0002_links_and_mails"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OpportunityClause",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "public_id",
                    models.CharField(default=commonweal.base.ids.random_id, editable=False, max_length=14, unique=True),
                ),
                ("kind", models.CharField(max_length=30)),
                ("version", models.CharField(max_length=10)),
                ("expiry_months", models.PositiveIntegerField()),
                ("cap_percent", models.PositiveIntegerField()),
                ("chosen_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "body",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="base.body"),
                ),
                (
                    "chosen_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "opportunity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="clauses", to="asks.opportunity"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("removed_at__isnull", True)),
                        fields=("opportunity", "kind"),
                        name="asks_clause_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cap_percent__range", (1, 100)), ("expiry_months__gte", 1)),
                        name="asks_clause_figures",
                    ),
                ],
            },
        ),
    ]
