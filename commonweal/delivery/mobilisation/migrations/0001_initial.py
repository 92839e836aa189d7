import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import commonweal.base.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("base", "0003_files_in_quarantine"),
        ("delivery", "0007_profiles"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PromiseFact",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "public_id",
                    models.CharField(default=commonweal.base.ids.random_id, editable=False, max_length=14, unique=True),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("accepted", "Accepted"), ("queried", "Queried"), ("answered", "Answered")],
                        max_length=10,
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=1000)),
                (
                    "side",
                    models.CharField(
                        choices=[("body", "The body"), ("provider", "The provider")], default="body", max_length=10
                    ),
                ),
                ("said_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "answers",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answered_by",
                        to="mobilisation.promisefact",
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="base.body"),
                ),
                (
                    "commitment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="delivery.commitment"
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="base.party",
                    ),
                ),
                (
                    "said_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answers__isnull", False), ("kind", "answered")),
                            models.Q(models.Q(("kind", "answered"), _negated=True), ("answers__isnull", True)),
                            _connector="OR",
                        ),
                        name="mobilisation_answer_has_query",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind", "accepted"), models.Q(("words", ""), _negated=True), _connector="OR"
                        ),
                        name="mobilisation_query_has_words",
                    ),
                ],
            },
        ),
    ]
