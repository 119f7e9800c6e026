from django.db import migrations

_ROLE = "Records officer"
_NAMED = {"codename": "view_readrecord", "name": "Can view recorded read"}


def let_them_see(apps, schema_editor):
    """The permission is made here where it is missing: Django makes it only after all migrations."""
    group = apps.get_model("auth", "Group").objects.filter(name=_ROLE).first()
    if group:
        about = {"app_label": "activities", "model": "readrecord"}
        content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(**about)
        permissions = apps.get_model("auth", "Permission").objects
        permission, _ = permissions.get_or_create(
            content_type=content_type, codename=_NAMED["codename"], defaults={"name": _NAMED["name"]}
        )
        group.permissions.add(permission)


def no_longer(apps, schema_editor):
    for group in apps.get_model("auth", "Group").objects.filter(name=_ROLE):
        group.permissions.remove(*group.permissions.filter(codename=_NAMED["codename"]))


class Migration(migrations.Migration):
    dependencies = [
        ("activities", "0008_use_is_counted_and_reads_are_recorded"),
        ("activity_history", "0006_arrivals_are_counted"),
    ]

    operations = [migrations.RunPython(let_them_see, no_longer)]
