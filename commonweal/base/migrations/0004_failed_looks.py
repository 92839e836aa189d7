from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0003_files_in_quarantine"),
    ]

    operations = [
        migrations.AddField(
            model_name="storedfile",
            name="failed_looks",
            field=models.PositiveSmallIntegerField(default=0),
        ),
    ]
