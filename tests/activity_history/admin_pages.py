"""The admin as someone sees it who has been given these permissions and no others."""

import re
from html import unescape
from typing import Any

from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def signed_in_with(*codenames: str) -> Client:
    user = User.objects.create_user(" ".join(codenames)[:150] or "new", is_staff=True)
    given = Permission.objects.filter(content_type__app_label__startswith="activit", codename__in=codenames)
    assert len(given) == len(codenames)
    user.user_permissions.set(given)
    return signed_in(user)


def address(model: Any, action: str, *ids: object) -> str:
    return reverse(f"admin:activities_{model._meta.model_name}_{action}", args=ids)


def queries_of(client: Client, url: str) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return [query["sql"] for query in queries.captured_queries]


def page_of(client: Client, url: str, **query: str) -> str:
    answer = client.get(url, query)
    assert answer.status_code == 200
    return answer.content.decode()


def rows(page: str, after: str = 'id="result_list"') -> list[list[str]]:
    """The words in the cells of a table's body, but for a column of check boxes."""
    if after not in page:
        return []
    body = re.split("<tbody[^>]*>", page.split(after, 1)[1], maxsplit=1)[1].split("</tbody>", 1)[0]
    cell = re.compile(r"<(t[hd])(?! class=\"action-checkbox)[^>]*>(.*?)</\1>", re.S)
    return [[_text(match[2]) for match in cell.finditer(row)] for row in re.findall("<tr[^>]*>(.*?)</tr>", body, re.S)]


def shown(page: str) -> dict[str, str]:
    """What a page says of one row, by label."""
    pairs = re.findall(r'<label[^>]*>([^<]*):</label>\s*<div class="readonly">(.*?)</div>', page, re.S)
    return {label: _text(value) for label, value in pairs}


def facts(page: str) -> list[tuple[str, str]]:
    return [(_text(name), _text(value)) for name, value in re.findall("<dt>(.*?)</dt>\\s*<dd>(.*?)</dd>", page, re.S)]


def said(answer: Any) -> list[str]:
    """The messages of a page that was come to."""
    assert answer.status_code == 200
    return [str(message) for message in answer.context["messages"]]


def errors(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 200
    return dict(answer.context["adminform"].form.errors)


def _text(html: str) -> str:
    return unescape(re.sub("<[^>]*>", "", html)).strip()
