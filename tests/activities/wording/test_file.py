"""A wording file that would mislead somebody is refused, with the place and the cure."""

from __future__ import annotations

from pathlib import Path

import pytest

from activities.wording import FILE, WordingFaulty, read_wording

HEAD = """
hidden = "Something was recorded"
acronyms = []
[types]
create = { label = "Created", done = "was created" }
[domains]
[codes]
colour = { red = "Red" }
[fields]
name = "Name"
paymentUrl = "Link to pay"
"""
WIDGET = """
[targets.widget]
label = "Widget"
audiences = ["resident", "staff"]
residents_see = ["name"]
"""
LAST = '{ resident = "Your widget was made", staff = "Widget made" }'
GROUPS = """
[[groups]]
slug = "widgets"
heading = "Widgets"
description = "Your widgets."
parts = [{ kinds = ["widget/create"] }]
"""


def kind(*sentences: str, more: str = "") -> str:
    return f"{WIDGET}{more}\ntypes.create.sentences = [{', '.join(sentences)}]\n"


GOOD = HEAD + kind(LAST) + GROUPS
AT = "targets.widget.types.create"
FORMATS = (
    "money, debit, credit, size, balance, number, reference, text, contact, list, yes_no, financial_year, date, "
    "moment, code, total, added, removed, only_added, only_removed"
)

FAULTY = {
    "no TOML": (
        "hidden = ",
        "wording.toml is no TOML: Invalid value (at end of document). "
        "Mend that line; a thing that is declared twice stands once.",
    ),
    "a kind twice": (
        HEAD + kind(LAST) + '[targets.widget.types.create]\nsentences = [{ staff = "Made" }]\n' + GROUPS,
        "wording.toml is no TOML: Cannot declare ('targets', 'widget', 'types', 'create') twice "
        "(at line 19, column 29). Mend that line; a thing that is declared twice stands once.",
    ),
    "an unknown audience": (
        GOOD.replace('"resident", "staff"', '"tenant", "staff"'),
        "targets.widget.audiences[0]: Input should be 'resident', 'staff' or 'analyst'.",
    ),
    "an entry that does not exist": (
        HEAD + kind(LAST, more='authr = "x"') + GROUPS,
        "targets.widget.authr: there is no such entry: correct its name, or leave it out.",
    ),
    "no label of a target type": (
        GOOD.replace('label = "Widget"\n', ""),
        "targets.widget.label: it is missing: add it.",
    ),
    "no label of a type": (
        GOOD.replace("types.create.s", "types.mend.s").replace("widget/create", "widget/mend"),
        "types: there is no “mend”, of which targets.widget has a kind: add its label and what it has done.",
    ),
    "no label of a field that residents see": (
        GOOD.replace('residents_see = ["name"]', 'residents_see = ["name", "size"]'),
        "fields: residents see size of widget, which has no label: add one.",
    ),
    "an unknown format": (
        HEAD + kind('{ staff = "Made for {name:pounds}" }', LAST) + GROUPS,
        f"{AT}.sentences[0].staff: there is no format “pounds”: use one of {FORMATS}; the last five need a member.",
    ),
    "a list's format without its member": (
        HEAD + kind('{ staff = "Made with {name:added}" }', LAST) + GROUPS,
        f"{AT}.sentences[0].staff: there is no format “added”: use one of {FORMATS}; the last five need a member.",
    ),
    "a format with something after it": (
        HEAD + kind('{ staff = "Made for {name:money:pounds}" }', LAST) + GROUPS,
        f"{AT}.sentences[0].staff: the format “money” takes nothing after it: leave “:pounds” out.",
    ),
    "an unknown format of a field": (
        GOOD.replace('name = "Name"', 'name = { label = "Name", format = "pounds" }'),
        f"fields.name: there is no format “pounds”: use one of {FORMATS}; the last five need a member.",
    ),
    "an unknown code table": (
        HEAD + kind('{ staff = "Made in {name:code:colours}" }', LAST) + GROUPS,
        f"{AT}.sentences[0].staff: there is no code table “colours”: use one of colour, or add it.",
    ),
    "a brace too many": (
        HEAD + kind('{ staff = "Made for {name" }', LAST) + GROUPS,
        f"{AT}.sentences[0].staff: a brace is left over: "
        "write a placeholder as {field:format} or {field:format:table}.",
    ),
    "a placeholder without a field": (
        HEAD + kind('{ staff = "Made for {}" }', LAST) + GROUPS,
        f"{AT}.sentences[0].staff: “” is no field: write a field's name, such as old.surname.",
    ),
    "a condition on a change within a field": (
        HEAD + kind('{ changed = ["name.first"], staff = "Renamed" }', LAST) + GROUPS,
        f"{AT}.sentences[0].staff: “name.first” is no top-level field: name the field that it is in.",
    ),
    "a field that residents may not see": (
        HEAD + kind('{ resident = "Made by {maker}" }', LAST) + GROUPS,
        f"{AT}.sentences[0].resident: residents may not see maker: "
        "add it to residents_see, or say the sentence without it.",
    ),
    "a value of which residents may only know that it changed": (
        HEAD + kind('{ resident = "Made by {maker}" }', LAST, more='residents_know_of = ["maker"]') + GROUPS,
        f"{AT}.sentences[0].resident: residents may not see maker: "
        "add it to residents_see, or say the sentence without it.",
    ),
    "a condition on a value of which residents may only know that it changed": (
        HEAD
        + kind('{ when = { maker = "A" }, resident = "Made by A" }', LAST, more='residents_know_of = ["maker"]')
        + GROUPS,
        f"{AT}.sentences[0].resident: residents may not see maker: "
        "add it to residents_see, or say the sentence without it.",
    ),
    "a condition on a field that residents may not see": (
        HEAD + kind('{ has = ["maker"], resident = "Made by somebody" }', LAST) + GROUPS,
        f"{AT}.sentences[0].resident: residents may not see maker: "
        "add it to residents_see, or say the sentence without it.",
    ),
    "a last sentence with a placeholder": (
        HEAD + kind('{ resident = "Yours", staff = "Made for {name}" }') + GROUPS,
        f"{AT}: the last sentence for staff must always be sayable: "
        "end with one that has no condition and no placeholder.",
    ),
    "a last sentence with a condition": (
        HEAD + kind('{ has = ["name"], resident = "Yours" }', '{ staff = "Made" }') + GROUPS,
        f"{AT}: the last sentence for resident must always be sayable: "
        "end with one that has no condition and no placeholder.",
    ),
    "a sentence that is never reached": (
        HEAD + kind('{ staff = "Made" }', '{ resident = "Yours", staff = "Widget made" }') + GROUPS,
        f"{AT}.sentences[0].staff: nothing after this sentence is ever said: give it a condition, or put it last.",
    ),
    "no sentence for somebody who sees the kind": (
        HEAD + kind('{ staff = "Made" }') + GROUPS,
        f"{AT}: it has no sentence for resident: add one.",
    ),
    "a sentence for somebody who does not": (
        GOOD.replace('["resident", "staff"]', '["analyst"]'),
        f"{AT}: it has a sentence for resident, who may not see the kind: leave it out, or add the audience.",
    ),
    "something sensitive for residents": (
        HEAD + kind(LAST, more="sensitive = true") + GROUPS,
        f"{AT}: what is sensitive is not for residents: take them out of audiences.",
    ),
    "a link to pay that residents may not see": (
        HEAD + kind(LAST, more='pay_link = "paymentUrl"') + GROUPS,
        f"{AT}: pay_link names paymentUrl, which residents may not see: add it to residents_see.",
    ),
    "a group of an unknown kind": (
        GOOD.replace('kinds = ["widget/create"]', 'kinds = ["widget/mend"]'),
        "groups[0].parts[0]: there is no kind widget/mend: write targetType/type as in targets.",
    ),
    "a group with a member and no values": (
        GOOD.replace('["widget/create"]', '["widget/create"], member = "name"'),
        "groups[0].parts[0]: member and values go together: give both, or neither.",
    ),
    "an activity in two groups": (
        GOOD + GROUPS.replace('"widgets"', '"gadgets"'),
        "groups[1].parts[0]: widget/create is in “widgets” already: leave it in one of them.",
    ),
    "an activity with a value in two groups": (
        GOOD
        + GROUPS.replace('"widgets"', '"gadgets"').replace(
            '"widget/create"]', '"widget/create"], member = "name", values = ["Ada"]'
        ),
        "groups[1].parts[0]: widget/create with Ada is in “widgets” already: leave it in one of them.",
    ),
    "a group's name that is no part of an address": (
        GOOD.replace('slug = "widgets"', 'slug = "My widgets"'),
        "groups[0].slug: String should match pattern '^[a-z-]+$'.",
    ),
}


def test_a_good_file_is_read() -> None:
    assert read_wording(GOOD).kinds_for("resident") == (("widget", "create"),)


@pytest.mark.parametrize(("toml", "message"), FAULTY.values(), ids=FAULTY.keys())
def test_a_file_is_refused_for(toml: str, message: str) -> None:
    with pytest.raises(WordingFaulty) as refusal:
        read_wording(toml)
    assert str(refusal.value).removeprefix("wording.toml:\n") == message


def test_all_faults_are_told_at_once() -> None:
    faulty = GOOD.replace('"widget/create"', '"widget/mend"').replace('residents_see = ["name"]', "residents_see = [1]")
    with pytest.raises(WordingFaulty) as refusal:
        read_wording(GOOD.replace('"widget/create"', '"widget/mend"').replace('["name"]', '["name", "size"]'))
    assert str(refusal.value).splitlines() == [
        "wording.toml:",
        "fields: residents see size of widget, which has no label: add one.",
        "groups[0].parts[0]: there is no kind widget/mend: write targetType/type as in targets.",
    ]
    with pytest.raises(WordingFaulty, match="residents_see"):
        read_wording(faulty)


def test_the_file_stands_beside_the_module_that_reads_it() -> None:
    assert Path("activities/wording.toml") == FILE.relative_to(FILE.parents[1])
    assert read_wording(FILE.read_text(encoding="utf-8")).kinds
