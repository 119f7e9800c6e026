"""Those who read the staff page, and what they see there."""

import html
import re
from typing import NamedTuple
from urllib.parse import urlencode, urljoin

from django.contrib.auth.models import Permission, User
from django.test import Client

BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"


def staff(*permissions: str, name: str = "officer", password: str | None = None, active: bool = True) -> Client:
    """A browser in which this one is signed in."""
    user = User.objects.create_user(name, password=password, is_active=active)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    assert user.user_permissions.count() == len(permissions)
    client = Client(headers={"Accept": BROWSER})
    client.force_login(user)
    return client


class Seen(NamedTuple):
    """The text of a page, and what stands in its timeline."""

    address: str
    status: int
    html: str

    @property
    def text(self) -> str:
        """As it is read, without marks."""
        body = self.html[self.html.index("<main") : self.html.index("</main>")]
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())

    @property
    def days(self) -> list[str]:
        return re.findall(r'<h2 class="[^"]*app-day__heading"[^>]*>([^<]+)</h2>', self.html)

    @property
    def sentences(self) -> list[str]:
        return [html.unescape(said) for said in re.findall(r'<h3 class="moj-timeline__title">([^<]+)</h3>', self.html)]

    @property
    def times(self) -> list[tuple[str, str]]:
        """Each as the machine and as the person reads it."""
        return re.findall(r'<time datetime="([^"]+)">([^<]+)</time>', self.html)

    @property
    def new_at(self) -> int:
        """How many rows stand before the first one behind the place asked for."""
        assert self.html.count('id="more"') == 1
        return self.html.partition('id="more"')[0].count('<h3 class="moj-timeline__title">')

    def link(self, text: str) -> str:
        """The address of the first link that begins with this text."""
        found = re.search(rf'<a [^>]*href="([^"]+)"[^>]*>{re.escape(text)}', self.html)
        assert found, f"no link “{text}”"
        # As browsers do; urljoin keeps the page's own query then.
        base = self.address.partition("?")[0] if found[1].startswith("?") else self.address
        return urljoin(base, html.unescape(found[1]))


def see(client: Client, address: str, **parameters: str) -> Seen:
    address = f"{address.partition('#')[0]}{f'?{urlencode(parameters)}' if parameters else ''}"
    answer = client.get(address)
    assert answer.headers["content-type"] == "text/html; charset=utf-8", answer
    return Seen(address, answer.status_code, answer.content.decode())
