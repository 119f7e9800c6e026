"""What of an activity leaves for whom."""

from __future__ import annotations

from typing import Any

import pytest

from activities.wording import WORDING, Seen, read_wording
from tests.activities.wording import test_file
from tests.activities.wording.records import record, rows, said

UUID = "f7f52fe1-53b8-547c-9058-32905c5f8997"
NOBODY = b'{"id":null,"fullName":null,"email":null}'


def seen(kind: str, new: Any, old: Any = None, *, by: Any = "resident", all: bool = False) -> Seen:
    return WORDING.seen_by(record(kind, new, old), by, may_see_sensitive=all)


def test_residents_get_only_listed_fields_with_every_digit_as_it_was() -> None:
    new = '{"chargedAmount": 12345678901234567.890, "transactionSource": "DD", "paidAmount": 1.10, "author": {"x": 1}}'
    old = '{"description": {"deep": [1.00, 99999999999999999999999]}, "internalNote": "Secret"}'

    assert seen("transaction/create", new, old) == Seen(
        b'{"description":{"deep": [1.00, 99999999999999999999999]}}',
        b'{"chargedAmount":12345678901234567.890,"paidAmount":1.10}',
        NOBODY,
    )


def test_a_missing_document_stays_missing_and_one_without_listed_fields_is_empty() -> None:
    assert seen("account/update", {"internal": 1}) == Seen(b"null", b"{}", NOBODY)


def test_residents_get_nothing_of_a_kind_that_is_not_for_them() -> None:
    nothing = Seen(b"null", b"null", NOBODY)
    kinds = ("tenurePerson/create", "cautionaryAlert/end", "tenure/migrate", "widget/mend", "tenure/wibble")
    assert [seen(kind, {"id": 1}, {"id": 2}, all=True) for kind in kinds] == [nothing] * len(kinds)
    assert [rows(kind, {"id": 1}, {"id": 2}, to="resident") for kind in kinds] == [[]] * len(kinds)
    assert [said(kind, {"id": 1}) for kind in kinds] == ["Something was recorded"] * len(kinds)


def test_of_their_proof_of_identity_residents_learn_only_that_it_changed() -> None:
    new, old = {"identifications": [{"identificationType": "Passport"}]}, {"identifications": [1]}
    assert said("person/update", new, old) == "The proof of identity that we hold for you was changed"
    assert seen("person/update", new, old) == Seen(b"{}", b"{}", NOBODY)
    assert rows("person/update", new, old, to="resident") == []


@pytest.mark.parametrize("audience", ["staff", "analyst"])
def test_staff_and_analysts_get_all_but_the_data_of_sensitive_kinds(audience: Any) -> None:
    author = b'{"id": "a1", "fullName": "Sinead Doyle", "email": "sinead.doyle@council.example"}'
    whole = Seen(b'{"a": 1.10}', b'{"b": 2}', author)
    kinds = ("tenure/update", "widget/mend", "personEqualityInformation/update")

    given = [seen(kind, '{"b": 2}', '{"a": 1.10}', by=audience) for kind in kinds]
    assert given == [whole, whole, Seen(b"null", b"null", author)]
    may_see_all = seen(kinds[2], '{"b": 2}', '{"a": 1.10}', by=audience, all=True)
    assert may_see_all == (whole if audience == "staff" else Seen(b"null", b"null", NOBODY))


def test_without_permission_a_sensitive_kind_has_no_rows() -> None:
    stored = record("personEqualityInformation/update", {"disabled": "Yes"}, {"disabled": "No"})

    assert WORDING.what_changed(stored, "staff", may_see_sensitive=False) == []
    assert WORDING.what_changed(stored, "staff", may_see_sensitive=True) == [("Disabled", "No", "Yes")]


def test_the_author_is_named_to_residents_where_the_table_says_so() -> None:
    shown = read_wording(
        test_file.HEAD
        + test_file.kind('{ resident = "Made for {name}" }', test_file.LAST)
        + "[targets.widget.types.mend]\n"
        + 'sentences = [{ resident = "Yours was mended", staff = "Mended" }]\n'
        + test_file.GROUPS
        + '[types.mend]\nlabel = "Mended"\ndone = "was mended"\n'
    )
    named = read_wording(
        test_file.GOOD.replace('residents_see = ["name"]', 'residents_see = ["name"]\nresidents_see_author = true')
    )
    stored = record("widget/create", {"name": "Sinead Doyle"})

    assert shown.seen_by(stored, "resident", may_see_sensitive=False).author == NOBODY
    assert shown.sentence(stored, "resident", may_see_sensitive=False) == "Your widget was made"
    assert named.seen_by(stored, "resident", may_see_sensitive=False).author == (
        b'{"id":null,"fullName":"Sinead Doyle","email":null}'
    )


@pytest.mark.parametrize(
    "text",
    [
        f"See {UUID}",
        UUID.replace("-", "").upper(),
        "Ask sinead.doyle@council.example",
        'Sent {"a": 1}',
        '["a"]',
        "balanceAmount is wrong",
        "was null before",
        "Agreed with SINEAD  DOYLE",
        "null",
        "NULL",
        '[ "a", "b" ]',
        "[1, 2.5]",
        '"name": "Bob"',
        "",
        "x" * 201,
        ["a list"],
        5,
    ],
)
def test_a_text_that_is_not_for_residents_is_left_out_of_the_sentence(text: Any) -> None:
    works = {"chargedAmount": 10, "description": text}
    assert said("majorWorks/create", works) == "You were charged £10.00 for major works"


@pytest.mark.parametrize("text", ["Mrs McDonald's door", "Annual check [Block A]", "Doyle Court, 5pm", "None of them"])
def test_a_usual_text_is_said_to_residents(text: str) -> None:
    works = {"chargedAmount": 10, "description": text}
    assert said("majorWorks/create", works) == f"You were charged £10.00 for major works: {text}"


def test_a_code_that_is_a_uuid_is_not_said_in_parts() -> None:
    assert said("transaction/create", {"transactionType": UUID}) == "An entry was added to your account"


def test_rows_for_residents_leave_out_what_is_not_for_them_and_keep_their_own_contact_details() -> None:
    new = {"value": "n.okafor@example.org", "contactType": 1, "description": "Ask s@council.example", "id": UUID}

    assert rows("contactDetails/create", new, to="resident") == [
        ("Contact type", "Not set", "Email"),
        ("Contact detail", "Not set", "n.okafor@example.org"),
    ]
    assert rows("account/update", {"reason": UUID}, {"reason": "Error"}, to="resident") == [
        ("Reason", "Error", "Not shown")
    ]


def test_a_link_to_pay_is_given_out_beside_the_words() -> None:
    new = {"paymentUrl": "https://payments.council.example/1", "chargedAmount": 10}
    stored = record("majorWorks/create", new)

    assert WORDING.pay_link(stored, "resident") == "https://payments.council.example/1"
    assert rows("majorWorks/create", new, to="resident") == [("Charged", "Not set", "£10.00")]
    for bad in (None, "", 5, ["https://payments.council.example/1"]):
        assert WORDING.pay_link(record("majorWorks/create", {"paymentUrl": bad}), "resident") is None
    assert WORDING.pay_link(record("transaction/create", new), "resident") is None
    assert WORDING.pay_link(record("majorWorks/migrate", new), "resident") is None
