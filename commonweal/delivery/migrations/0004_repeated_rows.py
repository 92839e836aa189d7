from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("delivery", "0003_files_of_commands")]

    operations = [
        migrations.AddField(
            model_name="importrow", name="repeats", field=models.IntegerField(blank=True, null=True),
        ),
    ]  # fmt: skip
