"""A file may hold how often a trigger happened, and sums its counts apart from pounds."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("delivery", "0011_paid_jobs"),
        ("orders", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="orderfile",
            name="commitment",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="delivery.commitment",
            ),
        ),
        migrations.AddField(
            model_name="orderfile",
            name="counted",
            field=models.JSONField(default=dict),
        ),
    ]
