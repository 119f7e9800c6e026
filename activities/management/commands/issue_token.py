"""Prints a token of this service's own, and nothing else, on the standard output."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from django.core.management.base import BaseCommand, CommandError, CommandParser

from activities.access import SCOPES
from activities.api.authentication import issue_token
from activities.models import ApiClient

_SECONDS_A_DAY = 24 * 3600


class Command(BaseCommand):
    help = "Issue a token to a client. The client is made if there is none of that name."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("client", help="the client's name")
        parser.add_argument("--scope", action="append", required=True, choices=SCOPES, help="repeatable")
        parser.add_argument("--target-id", action="append", help="only this target; repeatable")
        parser.add_argument("--source-domain", action="append", help="only this source domain; repeatable")
        parser.add_argument("--audience", choices=["staff", "resident"], default="staff")
        parser.add_argument("--days", type=int, default=90, help="good for so many days (1 to 3650), 90 unless told")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["days"] <= 3650:
            raise CommandError("--days takes a whole number from 1 to 3650.")
        if not 1 <= len(options["client"]) <= 255:
            raise CommandError("A client's name has 1 to 255 characters.")
        if options["audience"] == "resident" and not options["target_id"]:
            raise CommandError("A resident's token names its targets: add --target-id.")
        client, made = ApiClient.objects.get_or_create(name=options["client"])
        if client.revoked_at:
            raise CommandError(f"{client.name} is revoked: restore it in the admin first.")
        claims = {"scope": " ".join(dict.fromkeys(options["scope"])), "audience": options["audience"]}
        lists = {"target_ids": options["target_id"], "source_domains": options["source_domain"]}
        claims |= {name: values for name, values in lists.items() if values}
        if made:
            self.stderr.write(f"Made the client {client.name}.")
        seconds = options["days"] * _SECONDS_A_DAY
        self.stdout.write(issue_token(client, claims, now=datetime.now(UTC), seconds=seconds, token_id=str(uuid4())))
