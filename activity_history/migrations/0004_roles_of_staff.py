from django.db import migrations

# (app, model) to the permissions' codenames and names, as the models say them.
_VIEWED = {
    ("activities", "activity"): {"view_activity": "Can view activity"},
    ("activities", "author"): {"view_author": "Can view author"},
    ("activities", "legalhold"): {"view_legalhold": "Can view legal hold"},
    ("activities", "purgereceipt"): {"view_purgereceipt": "Can view purge receipt"},
    ("activities", "erasure"): {"view_erasure": "Can view erasure request"},
    ("activities", "apiclient"): {"view_apiclient": "Can view API client"},
    ("activity_history", "viewerlink"): {"view_viewerlink": "Can view viewer link"},
}
ROLES = {
    "Support analyst": [
        _VIEWED,
        {
            ("activity_history", "apistatement"): {
                "explain_statements": "Can see how the database runs the API's statements"
            },
            ("activity_history", "requestrecord"): {"view_requestrecord": "Can view request that failed or was slow"},
        },
    ],
    "Records officer": [
        _VIEWED,
        {
            ("activities", "activity"): {
                "view_held": "Can view activities that a legal hold keeps past their expiry",
                "view_sensitive": "Can view the data of sensitive activities",
            },
            ("activities", "legalhold"): {"place_legal_hold": "Can place and release legal holds"},
            ("activities", "readrecord"): {"view_readrecord": "Can view recorded read"},
            ("activities", "erasure"): {"ask_for_erasure": "Can ask for the erasure of a target's or an author's data"},
            ("activity_history", "viewerlink"): {"revoke_viewerlink": "Can revoke viewer links"},
        },
    ],
    "Administrator": [
        {
            ("activities", "apiclient"): {
                "view_apiclient": "Can view API client",
                "add_apiclient": "Can add API client",
                "change_apiclient": "Can change API client",
            },
            ("activity_history", "viewerlink"): {
                "view_viewerlink": "Can view viewer link",
                "revoke_viewerlink": "Can revoke viewer links",
            },
        }
    ],
}


def make_roles(apps, schema_editor):
    """Permissions are made here where they are missing: Django makes them only after all migrations."""
    Group = apps.get_model("auth", "Group")
    for name, parts in ROLES.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.add(*(_permission(apps, *each) for part in parts for each in _each(part)))


def _each(part):
    return ((place, codename, name) for place, given in part.items() for codename, name in given.items())


def _permission(apps, place, codename, name):
    ContentType = apps.get_model("contenttypes", "ContentType")
    content_type, _ = ContentType.objects.get_or_create(app_label=place[0], model=place[1])
    Permission = apps.get_model("auth", "Permission")
    return Permission.objects.get_or_create(content_type=content_type, codename=codename, defaults={"name": name})[0]


def remove_roles(apps, schema_editor):
    """Their members stay, without what the roles gave them."""
    apps.get_model("auth", "Group").objects.filter(name__in=ROLES).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("activities", "0007_the_feed_has_an_epoch"),
        ("activity_history", "0003_activities_by_time_for_analysts"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        # Changes nothing in the database: the model is a proxy.
        migrations.CreateModel(
            name="ApiStatement",
            fields=[],
            options={
                "permissions": [("explain_statements", "Can see how the database runs the API's statements")],
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=("activities.activity",),
        ),
        migrations.RunPython(make_roles, remove_roles),
    ]
