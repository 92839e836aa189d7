"""Changes are counted, and the database itself refuses a weighting without a reason and dates out of order."""

from django.db import migrations, models
from django.db.models import F, Q

OPPORTUNITY = {
    "asks_opportunity_weighting_with_reason": Q(weighting_percent__isnull=True)
    | (Q(weighting_percent__range=(0, 100)) & ~Q(weighting_reason="")),
    "asks_opportunity_extension_not_negative": Q(extension_months__gte=0),
}
LINE = {
    "asks_line_dates_in_order": Q(ends_on__isnull=True) | Q(starts_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
}


def constraints(model, conditions):
    return [
        migrations.AddConstraint(model, models.CheckConstraint(condition=condition, name=name))
        for name, condition in conditions.items()
    ]


class Migration(migrations.Migration):
    dependencies = [("asks", "0001_initial")]

    operations = [
        migrations.AddField("opportunity", "version", models.PositiveIntegerField(default=1)),
        *constraints("opportunity", OPPORTUNITY),
        *constraints("askline", LINE),
    ]
