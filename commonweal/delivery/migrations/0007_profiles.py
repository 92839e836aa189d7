import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import commonweal.base.ids


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0002_links_and_mails"),
        ("delivery", "0006_agreementclause"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Profile",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "public_id",
                    models.CharField(default=commonweal.base.ids.random_id, editable=False, max_length=14, unique=True),
                ),
                ("version", models.PositiveIntegerField()),
                ("agreed_on", models.DateField()),
                ("agreed_with", models.CharField(blank=True, max_length=200)),
                ("reason", models.CharField(blank=True, max_length=400)),
                ("recorded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "agreed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="base.body"),
                ),
                (
                    "commitment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="profiles", to="delivery.commitment"
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
            ],
        ),
        migrations.CreateModel(
            name="ProfilePart",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "public_id",
                    models.CharField(default=commonweal.base.ids.random_id, editable=False, max_length=14, unique=True),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("quantity", models.DecimalField(decimal_places=6, max_digits=20)),
                (
                    "body",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="base.body"),
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
                    "profile",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="delivery.profile"
                    ),
                ),
            ],
            options={
                "ordering": ["starts_on"],
            },
        ),
        migrations.AddConstraint(
            model_name="profile",
            constraint=models.UniqueConstraint(fields=("commitment", "version"), name="delivery_profile_version_once"),
        ),
        migrations.AddConstraint(
            model_name="profilepart",
            constraint=models.UniqueConstraint(fields=("profile", "starts_on"), name="delivery_profile_quarter_once"),
        ),
        migrations.AddConstraint(
            model_name="profilepart",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gte", 0)), name="delivery_profile_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="profilepart",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gte", models.F("starts_on"))), name="delivery_profile_dates_in_order"
            ),
        ),
    ]
