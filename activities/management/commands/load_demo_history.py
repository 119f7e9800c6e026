"""Fills an empty service with a believable history to look at, and the demo sign-ins."""

import sys
from typing import Any

import orjson
from django.core.management.base import BaseCommand

from activities import demo
from activities.demo.history import demo_activities
from activities.loading import load
from activities.models import ApiClient
from activities.progress import ProgressBar


class Command(BaseCommand):
    help = "Load the demo history and make the demo sign-ins, unless that is done already."

    def handle(self, *args: Any, **options: Any) -> None:
        if demo.is_loaded():
            return
        # Made anew from the moment of the first try, a half-loaded history is completed, not doubled.
        client = ApiClient.objects.get_or_create(name=demo.CLIENT)[0]
        began = client.created_at
        lines = [orjson.dumps(activity) for activity in demo_activities(now=began)]
        bar = ProgressBar("Loading the demo history", sys.stderr, of=len(lines))
        loaded = load(
            lines,
            client_id=client.id,
            client_name=client.name,
            clock=lambda: began,
            reject=lambda number, reason: self.stderr.write(f"Line {number}: {reason}"),
            progress=lambda so_far, _: bar.show(so_far.read, f"{so_far.read:,} activities"),
        )
        bar.finish(loaded.read, f"{loaded.read:,} activities")
        demo.make_sign_ins()
        self.stdout.write(f"Loaded a demo history of {loaded.created + loaded.existing:,} activities.")
