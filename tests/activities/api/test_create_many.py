from typing import Any

import pytest

from activities.models import ApiClient
from tests.activities.api.posts import FIRST, LENIENT, SECOND, THIRD, invalid, post_text, refused, stored_ids, text_of
from tests.api_client import CheckedClient
from tests.refusals import said
from tests.shapes import activity

MISSING = "This member is required: add it."


def counted(created: int, existing: int, *results: Any) -> dict[str, Any]:
    return {"created": created, "existing": existing, "results": list(results)}


def result(id: str, status: str) -> dict[str, str]:
    return {"id": id, "status": status}


def test_an_array_is_answered_in_the_order_sent(api: CheckedClient) -> None:
    ids = [THIRD, FIRST, SECOND]
    response = api.record([activity(id=id) for id in ids])
    assert response.status_code == 201
    assert response.json() == counted(3, 0, *[result(id, "created") for id in ids])
    assert "location" not in response.headers
    assert "preference-applied" not in response.headers
    assert stored_ids() == set(ids)


def test_an_array_of_one_is_answered_as_an_array(api: CheckedClient) -> None:
    assert api.record([activity(id=FIRST)]).json() == counted(1, 0, result(FIRST, "created"))


def test_what_was_stored_before_is_counted_as_existing(api: CheckedClient) -> None:
    first, second = activity(id=FIRST), activity(id=SECOND)
    api.record(second)
    response = api.record([first, second])
    assert response.status_code == 201
    assert response.json() == counted(1, 1, result(FIRST, "created"), result(SECOND, "existing"))


def test_when_all_was_stored_before_the_answer_is_200(api: CheckedClient) -> None:
    body = [activity(id=FIRST), activity(id=SECOND)]
    api.record(body)
    response = api.record(body)
    assert response.status_code == 200
    assert response.json() == counted(0, 2, result(FIRST, "existing"), result(SECOND, "existing"))


def test_with_return_representation_the_results_are_records(api: CheckedClient) -> None:
    first, second = activity(id=FIRST, correlationId="c-1"), activity(id=SECOND, newData=None)
    api.record(second)
    response = api.record([second, first], prefer="return=representation")
    assert (response.status_code, response.headers["preference-applied"]) == (201, "return=representation")
    records = [api.get(f"/api/v1/activities/{id}").json() for id in (SECOND, FIRST)]
    for record in records:
        del record["changes"], record["summary"]
    assert response.json() == counted(1, 1, *records)


def test_return_minimal_is_the_usual_form_of_an_array(api: CheckedClient) -> None:
    response = api.record([activity(id=FIRST)], prefer="return=minimal")
    assert response.headers["preference-applied"] == "return=minimal"
    assert response.json() == counted(1, 0, result(FIRST, "created"))


@pytest.mark.parametrize(
    ("prefer", "applied"),
    [
        ("respond-async, return=representation", "return=representation"),
        ('RETURN="representation"; foo=bar', "return=representation"),
        ("return=representation, return=minimal", "return=representation"),
        ("return=everything", None),
        ("handling=strict", None),
        ("", None),
    ],
)
def test_of_preferences_the_first_known_one_is_heeded(api: CheckedClient, prefer: str, applied: str | None) -> None:
    response = api.record([activity()], prefer=prefer)
    assert response.headers.get("preference-applied") == applied
    assert ("type" in response.json()["results"][0]) == (applied is not None)


def test_a_thousand_are_stored_at_once(api: CheckedClient) -> None:
    response = api.record([activity(targetId="t-1") for _ in range(1_000)])
    results = response.json()["results"]
    assert response.json() == counted(1_000, 0, *[result(each["id"], "created") for each in results])
    assert stored_ids() == {each["id"] for each in results}


def test_more_than_a_thousand_are_refused(api: CheckedClient) -> None:
    response = api.record([activity()] * 1_001)
    detail = "An array holds 1 to 1000 activities; this one holds 1001. Send fewer in one request."
    assert said(response) == refused("invalid-activities", detail, ("#", detail))
    assert stored_ids() == set()


def test_an_empty_array_is_refused(api: CheckedClient) -> None:
    detail = "An array holds 1 to 1000 activities; this one holds 0. Send at least one."
    assert said(api.record([])) == refused("invalid-activities", detail, ("#", detail))


def test_one_that_is_wrong_keeps_all_out(api: CheckedClient) -> None:
    wrong = activity(id=SECOND)
    del wrong["type"], wrong["author"]["fullName"]
    response = api.record([activity(id=FIRST), wrong, activity(id=THIRD), {}])
    assert said(response) == invalid(
        ("#/1/type", MISSING),
        ("#/1/author/fullName", MISSING),
        *[(f"#/3/{name}", MISSING) for name in ("type", "targetType", "targetId", "datetime", "author")],
    )
    assert stored_ids() == set()


def test_at_most_a_hundred_faults_are_told(api: CheckedClient) -> None:
    response = api.record([{**activity(), "type": ""}] * 101)
    sentence = "Send at least 1 character, or leave it out where it is optional."
    detail = f"#/0/type: {sentence} There are at least 100 such faults in all."
    errors = [(f"#/{index}/type", sentence) for index in range(100)]
    assert said(response) == refused("invalid-activities", detail, *errors)


@pytest.mark.parametrize("again", [FIRST, FIRST.replace("-", "")])
@pytest.mark.parametrize("type", ["update", "delete"])
def test_one_id_twice_is_refused_at_the_second(api: CheckedClient, again: str, type: str) -> None:
    body = activity(id=FIRST)
    response = api.record([body, activity(), {**body, "id": again, "type": type}])
    assert said(response) == invalid(("#/2/id", "This id stands in the array before: leave one of the two out."))
    assert stored_ids() == set()


ID = "abcdef00-0000-4000-8000-00000000000a"


@pytest.mark.parametrize("again", [ID, ID.replace("-", ""), ID.upper(), ID.replace("-", "").upper()])
@pytest.mark.parametrize(("first", "second"), [({"type": ""}, {}), ({}, {"type": ""}), ({"type": ""}, {"type": ""})])
def test_one_id_twice_is_refused_also_where_more_is_wrong(
    api: CheckedClient, first: dict[str, str], second: dict[str, str], again: str
) -> None:
    response = api.record([{**activity(id=ID), **first}, {**activity(id=again), **second}])
    short = "Send at least 1 character, or leave it out where it is optional."
    errors = [
        *([("#/0/type", short)] if first else []),
        ("#/1/id", "This id stands in the array before: leave one of the two out."),
        *([("#/1/type", short)] if second else []),
    ]
    assert said(response) == invalid(*errors)
    assert stored_ids() == set()


def test_one_id_twice_is_refused_where_the_data_are_at_fault(api: CheckedClient) -> None:
    strange = text_of(activity(id=ID), newData='{"a": NaN}')
    response = post_text(api, f"[{strange}, {strange}]")
    sentence = "NaN is not JSON: send null, or the word as a string."
    twice = "This id stands in the array before: leave one of the two out."
    assert said(response) == invalid(("#/0/newData/a", sentence), ("#/1/id", twice), ("#/1/newData/a", sentence))


@pytest.mark.parametrize("id", ["", "x", 5, None, [ID], {"id": ID}])
def test_what_is_no_id_is_not_twice_the_same(api: CheckedClient, id: Any) -> None:
    response = api.record([{**activity(), "id": id}] * 2, **LENIENT)
    assert "before" not in response.text


def test_one_domain_that_is_not_the_tokens_keeps_all_out(api_of_finance: CheckedClient) -> None:
    body = [activity(sourceDomain=domain) for domain in ("Finance", "Repairs", None)]
    response = api_of_finance.record(body)
    sentence = (
        "The token may not write for this source domain: use one that it names, or ask for a token that names this one."
    )
    errors = [("#/1/sourceDomain", sentence), ("#/2/sourceDomain", sentence)]
    assert said(response) == refused("domain-not-allowed", sentence, *errors)
    assert stored_ids() == set()


def test_rows_bear_the_client_that_sent_them(api_of_finance: CheckedClient) -> None:
    api_of_finance.record([activity(id=FIRST, sourceDomain="Finance"), activity(sourceDomain="Finance")])
    sent = ApiClient.objects.get(name="finance").activities
    assert (sent.count(), ApiClient.objects.exclude(activities=None).count()) == (2, 1)
