"""The front page, and the pages that the `type` of a problem leads to."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from activities.api.problem_types import PROBLEM_TYPES


def _with_code(text: str) -> SafeString:
    """What stands between backticks is set as code."""
    parts = text.split("`")
    return format_html_join(
        "", "{}", ((format_html("<code>{}</code>", part) if index % 2 else part,) for index, part in enumerate(parts))
    )


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "home.html")


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    kinds = sorted(PROBLEM_TYPES.values(), key=lambda kind: (kind.status, kind.slug))
    return render(request, "problems/index.html", {"kinds": kinds})


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    kind = PROBLEM_TYPES.get(slug)
    if kind is None:
        raise Http404
    return render(
        request,
        "problems/page.html",
        {"kind": kind, "meaning": _with_code(kind.meaning), "cure": _with_code(kind.cure)},
    )
