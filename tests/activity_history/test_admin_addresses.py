"""What the address of a list in the admin may ask for: its own search and filters, and nothing else."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.urls import reverse

from activities import statements
from activities.models import Activity, Author, Erasure, LegalHold
from activity_history.admin.read_only import ReadOnlyAdmin
from tests.activity_history.admin_pages import address, page_of, said
from tests.connections import execute
from tests.stored import stored

pytestmark = pytest.mark.django_db

OURS = [
    model for model, its in admin.site._registry.items() if isinstance(its, ReadOnlyAdmin) and model is not Activity
]
REFUSED = ["This list takes nothing else from its address than its own search and filters: use those."]
AUTHORS = address(Author, "changelist")


@pytest.mark.parametrize("model", OURS)
def test_no_list_is_asked_by_a_lookup_of_django(admin_client: Client, model: type) -> None:
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")  # type: ignore[attr-defined]
    for name in ("id", "pk__gt", "id__in", "o", "_to_field", "_popup"):
        answer = admin_client.get(url, {name: "1"}, follow=True)
        assert (answer.redirect_chain, said(answer)) == ([(url, 302)], REFUSED), name


@pytest.mark.parametrize(
    ("model", "query"),
    [
        (Author, {"full_name__regex": "(a+)+$"}),
        (Author, {"full_name__icontains": "daw"}),
        (Author, {"full_name": "\0"}),
        (Erasure, {"reason__regex": "("}),
        (Erasure, {"state": "done", "target_id__contains": "x"}),
        (LegalHold, {"reason__regex": "("}),
    ],
)
def test_what_a_lookup_would_find_or_break_is_not_asked_for(
    admin_client: Client, model: type, query: dict[str, str]
) -> None:
    stored()
    assert said(admin_client.get(address(model, "changelist"), query, follow=True)) == REFUSED


@pytest.mark.parametrize("model", OURS)
def test_a_search_a_page_and_a_nul_are_taken(admin_client: Client, model: type) -> None:
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")  # type: ignore[attr-defined]
    for query in ({"q": "t-1"}, {"p": "1"}, {"all": ""}, {"q": "a\0b"}):
        assert admin_client.get(url, query).status_code == 200, query


@pytest.mark.parametrize("state", ["done", "waiting", "refused", "\0"])
def test_a_filter_of_the_list_itself_is_taken(admin_client: Client, state: str) -> None:
    page_of(admin_client, address(Erasure, "changelist"), state=state)


def test_a_list_that_takes_too_long_is_ended_with_the_cure(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statements, "LONGEST_READ_MS", 20)
    execute(connection, "SET LOCAL statement_timeout = 0")
    slow = Author.objects.extra(where=["pg_sleep(5) IS NOT NULL"])
    monkeypatch.setattr(admin.site.get_model_admin(Author), "get_queryset", lambda request: slow)
    stored()
    answer = admin_client.get(AUTHORS, follow=True)
    assert answer.redirect_chain == [(reverse("admin:index"), 302)]
    assert said(answer) == ["This took too long, and was ended: choose a filter, or search for something else."]
