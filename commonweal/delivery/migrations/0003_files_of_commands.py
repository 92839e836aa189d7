import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("delivery", "0002_import_keys")]

    operations = [
        migrations.AddField(
            model_name="importbatch", name="sha256", field=models.CharField(blank=True, max_length=64, default=""),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="importbatch", name="file",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                to="base.storedfile",
            ),
        ),
    ]  # fmt: skip
