"""A page that asks before something is done: a plain form, so that it works without JavaScript."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse


def confirmation(
    shown: "ModelAdmin[Any]",
    request: HttpRequest,
    *,
    title: str,
    note: str,
    facts: Sequence[tuple[str, str]],
    submit_label: str,
    back: str,
    to: str = "",
    hidden: Sequence[tuple[str, str]] = (),
    form: forms.Form | None = None,
) -> HttpResponse:
    """`to` is where it is sent: the page's own address unless told."""
    context = {
        **shown.admin_site.each_context(request),
        "opts": shown.opts,
        "media": shown.media,
        "title": title,
        "note": note,
        "facts": facts,
        "submit_label": submit_label,
        "back": back,
        "to": to,
        "hidden": hidden,
        "form": form,
    }
    return TemplateResponse(request, "admin/confirmation.html", context)
