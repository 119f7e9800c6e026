"""Rows of legal holds, receipts and erasures that the database takes, and some that it refuses, by constraint."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import models

from activities import erasure
from activities.models import Erasure, LegalHold, PurgeReceipt, ReadRecord
from tests.acting import acting_as

PLACED = datetime(2026, 3, 15, 12, tzinfo=UTC)
BEFORE = PLACED - timedelta(microseconds=1)


carry_out = acting_as("retention")(erasure.carry_out)


def write_hold(**columns: Any) -> LegalHold:
    usual = {"target_id": "t-1", "reason": "Audit", "placed_by": "officer", "placed_at": PLACED}
    return LegalHold.objects.create(**usual | columns)


@acting_as("retention")
def write_receipt(**columns: Any) -> PurgeReceipt:
    return PurgeReceipt.objects.create(**{"started_at": PLACED, "version": "1"} | columns)


def write_erasure(**columns: Any) -> Erasure:
    usual = {"target_id": "t-1", "reason": "Request", "asked_by": "officer", "asked_at": PLACED}
    return Erasure.objects.create(**usual | columns)


def write_read(**columns: Any) -> ReadRecord:
    usual = {"target_id": "t-1", "read_at": PLACED, "channel": "page", "reader": "officer", "role": "Housing officer"}
    return ReadRecord.objects.create(**usual | columns)


KEEPING: dict[str, tuple[Callable[..., models.Model], list[dict[str, Any]], list[dict[str, Any]]]] = {
    "legal_hold_has_a_target": (write_hold, [{"target_id": " "}], [{"target_id": ""}]),
    "legal_hold_source_domain_not_empty": (
        write_hold,
        [{"source_domain": None}, {"source_domain": "Finance"}],
        [{"source_domain": ""}],
    ),
    "legal_hold_has_a_reason": (write_hold, [{"reason": "x"}], [{"reason": ""}]),
    "legal_hold_was_placed_by_someone": (write_hold, [{"placed_by": "x"}], [{"placed_by": ""}]),
    "legal_hold_is_released_by_someone_after_it_was_placed": (
        write_hold,
        [{}, {"released_at": PLACED, "released_by": "other"}],
        [
            {"released_at": BEFORE, "released_by": "other"},
            {"released_at": PLACED},
            {"released_by": "other"},
        ],
    ),
    "purge_receipt_counts_are_no_debts": (
        write_receipt,
        [{}, {"deleted": 1, "authors_deleted": 1}],
        [{"deleted": -1}, {"authors_deleted": -1}],
    ),
    "purge_receipt_ends_after_it_started": (
        write_receipt,
        [{"ended_at": None}, {"ended_at": PLACED}],
        [{"ended_at": BEFORE}],
    ),
    "read_record_has_a_target": (write_read, [{"target_id": " "}], [{"target_id": ""}]),
    "read_record_names_a_reader": (write_read, [{}], [{"reader": ""}, {"role": ""}]),
    "read_record_names_the_client_unless_on_a_page": (
        write_read,
        [{}, {"channel": "link", "client_id": 1}, {"channel": "api", "client_id": 1}],
        [{"client_id": 1}, {"channel": "link"}, {"channel": "api"}, {"channel": "x"}, {"channel": "x", "client_id": 1}],
    ),
    "erasure_is_of_a_target_or_of_an_author": (
        write_erasure,
        [{}, {"target_id": None, "author_rows": [1]}],
        [{"target_id": None}, {"author_rows": [1]}],
    ),
    "erasure_target_id_not_empty": (
        write_erasure,
        [{"target_id": " "}, {"target_id": None, "author_rows": [1]}],
        [{"target_id": ""}],
    ),
    "erasure_was_asked_by_someone": (write_erasure, [{"asked_by": "x"}], [{"asked_by": ""}]),
    "erasure_has_a_reason": (write_erasure, [{"reason": "x"}], [{"reason": ""}]),
    "erasure_is_done_after_asked": (
        write_erasure,
        [{"done_at": None}, {"done_at": PLACED}],
        [{"done_at": BEFORE}],
    ),
}
