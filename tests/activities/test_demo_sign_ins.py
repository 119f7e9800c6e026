"""Who can sign in to the demo, and with what permissions."""

import pytest
from django.contrib.auth.models import User

from activities.demo import make_sign_ins

ORDINARY = ["activity", "apiclient", "author", "erasure", "legalhold", "purgereceipt"]


def test_the_demos_officer_views_what_there_is_and_has_no_special_permission(
    db: None, settings: pytest.MonkeyPatch
) -> None:
    settings.DEMO_PASSWORD = "a password of the demo"  # type: ignore[attr-defined]
    make_sign_ins()
    officer = User.objects.get(username="officer")
    assert officer.get_all_permissions() == {f"activities.view_{model}" for model in ORDINARY}
    assert not officer.is_superuser
    assert User.objects.get(username="admin").is_superuser
