from datetime import UTC, datetime, timedelta
from io import StringIO
from time import time
from typing import Any, NamedTuple

import jwt
import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from activities.access import READ, SEARCH, WRITE
from activities.api.issuers import own_key
from activities.models import ApiClient
from tests.api_client import CheckedClient
from tests.shapes import activity

DAY = 24 * 3600


class Printed(NamedTuple):
    out: str
    err: str

    @property
    def claims(self) -> dict[str, Any]:
        """Of the token that stands alone on the standard output."""
        bearer, end = self.out[:-1], self.out[-1]
        assert end == "\n"
        key = own_key(settings.SECRET_KEY)
        found: dict[str, Any] = jwt.decode(bearer, key, algorithms=["HS256"], audience="activity-history")
        return found


def issue(*arguments: str) -> Printed:
    out, err = StringIO(), StringIO()
    call_command("issue_token", *arguments, stdout=out, stderr=err)
    return Printed(out.getvalue(), err.getvalue())


@pytest.mark.django_db
def test_token_is_printed_alone_and_lets_its_client_in() -> None:
    printed = issue("repairs", "--scope", WRITE, "--scope", READ)
    api = CheckedClient(printed.out.strip())
    created = api.record(activity(targetId="t-1"))
    assert created.status_code == 201
    assert api.about("t-1").json()["results"][0]["id"] == created.json()["id"]
    assert api.get("/api/v1/activities").status_code == 403


@pytest.mark.django_db
def test_token_holds_its_claims_and_no_more() -> None:
    before = int(time())
    claims = issue("repairs", "--scope", READ, "--scope", SEARCH, "--scope", READ).claims
    assert before <= claims["iat"] <= time()
    assert len(claims.pop("jti")) == 36
    issued = claims.pop("iat")
    assert claims == {
        "iss": "activity-history",
        "aud": "activity-history",
        "sub": "repairs",
        "exp": issued + 90 * DAY,
        "scope": f"{READ} {SEARCH}",
        "audience": "staff",
    }


@pytest.mark.django_db
def test_token_can_be_restricted() -> None:
    targets = ("--target-id", "t-1", "--target-id", "t 2")
    printed = issue("repairs", "--scope", READ, *targets, "--source-domain", "Repairs", "--audience", "resident")
    chosen = {name: printed.claims[name] for name in ("target_ids", "source_domains", "audience")}
    assert chosen == {"target_ids": ["t-1", "t 2"], "source_domains": ["Repairs"], "audience": "resident"}


@pytest.mark.django_db
def test_client_is_made_once_and_that_is_said_beside_the_token() -> None:
    assert issue("repairs", "--scope", READ).err == "Made the client repairs.\n"
    assert issue("repairs", "--scope", READ).err == ""
    assert list(ApiClient.objects.values_list("name", flat=True)) == ["repairs"]


@pytest.mark.django_db
def test_every_token_has_an_id_of_its_own() -> None:
    first, second = (issue("repairs", "--scope", READ).claims["jti"] for _ in range(2))
    assert first != second


@pytest.mark.django_db
@pytest.mark.parametrize("days", [1, 3650])
def test_token_is_good_for_the_days_asked_for(days: int) -> None:
    claims = issue("repairs", "--scope", READ, "--days", str(days)).claims
    assert claims["exp"] - claims["iat"] == timedelta(days=days).total_seconds()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["repairs", "--scope", READ, "--days", "0"], "--days takes a whole number from 1 to 3650."),
        (["repairs", "--scope", READ, "--days", "3651"], "--days takes a whole number from 1 to 3650."),
        (["", "--scope", READ], "A client's name has 1 to 255 characters."),
        (["r" * 256, "--scope", READ], "A client's name has 1 to 255 characters."),
        (
            ["repairs", "--scope", READ, "--audience", "resident"],
            "A resident's token names its targets: add --target-id.",
        ),
        (["repairs"], "Error: the following arguments are required: --scope"),
        (["--scope", READ], "Error: the following arguments are required: client"),
        (
            ["repairs", "--scope", "everything"],
            "Error: argument --scope: invalid choice: 'everything' (choose from 'activities:write', "
            "'activities:read', 'activities:search', 'history:share')",
        ),
        (["repairs", "--scope", READ, "--days", "x"], "Error: argument --days: invalid int value: 'x'"),
    ],
)
def test_what_cannot_be_is_refused_and_makes_no_client(arguments: list[str], sentence: str) -> None:
    with pytest.raises(CommandError) as refused:
        issue(*arguments)
    assert str(refused.value) == sentence
    assert not ApiClient.objects.exists()


@pytest.mark.django_db
def test_revoked_client_gets_no_token() -> None:
    ApiClient.objects.create(name="repairs", revoked_at=datetime.now(UTC))
    with pytest.raises(CommandError, match=r"^repairs is revoked: restore it in the admin first\.$"):
        issue("repairs", "--scope", READ)
