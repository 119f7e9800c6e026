"""What is stored of reading: who read which target's history, and when."""

from django.db import models
from django.db.models import Q

ON_A_PAGE, BY_A_LINK, BY_THE_API = "page", "link", "api"


class ReadRecord(models.Model):
    """One reading of one target's history; no foreign key, so that it outlives whom and what it names.

    `reader` is an account's user name on a page, a viewer link's id, or of a token of the API its subject.
    """

    id = models.BigAutoField(primary_key=True)
    target_id = models.CharField(max_length=255, db_collation="C")
    read_at = models.DateTimeField()
    channel = models.CharField(max_length=8, db_collation="C")
    client = models.ForeignKey(
        "activities.ApiClient",
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    reader = models.CharField(max_length=255)
    role = models.CharField(max_length=150)

    class Meta:
        db_table = "read_record"
        verbose_name = "recorded read"
        verbose_name_plural = "recorded reads"
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(condition=~Q(target_id=""), name="read_record_has_a_target"),
            models.CheckConstraint(
                condition=Q(channel=ON_A_PAGE, client_id__isnull=True)
                | Q(channel__in=(BY_A_LINK, BY_THE_API), client_id__isnull=False),
                name="read_record_names_the_client_unless_on_a_page",
            ),
            models.CheckConstraint(condition=~Q(reader="") & ~Q(role=""), name="read_record_names_a_reader"),
        ]
        indexes = [
            # When did staff last look at it? Asked for each page of a resident.
            models.Index(fields=["target_id", "channel", "read_at", "id"], name="read_record_last_of_target")
        ]

    def __str__(self) -> str:
        return f"{self.read_at:%Y-%m-%d %H:%M:%S} UTC"
