"""The page that a viewer link leads to: a resident's own history, for whoever has the link."""

from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from activities import reads
from activities.api import noted
from activities.api.page_tokens import InvalidPageToken
from activities.api.problems import as_problem
from activities.history import Place
from activities.wording import WORDING, Group
from activity_history import account_in_words, entries, last_look, links, residents
from activity_history.council import council
from activity_history.links import LinkUnusable
from activity_history.models import ViewerLink
from activity_history.residents import NoSuchGroup

_NOBODY = "'none'"


class _Asked(NamedTuple):
    """What the address says, beside the link."""

    group: Group | None
    after: Place | None
    is_embedded: bool


@require_safe
def history(request: HttpRequest, token: str) -> HttpResponse:
    """One answer for every link that is of no use, so that it tells nothing: 410, for it does not come back."""
    now, is_embedded = datetime.now(UTC), _is_embedded(request)
    try:
        link = links.find(token, now=now)
        asked = _asked(request, link)
        return _page("residents/history.html", _context(link, asked, now), is_embedded=is_embedded)
    except LinkUnusable:
        return _page("residents/gone.html", {}, is_embedded=is_embedded, status=410)
    except (NoSuchGroup, InvalidPageToken):
        context = {"start": _address(None, is_embedded)}
        return _page("residents/no_such_page.html", context, is_embedded=is_embedded, status=404)
    except Exception as error:
        problem = as_problem(error)
        request.META[noted.PROBLEM] = problem.kind.slug
        page = _page("residents/later.html", {}, is_embedded=is_embedded, status=problem.kind.status)
        for name, value in problem.headers.items():
            page[name] = value
        return page


def _is_embedded(request: HttpRequest) -> bool:
    return request.GET.get("embed") == "1"


def _asked(request: HttpRequest, link: ViewerLink) -> _Asked:
    """Raises NoSuchGroup and InvalidPageToken. What else stands in the address, portals have added."""
    slug, place = request.GET.get("show"), request.GET.get("after")
    group = residents.group_of(slug) if slug else None
    after = residents.read_place(place, link, group) if place else None
    return _Asked(group, after, _is_embedded(request))


def _context(link: ViewerLink, asked: _Asked, now: datetime) -> dict[str, Any]:
    group, after, is_embedded = asked
    page = residents.read_page(link, group, after=after, page_size=residents.PAGE_SIZE, now=now)
    look = reads.record_by_link(link.target_ids, link_id=str(link.id), client_id=link.client_id, now=now)
    groups = [(each.heading, _address(each, is_embedded), each == group) for each in WORDING.groups]
    older = residents.place_in_words(page.next, link, group) if page.next else None
    return {
        "groups": [("Everything", _address(None, is_embedded), group is None), *groups],
        "group": group,
        "last_look": look and last_look.in_words(look),
        # Behind the first page an amount may be out of date.
        "days": entries.read(page.records, payment_hosts=() if after else settings.PAYMENT_HOSTS),
        "account": account_in_words.read(link, now=now) if group is None and after is None else None,
        "start": _address(None, is_embedded),
        "newest": _address(group, is_embedded) if after else None,
        "older": _address(group, is_embedded, older) if older else None,
    }


def _address(group: Group | None, is_embedded: bool, after: str | None = None) -> str:
    """Relative, so that the link's token stands in no page."""
    members = {"show": group.slug if group else None, "after": after, "embed": "1" if is_embedded else None}
    return "?" + urlencode({name: value for name, value in members.items() if value})


def _page(template: str, context: dict[str, Any], *, is_embedded: bool, status: int = 200) -> HttpResponse:
    """Made without the request, whose session and form token would bring cookies."""
    layout = "residents/embedded.html" if is_embedded else "residents/page.html"
    parents = settings.EMBED_ALLOWED_ORIGINS if is_embedded else []
    text = render_to_string(template, {**context, **council(None), "layout": layout})
    response = HttpResponse(
        text,
        status=status,
        headers={"Content-Security-Policy": _policy(parents)},
    )
    # Browsers that know no frame-ancestors would refuse allowed parents as well.
    response.xframe_options_exempt = bool(parents)
    return response


def _policy(parents: list[str]) -> str:
    """Stricter than that of the other pages: nothing here has a script or a form."""
    images = " ".join(settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["img-src"])
    return (
        f"default-src 'none'; style-src 'self'; img-src {images}; base-uri 'none'; form-action 'none'; "
        f"frame-ancestors {' '.join(parents) or _NOBODY}"
    )
