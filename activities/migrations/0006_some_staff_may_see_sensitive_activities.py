from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("activities", "0005_room_of_purged_activities_is_used_again")]

    operations = [
        migrations.AlterModelOptions(
            name="activity",
            options={
                "permissions": [
                    ("view_held", "Can view activities that a legal hold keeps past their expiry"),
                    ("view_sensitive", "Can view the data of sensitive activities"),
                ],
                "verbose_name_plural": "activities",
            },
        )
    ]
