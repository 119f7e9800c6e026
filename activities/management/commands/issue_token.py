"""Prints a token of this service's own, and nothing else, on the standard output."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from django.core.management.base import BaseCommand, CommandError, CommandParser

from activities.access import SCOPES
from activities.api import own_tokens
from activities.api.own_tokens import MOST_DAYS, USUAL_DAYS, Grant
from activities.models import ApiClient


class Command(BaseCommand):
    help = "Issue a token to a client. The client is made if there is none of that name."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("client", help="the client's name")
        parser.add_argument("--scope", action="append", required=True, choices=SCOPES, help="repeatable")
        parser.add_argument("--target-id", action="append", help="only this target; repeatable")
        parser.add_argument("--source-domain", action="append", help="only this source domain; repeatable")
        parser.add_argument("--audience", choices=["staff", "resident"], default="staff")
        parser.add_argument("--days", type=int, default=USUAL_DAYS, help=f"1 to {MOST_DAYS}, {USUAL_DAYS} unless told")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["days"] <= MOST_DAYS:
            raise CommandError(f"--days takes a whole number from 1 to {MOST_DAYS}.")
        if not 1 <= len(options["client"]) <= 255:
            raise CommandError("A client's name has 1 to 255 characters.")
        if options["audience"] == "resident" and not options["target_id"]:
            raise CommandError("A resident's token names its targets: add --target-id.")
        client, made = ApiClient.objects.get_or_create(name=options["client"])
        if client.revoked_at:
            raise CommandError(f"{client.name} is revoked: restore it in the admin first.")
        if made:
            self.stderr.write(f"Made the client {client.name}.")
        grant = Grant(
            options["scope"],
            options["audience"],
            options["target_id"] or (),
            options["source_domain"] or (),
            options["days"],
        )
        self.stdout.write(own_tokens.issue(client, grant, now=datetime.now(UTC), token_id=str(uuid4())))
