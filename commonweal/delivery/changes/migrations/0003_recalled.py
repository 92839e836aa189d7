# A credit that rests on nothing any more is taken back: its kind of move, and its account.

from django.db import migrations, models

MOVES = [("credit", "Earned"), ("debit", "Used"), ("expiry", "Run out"), ("recall", "Taken back")]
ACCOUNTS = [
    ("held", "Held"),
    ("earned", "Earned"),
    ("used", "Used"),
    ("run-out", "Run out"),
    ("recalled", "Taken back"),
]


class Migration(migrations.Migration):
    dependencies = [("changes", "0002_scores")]

    operations = [
        migrations.AlterField("creditmove", "kind", models.CharField(choices=MOVES, max_length=8)),
        migrations.AlterField("creditleg", "account", models.CharField(choices=ACCOUNTS, max_length=8)),
        migrations.RemoveConstraint("creditleg", "changes_leg_account"),
        migrations.AddConstraint(
            "creditleg",
            models.CheckConstraint(
                condition=models.Q(account__in=["held", "earned", "used", "run-out", "recalled"]),
                name="changes_leg_account",
            ),
        ),
    ]
