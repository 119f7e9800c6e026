"""The front page, and the pages that the `type` of a problem leads to."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from activities.api.problem_types import PROBLEM_TYPES


def home(request: HttpRequest) -> HttpResponse:
    return render(request, "home.html")


def index(request: HttpRequest) -> HttpResponse:
    kinds = sorted(PROBLEM_TYPES.values(), key=lambda kind: (kind.status, kind.slug))
    return render(request, "problems/index.html", {"kinds": kinds})


def page(request: HttpRequest, slug: str) -> HttpResponse:
    if slug not in PROBLEM_TYPES:
        raise Http404
    return render(request, "problems/page.html", {"kind": PROBLEM_TYPES[slug]})
