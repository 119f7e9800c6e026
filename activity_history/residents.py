"""What a viewer link shows: the activities of its targets that are for residents, page by page.

Which those are is decided by the database, from kinds and one value of newData, so that a page is never cut after it
was read.
"""

from datetime import datetime

from django.db.models import Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.lookups import In

from activities import history
from activities.activity_rows import ActivityRows, of_kinds
from activities.api import page_tokens
from activities.history import Page, Place
from activities.wording import WORDING, Group
from activity_history.models import ViewerLink

PAGE_SIZE = 25


class NoSuchGroup(LookupError):
    """The address names a group that there is not."""


def group_of(slug: str) -> Group:
    """Raises NoSuchGroup."""
    found = next((group for group in WORDING.groups if group.slug == slug), None)
    if found is None:
        raise NoSuchGroup
    return found


def read_page(link: ViewerLink, group: Group | None, *, after: Place | None, page_size: int, now: datetime) -> Page:
    """Newest first; without a group, of all that residents may see. Raises StatementCancelled after two seconds."""

    def narrow(rows: ActivityRows) -> ActivityRows:
        rows = rows.filter(_for_residents(), _of(group) if group else Q())
        return rows if link.source_domains is None else rows.from_domains(link.source_domains)

    return history.page(link.target_ids, narrow=narrow, after=after, page_size=page_size, now=now)


def place_in_words(place: Place, link: ViewerLink, group: Group | None) -> str:
    """As an address bears it: of use with this link and group alone."""
    return page_tokens.encode(place, _walk(link, group))


def read_place(text: str, link: ViewerLink, group: Group | None) -> Place:
    """Raises InvalidPageToken."""
    return page_tokens.decode(text, _walk(link, group))


def _walk(link: ViewerLink, group: Group | None) -> bytes:
    return b"viewer link\0" + link.id.bytes + (group.slug if group else "").encode()


def _for_residents() -> Q:
    return of_kinds(WORDING.kinds_for("resident"))


def _of(group: Group) -> Q:
    """As `Group.contains`."""
    found = Q(pk__in=[])
    for part in group.parts:
        condition = of_kinds(part.kinds)
        if part.member is not None:
            condition &= Q(In(KeyTextTransform(part.member, "new_data"), part.values))
        found |= condition
    return found
