"""The queries that the API uses, for support analysts: what each is for, who calls it, its plan, what it took.

Nothing of an analyst's is run as SQL, and no row is shown: values go into statements of ours, and a plan comes out.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson
from django import forms
from django.contrib import admin
from django.core.exceptions import EmptyResultSet, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods, require_safe

from activities.api.problems import Problem
from activities.statement_facts import Facts, Parameter, all_facts
from activity_history import plan_in_words, statement_statistics
from activity_history.built_statements import BUILT, Built
from activity_history.explaining import Argument, CannotExplain, explain
from activity_history.statement_forms import AddressForm, StatementForm

MAY_EXPLAIN = "activity_history.explain_statements"
_WRITES = "It writes"
# With a word and one record, the number of rows in the plan would be an answer.
_FINDS_WORDS = "It looks for words in documents, and how many it finds would tell what is in them"
_FOR_NO_READER = "No page and no call that reads runs it, and how many rows it finds would tell what none of them shows"


class Shown(NamedTuple):
    """A statement as its page shows it. `planned_only` says why it is not run; empty where it is."""

    name: str
    purpose: Sequence[str]
    called_by: Sequence[str]
    parameters: Sequence[Parameter]
    indexes: Sequence[str]
    index_note: str
    text: str
    planned_only: str
    is_built: bool


class Asked(NamedTuple):
    """What is explained, or why it cannot be; `text` is what was made for the address of a built one."""

    plan: plan_in_words.Plan | None = None
    raw: str = ""
    missing: Sequence[str] = ()
    error: str = ""
    text: str = ""


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    _permit(request)
    now = datetime.now(UTC)
    statistics = statement_statistics.by_name(now=now)
    rows = [(shown, statistics.of(shown.name)) for shown in _all(now)]
    return _page(request, "index.html", "Queries", {"rows": rows, "statistics": statistics})


@require_http_methods(["GET", "HEAD", "POST"])
def statement(request: HttpRequest, name: str) -> HttpResponse:
    """Values come by POST alone: an address is kept by browsers and proxies, and may not hold a person's id."""
    _permit(request)
    now = datetime.now(UTC)
    shown = next((each for each in _all(now) if each.name == name), None)
    if shown is None:
        raise Http404
    form, asked = _asked(shown, request.POST if request.method == "POST" else None, now)
    if asked and asked.text:
        shown = shown._replace(text=asked.text)
    statistics = statement_statistics.by_name(now=now)
    context = {
        "shown": shown,
        "form": form,
        "asked": asked,
        "statistics": statistics,
        "statistic": statistics.of(name),
    }
    failed = form.is_bound and (asked is None or asked.plan is None)
    return _page(request, "statement.html", name, context, status=400 if failed else 200)


def names() -> frozenset[str]:
    """Of the statements that have a page."""
    return frozenset(all_facts()) | frozenset(BUILT)


def _permit(request: HttpRequest) -> None:
    if not request.user.has_perm(MAY_EXPLAIN):
        raise PermissionDenied


def _page(request: HttpRequest, template: str, title: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    whole = {**admin.site.each_context(request), "title": title, **context}
    return TemplateResponse(request, f"admin/queries/{template}", whole, status=status)


def _all(now: datetime) -> list[Shown]:
    written = [_written(facts) for facts in all_facts().values()]
    return sorted([*written, *(_built(each, now) for each in BUILT.values())])


def _written(facts: Facts) -> Shown:
    return Shown(*facts, planned_only=_why_not_run(facts), is_built=False)


def _why_not_run(facts: Facts) -> str:
    if facts.writes:
        return _WRITES
    if facts.looks_for_words:
        return _FINDS_WORDS
    return "" if facts.serves_reading else _FOR_NO_READER


def _built(built: Built, now: datetime) -> Shown:
    text, _ = built.compiled(built.example, now=now)
    facts = (built.name, built.purpose, built.called_by, (), built.indexes, built.index_note, text)
    return Shown(*facts, planned_only=_WRITES if built.writes else "", is_built=True)


def _asked(shown: Shown, data: Any, now: datetime) -> tuple[forms.Form, Asked | None]:
    """None where nothing was asked, or the form itself says what is wrong."""
    if not shown.is_built:
        form = StatementForm(shown.parameters, data, now=now)
        return form, _explained(shown, shown.text, form.arguments()) if form.is_valid() else None
    built = BUILT[shown.name]
    address = AddressForm(data, initial={"address": built.example})
    if not address.is_valid():
        return address, None
    try:
        text, arguments = built.compiled(address.cleaned_data["address"], now=now)
    except Problem as problem:
        address.add_error("address", [f"{one['parameter']}: {one['detail']}" for one in problem.errors])
        return address, None
    except EmptyResultSet:
        # Django knows beforehand that nothing is found.
        address.add_error("address", "The call would run no statement: name a target, such as targetId=t-1.")
        return address, None
    return address, _explained(shown, text, arguments)._replace(text=text)


def _explained(shown: Shown, text: str, arguments: list[Argument]) -> Asked:
    try:
        found = explain(text, arguments, run=not shown.planned_only)
    except CannotExplain as error:
        return Asked(error=str(error))
    plan = plan_in_words.read(found)
    raw = orjson.dumps(found, option=orjson.OPT_INDENT_2).decode()
    return Asked(plan, raw, plan.missing(list(shown.indexes)))
