from typing import Any

import pytest

from tests.activities.api.posts import FIRST, LENIENT, SECOND, THIRD, post_text, stored_ids, text_of
from tests.api_client import CheckedClient
from tests.shapes import activity

CONFLICT = "This id is stored with other content: send the same content again, or use a new id."


def result(id: str, status: str) -> dict[str, Any]:
    return {"id": id, "status": status}


def rejected(*errors: tuple[str, str], id: str | None = None) -> dict[str, Any]:
    listed = [{"pointer": pointer, "detail": detail} for pointer, detail in errors]
    return {"id": id, "status": "rejected", "errors": listed}


def test_good_ones_are_stored_and_each_is_told_what_became_of_it(api: CheckedClient) -> None:
    known, other = activity(id=FIRST), activity(id=SECOND)
    api.record([known, other])
    response = api.record([activity(id=THIRD), {"type": "x"}, known, {**other, "type": "end"}, 5], **LENIENT)
    assert response.status_code == 207
    assert response.headers["preference-applied"] == "handling=lenient"
    required = "This member is required: add it."
    assert response.json() == {
        "created": 1,
        "existing": 1,
        "results": [
            result(THIRD, "created"),
            rejected(*[(f"#/1/{name}", required) for name in ("targetType", "targetId", "datetime", "author")]),
            result(FIRST, "existing"),
            rejected(("#/3/id", CONFLICT), id=SECOND),
            rejected(("#/4", "Send an object.")),
        ],
    }
    assert stored_ids() == {FIRST, SECOND, THIRD}


@pytest.mark.parametrize("prefer", ["handling=lenient", "return=representation, handling=lenient"])
def test_the_answer_is_207_also_when_all_is_well_or_nothing(api: CheckedClient, prefer: str) -> None:
    well = api.record([activity(id=FIRST)], prefer=prefer)
    nothing = api.record([{**activity(), "colour": 1}], prefer=prefer)
    assert (well.status_code, nothing.status_code) == (207, 207)
    assert well.headers["preference-applied"] == nothing.headers["preference-applied"] == "handling=lenient"
    assert well.json() == {"created": 1, "existing": 0, "results": [result(FIRST, "created")]}
    assert (nothing.json()["created"], nothing.json()["results"][0]["status"]) == (0, "rejected")


def test_domains_that_are_not_the_tokens_are_rejected(api_of_finance: CheckedClient) -> None:
    body = [activity(id=FIRST, sourceDomain="Finance"), activity(sourceDomain=None), activity(sourceDomain="Tenure")]
    response = api_of_finance.record(body, **LENIENT)
    sentence = (
        "The token may not write for this source domain: use one that it names, or ask for a token that names this one."
    )
    assert response.json()["results"] == [
        result(FIRST, "created"),
        rejected(("#/1/sourceDomain", sentence)),
        rejected(("#/2/sourceDomain", sentence)),
    ]
    assert stored_ids() == {FIRST}


def test_one_id_twice_rejects_the_second(api: CheckedClient) -> None:
    response = api.record([activity(id=FIRST, type="create"), activity(id=FIRST, type="end")], **LENIENT)
    sentence = "This id stands in the array before: leave one of the two out."
    assert response.json()["results"] == [result(FIRST, "created"), rejected(("#/1/id", sentence))]
    assert api.get(f"/api/v1/activities/{FIRST}").json()["type"] == "create"


@pytest.mark.parametrize("again", [FIRST, FIRST.replace("-", "")])
def test_one_id_twice_rejects_the_second_also_where_the_first_is_rejected(api: CheckedClient, again: str) -> None:
    wrong = {**activity(id=FIRST), "type": ""}
    response = api.record([wrong, activity(id=again), {**wrong, "id": again}, activity(id=SECOND)], **LENIENT)
    twice = "This id stands in the array before: leave one of the two out."
    short = "Send at least 1 character, or leave it out where it is optional."
    assert response.json() == {
        "created": 1,
        "existing": 0,
        "results": [
            rejected(("#/0/type", short)),
            rejected(("#/1/id", twice)),
            rejected(("#/2/id", twice), ("#/2/type", short)),
            result(SECOND, "created"),
        ],
    }
    assert stored_ids() == {SECOND}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1e131071", "A number's exponent lies between -100 and 100: send another as a string."),
        ("1e131072", "A number's exponent lies between -100 and 100: send another as a string."),
        ("1e-131072", "A number's exponent lies between -100 and 100: send another as a string."),
        ("9" * 101, "A number has at most 100 digits: send a longer one as a string."),
        ("NaN", "NaN is not JSON: send null, or the word as a string."),
        ("-Infinity", "-Infinity is not JSON: send null, or the word as a string."),
        (
            r'"\ud83d"',
            r"A lone surrogate (\ud800 to \udfff) is no character: send the whole pair, or leave it out.",
        ),
        (r'"\u0000"', r"The character \u0000 cannot be stored: leave it out."),
    ],
)
def test_text_that_the_database_cannot_hold_stays_out_of_the_others_way(
    api: CheckedClient, text: str, sentence: str
) -> None:
    good = text_of(activity(id=FIRST), newData='{"price": 1.10}')
    bad = text_of(activity(id=SECOND), newData=f'{{"a": [{{"b/c": {text}}}]}}')
    response = post_text(api, f"[{bad}, {good}]", **LENIENT)
    assert response.json() == {
        "created": 1,
        "existing": 0,
        "results": [rejected(("#/0/newData/a/0/b~1c", sentence)), result(FIRST, "created")],
    }
    assert stored_ids() == {FIRST}
    assert '"price": 1.10' in api.get(f"/api/v1/activities/{FIRST}").text


def test_of_one_item_at_most_a_hundred_faults_are_told(api: CheckedClient) -> None:
    many = text_of(activity(), newData='{"a": [' + ", ".join(["NaN"] * 1_000) + "]}")
    strange = text_of(activity() | {f"m{number}": 1 for number in range(1_000)})
    results = post_text(api, f"[{many}, {strange}]", **LENIENT).json()["results"]
    assert [len(result["errors"]) for result in results] == [100, 100]
    assert results[0]["errors"][99]["pointer"] == "#/0/newData/a/99"


def test_what_is_wrong_with_the_whole_body_is_refused_as_ever(api: CheckedClient) -> None:
    assert post_text(api, "[{]", **LENIENT).status_code == 400
    assert post_text(api, "[]", **LENIENT).status_code == 400
