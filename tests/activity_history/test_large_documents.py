"""Documents that are allowed and very long are told of in lists, and put into words on the entry's own page alone."""

import json

import pytest

from tests.activity_history.admin_pages import signed_in_with
from tests.activity_history.resident_links import TENURE, made_link, path_of, visit
from tests.stored import stored

pytestmark = pytest.mark.django_db

MANY = 2_000


def test_staff_open_the_entry_to_read_a_long_one() -> None:
    document = json.dumps({f"field{number}": number for number in range(MANY)}).encode()
    id = stored(target_id="t-1", target_type="workOrder", new_data=document, old_data=None)
    officer = signed_in_with("view_activity")
    listed = officer.get("/history/t-1").content.decode()
    assert "What changed is too long to be shown here: open this entry." in listed
    assert "Field 7" not in listed
    assert officer.get(f"/history/t-1/{id}").content.decode().count('scope="row"') == MANY


def test_residents_read_the_sentence_of_a_long_one() -> None:
    charges = [{"type": "Service", "amount": number} for number in range(MANY)]
    stored(
        target_id=TENURE,
        target_type="charge",
        type="create",
        old_data=None,
        new_data=json.dumps({"chargeSubGroup": "Estimate", "detailedCharges": charges}).encode(),
    )
    page = visit(path_of(made_link()))
    assert page.status_code == 200
    assert "The details are too long to be shown here." in page.text
    assert len(page.content) < 50_000
