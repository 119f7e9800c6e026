from __future__ import annotations

from typing import Any

from tests.activities.wording.records import rows

PERSON = "f7f52fe1-53b8-547c-9058-32905c5f8997"
NIL = "00000000-0000-0000-0000-000000000000"


def changed(new: Any, old: Any = None, kind: str = "tenure/update") -> list[tuple[str, str, str]]:
    return rows(kind, new, old)


def test_nested_fields_are_told_by_all_their_labels() -> None:
    old = {"address": {"addressLine1": "1 Larch Road", "line2": None, "geo": {"uprn": "1"}}}
    new = {"address": {"addressLine1": "2 Larch Road", "line2": "Hackney", "geo": {"uprn": "2"}}}

    assert changed(new, old) == [
        ("Address: address line 1", "1 Larch Road", "2 Larch Road"),
        ("Address: geo: UPRN", "1", "2"),
        ("Address: line 2", "Not set", "Hackney"),
    ]


def test_members_of_a_list_are_told_by_name_and_matched_by_id() -> None:
    ngozi = {"id": PERSON, "fullName": "Ngozi Bell", "dateOfBirth": "1979-06-09T00:00:00Z"}
    kofi = {"id": "p2", "fullName": "Kofi Bell", "personTenureType": "HouseholdMember"}
    old = {"householdMembers": [{"id": "p3"}, ngozi]}
    new = {"householdMembers": [{**ngozi, "dateOfBirth": "1979-06-18T00:00:00Z"}, kofi]}

    assert changed(new, old) == [
        ("Household members: 1", "ID: p3", "Not set"),
        ("Household members: Ngozi Bell: date of birth", "9 June 1979", "18 June 1979"),
        ("Household members: Kofi Bell", "Not set", "Name: Kofi Bell, Role: Household member"),
    ]


def test_a_list_without_ids_is_told_whole() -> None:
    rent = {"type": "Rent", "frequency": "Weekly", "amount": 128.4}
    assert changed({"consolidatedCharges": [rent]}, {"consolidatedCharges": []}, "account/update") == [
        ("Regular charges", "Nothing", "Rent: £128.40 a week")
    ]
    assert changed({"languages": ["Igbo", "Yoruba"]}, {"languages": ["Igbo"]}, "person/update") == [
        ("Languages", "Igbo", "Igbo, Yoruba")
    ]


def test_a_code_with_a_description_is_told_by_it() -> None:
    introductory, secure = (
        {"code": code, "description": text} for code, text in (("I", "Introductory"), ("S", "Secure"))
    )

    assert changed({"tenureType": secure}, {"tenureType": introductory}) == [("Tenure type", "Introductory", "Secure")]
    assert changed({"tenureType": secure}) == [("Tenure type", "Not set", "Secure")]
    assert changed({"tenureType": {**secure, "code": "X"}}, {"tenureType": secure}) == [("Tenure type: code", "S", "X")]


def test_values_are_told_in_words() -> None:
    new = {
        "isActive": False,
        "isMuted": True,
        "howMany": 12345,
        "rate": 1.10,
        "accountBalance": "12.5",
        "chargedAmount": "unknown",
        "startOfTenureDate": "2026-06-04",
        "visitedAt": "2026-06-04T08:32:10Z",
        "stateStartedAt": "0001-01-01T00:00:00",
        "note": "",
        "nested": {"a": {"b": [1, {"c": None}]}, "d": None},
        "empty": {},
    }
    assert changed(new) == [
        ("Start date", "Not set", "4 June 2026"),
        ("Tenure status", "Not set", "Inactive"),
        ("Charged", "Not set", "unknown"),
        ("Balance", "Not set", "£12.50 owed"),
        ("Empty", "Not set", "Nothing"),
        ("How many", "Not set", "12345"),
        ("Is muted", "Not set", "Yes"),
        ("Nested", "Not set", "A (B (1; Nothing))"),
        ("Note", "Not set", "Blank"),
        ("Rate", "Not set", "1.1"),
        ("Visited at", "Not set", "4 June 2026 at 9:32am"),
    ]


def test_numbers_keep_every_digit_and_long_texts_are_not_cut() -> None:
    long = "12345678901234567890.10"
    assert changed(f'{{"note": "{"x" * 5000}", "rate": {long}}}') == [
        ("Note", "Not set", "x" * 5000),
        ("Rate", "Not set", long),
    ]


def test_a_field_without_a_label_loses_no_value() -> None:
    assert changed({"hasStairs": True, "x": 1, "": "y"}, {"hasStairs": False}) == [
        ("Unnamed", "Not sent", "y"),
        ("Has stairs", "No", "Yes"),
        ("X", "Not sent", "1"),
    ]


def test_a_field_that_the_data_before_did_not_carry_is_for_staff_not_told_as_having_been_without_a_value() -> None:
    new, old = {"chargedAmount": 5, "paidAmount": 1, "description": "Roof"}, {"description": None}
    assert changed(new, old, "majorWorks/update") == [
        ("Charged", "Not sent", "£5.00"),
        ("Paid", "Not sent", "£1.00"),
        ("Description", "Not set", "Roof"),
    ]
    assert {before for _, before, _ in changed(new, {}, "majorWorks/update")} == {"Not set"}
    assert {before for _, before, _ in rows("majorWorks/update", new, old, to="resident")} == {"Not set"}


def test_rows_are_in_the_order_of_the_table_with_unknown_fields_last() -> None:
    new = {"zeal": 1, "anger": 2, "description": "x", "transactionType": "WriteOff", "chargedAmount": 5}
    told = changed({**new, "transactionDate": "2026-06-04"}, None, "transaction/create")
    assert [label for label, _, _ in told] == ["Date", "Charged", "Type of entry", "Description", "Anger", "Zeal"]


def test_residents_are_not_told_of_amounts_of_nothing_in_what_is_new() -> None:
    new = {"chargedAmount": 5, "paidAmount": 0, "housingBenefitAmount": "0.00"}
    assert rows("transaction/create", new, to="resident") == [("Charged", "Not set", "£5.00")]
    assert len(rows("transaction/create", new)) == 3
    assert rows("majorWorks/update", {"balanceAmount": 0}, {"balanceAmount": 5}, to="resident") == [
        ("Left to pay", "£5.00", "£0.00")
    ]


def test_an_object_of_a_field_that_says_how_is_told_in_one_go() -> None:
    cleaning = {"type": "Service", "subType": "Block cleaning", "frequency": "Yearly", "amount": 283.03}
    lift = {"type": "Lift", "amount": "5"}
    said = [("Charges", "Not set", "Block cleaning: £283.03 a year; Lift: £5.00")]
    for audience in ("resident", "staff"):
        assert rows("charge/create", {"detailedCharges": [cleaning, lift]}, to=audience) == said
    assert changed({"paymentPlan": {"instalments": 36, "amount": 51.2}}, None, "majorWorks/create") == [
        ("Payment plan", "Not set", "36 instalments of £51.20")
    ]


def test_what_one_go_leaves_out_is_told_in_full_where_it_alone_differs() -> None:
    rent = {"type": "Rent", "frequency": "Weekly", "amount": 128.4}
    old, new = ({"consolidatedCharges": [{**rent, "note": note}]} for note in "ab")
    assert changed(new, old, "account/update") == [
        (
            "Regular charges",
            "Type: Rent, How often: Weekly, Amount: £128.40, Note: a",
            "Type: Rent, How often: Weekly, Amount: £128.40, Note: b",
        )
    ]


def test_an_object_of_zeros_stands_for_none() -> None:
    none = {"id": NIL, "value": None, "contactType": 0, "description": None}
    email = {"id": "c1", "value": "n@example.org", "contactType": 1, "description": None}

    assert rows("contactDetails/delete", none, email, to="resident") == [
        ("Contact type", "Email", "Not set"),
        ("Contact detail", "n@example.org", "Not set"),
    ]
    assert rows("contactDetails/create", email, none) == [
        ("Contact type", "Not set", "Email"),
        ("Contact detail", "Not set", "n@example.org"),
        ("ID", "Not set", "c1"),
    ]


def test_nothing_changed_between_two_equal_or_missing_documents() -> None:
    assert changed(None) == changed({}) == changed({"a": [1]}, {"a": [1.0]}) == []


def test_residents_get_rows_only_of_listed_fields_without_names_of_programs() -> None:
    new = {"consolidatedCharges": [{"type": "Rent", "id": PERSON, PERSON: "x", "rentGroup": "rentGroup"}], "secret": 1}
    assert rows("account/update", new, to="resident") == [("Regular charges", "Not set", "Type: Rent, Other: x")]
