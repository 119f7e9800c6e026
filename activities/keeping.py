"""What is stored of keeping and removing: legal holds, receipts of purges, requests of erasure.

None has a foreign key: each says what happened, also when the user or the rows it tells of have gone.
"""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q


class LegalHold(models.Model):
    """Keeps what is stored of a target (of one source domain, or of all) from being purged or erased.

    Placed, then released: nothing else of it may change, and it is never deleted; a trigger holds that.
    """

    target_id = models.CharField(max_length=255, db_collation="C")
    source_domain = models.CharField(
        max_length=64, null=True, blank=True, db_collation="C", help_text="Empty: all of them."
    )
    reason = models.CharField(max_length=1000)
    placed_by = models.CharField(max_length=150, editable=False)
    placed_at = models.DateTimeField(editable=False)
    released_by = models.CharField(max_length=150, null=True, editable=False)
    released_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        db_table = "legal_hold"
        default_permissions = ("view",)
        permissions = [("place_legal_hold", "Can place and release legal holds")]
        constraints = [
            models.CheckConstraint(condition=~Q(target_id=""), name="legal_hold_has_a_target"),
            models.CheckConstraint(
                condition=Q(source_domain__isnull=True) | ~Q(source_domain=""),
                name="legal_hold_source_domain_not_empty",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="legal_hold_has_a_reason"),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True, released_by__isnull=True)
                | Q(released_at__isnull=False, released_at__gte=F("placed_at"), released_by__isnull=False),
                name="legal_hold_is_released_by_someone_after_it_was_placed",
            ),
        ]
        indexes = [
            # Looked up for each row that is about to be purged.
            models.Index(fields=["target_id"], condition=Q(released_at__isnull=True), name="legal_hold_in_force")
        ]

    def __str__(self) -> str:
        return f"{self.target_id} ({self.source_domain or 'all domains'})"


def is_held() -> Exists:
    """Of an activity: whether a hold in force keeps it, as in `sql/parts/held.sql`."""
    return Exists(
        LegalHold.objects.filter(
            Q(source_domain__isnull=True) | Q(source_domain=OuterRef("source_domain")),
            target_id=OuterRef("target_id"),
            released_at__isnull=True,
        )
    )


class PurgeReceipt(models.Model):
    """What one run of the purge did, written with each of its batches: true also of a run that was killed."""

    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    deleted = models.BigIntegerField(default=0, help_text="Activities.")
    authors_deleted = models.BigIntegerField(default=0, help_text="Rows of authors that nothing had used for a day.")
    oldest_expiry = models.DateTimeField(null=True, help_text="Of what was deleted.")
    newest_expiry = models.DateTimeField(null=True, help_text="Of what was deleted.")
    held_back = models.BigIntegerField(null=True, help_text="Expired activities that legal holds kept, at the end.")
    version = models.CharField(max_length=32)
    error = models.CharField(max_length=1000, null=True)

    class Meta:
        db_table = "purge_receipt"
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                condition=Q(deleted__gte=0, authors_deleted__gte=0), name="purge_receipt_counts_are_no_debts"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="purge_receipt_ends_after_it_started",
            ),
        ]
        indexes = [models.Index(fields=["-started_at", "-id"], name="purge_receipt_newest_first")]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M:%S} UTC"


class Erasure(models.Model):
    """A request to erase a target's documents or an author's name, and the receipt of what became of it.

    An author is asked for by the numbers of its rows, so that no name stands here.
    """

    target_id = models.CharField(max_length=255, null=True, db_collation="C")
    author_rows = models.JSONField(null=True, help_text="Numbers of rows of authors.")
    reason = models.CharField(max_length=1000)
    asked_by = models.CharField(max_length=150)
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    refused = models.CharField(max_length=1000, null=True, help_text="Why it was not carried out.")
    erased = models.BigIntegerField(default=0, help_text="Activities, or rows of authors.")
    named_in = models.JSONField(null=True, help_text="Targets whose documents hold the words that were erased.")
    version = models.CharField(max_length=32, null=True)

    class Meta:
        db_table = "erasure"
        verbose_name = "erasure request"
        default_permissions = ("view",)
        permissions = [("ask_for_erasure", "Can ask for the erasure of a target's or an author's data")]
        constraints = [
            models.CheckConstraint(
                condition=Q(target_id__isnull=False, author_rows__isnull=True)
                | Q(target_id__isnull=True, author_rows__isnull=False),
                name="erasure_is_of_a_target_or_of_an_author",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="erasure_has_a_reason"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(done_at__gte=F("asked_at")), name="erasure_is_done_after_asked"
            ),
        ]
        indexes = [
            # Looked for several times a minute.
            models.Index(fields=["asked_at", "id"], condition=Q(done_at__isnull=True), name="erasure_waiting")
        ]

    def __str__(self) -> str:
        return f"of target {self.target_id}" if self.target_id else "of an author"
