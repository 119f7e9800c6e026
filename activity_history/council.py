"""Whose pages these are: the council's name, colour and logo, from the settings."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

# What stands in a header reads badly within a sentence.
_UNNAMED = "Your council"


def council(request: HttpRequest | None) -> dict[str, dict[str, str]]:
    """For every template (a context processor)."""
    name = settings.COUNCIL_NAME
    in_a_sentence = "the council" if name == _UNNAMED else name
    return {"council": {"name": name, "in_a_sentence": in_a_sentence, "logo": settings.COUNCIL_LOGO}}


@require_safe
def theme(request: HttpRequest) -> HttpResponse:
    """The colour as a style sheet, because the pages' Content-Security-Policy lets no style stand in them."""
    css = f":root {{ --govuk-brand-colour: {settings.COUNCIL_COLOUR}; }}\n"
    return HttpResponse(css, content_type="text/css; charset=utf-8", headers={"Cache-Control": "public, max-age=300"})
