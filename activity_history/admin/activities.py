"""Activities: what was done, how long it is kept, and what keeps it longer."""

from typing import Any, cast

from django.conf import settings
from django.contrib import admin
from django.db.models import Case, ExpressionWrapper, Q, QuerySet, TextField, Value, When
from django.db.models.fields import BooleanField
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse

from activities import reads
from activities.models import Activity
from activities.wording import WORDING
from activity_history.admin import asking, read_only
from activity_history.admin.read_only import FURTHEST_ROW, SearchedByTarget, Tool, exactly, to_the_second

_MAY_SEE_HELD, _MAY_SEE_SENSITIVE = "activities.view_held", "activities.view_sensitive"


@admin.register(Activity)
class ActivityAdmin(SearchedByTarget):
    """What has expired is gone from here too, but for those who may see what legal holds keep.

    Documents are shown as the database writes them: Python's numbers would lose digits.
    """

    list_display = (
        "occurred_to_the_second",
        "state",
        "type",
        "target_type",
        "target_id",
        "author",
        "kept_until",
        "source_domain",
    )
    list_select_related = ("author",)
    ordering = ("-occurred_at", "-id")
    search_help_text = f"A target's whole id. The list shows the newest {FURTHEST_ROW:,} at most."
    exclude = ("old_data", "new_data", "occurred_at", "recorded_at", "expires_at", "time_to_live", "erased_at")
    readonly_fields = ("occurred", "recorded", "expires", "rule", "asked_for", "state", "before", "after")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        now = read_only.now()
        # Withheld here, so that nothing behind it can show it.
        withheld = [] if request.user.has_perm(_MAY_SEE_SENSITIVE) else sorted(WORDING.sensitive_targets)
        is_withheld = Q(target_type__in=withheld)
        rows = Activity.objects.defer("old_data", "new_data").annotate(
            old_text=_text_unless(is_withheld, "old_data"),
            new_text=_text_unless(is_withheld, "new_data"),
            is_withheld=ExpressionWrapper(is_withheld, BooleanField()),
            # Said by the same moment as what is shown.
            has_expired=ExpressionWrapper(Q(expires_at__isnull=False, expires_at__lte=now), BooleanField()),
        )
        may_see_held = request.user.has_perm(_MAY_SEE_HELD)
        return (rows.readable_or_held(now=now) if may_see_held else rows.readable(now=now)).order_by(*self.ordering)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if obj := kwargs.get("obj"):
            pk, name = cast(int, request.user.pk), request.user.get_username()
            reads.record_on_page(obj.target_id, user_id=pk, username=name, now=read_only.now())
        return super().render_change_form(request, context, *args, **kwargs)

    def tools(self, request: HttpRequest, obj: Activity) -> list[Tool]:
        return asking.links_about(obj.target_id, request)

    @admin.display(description="occurred")
    def occurred(self, activity: Activity) -> str:
        return exactly(activity.occurred_at)

    @admin.display(description="occurred")
    def occurred_to_the_second(self, activity: Activity) -> str:
        return to_the_second(activity.occurred_at)

    @admin.display(description="recorded")
    def recorded(self, activity: Activity) -> str:
        return exactly(activity.recorded_at)

    @admin.display(description="expires")
    def expires(self, activity: Activity) -> str:
        return exactly(activity.expires_at) if activity.expires_at else "never"

    @admin.display(description="kept until")
    def kept_until(self, activity: Activity) -> str:
        return f"{activity.expires_at:%Y-%m-%d}" if activity.expires_at else "for ever"

    @admin.display(description="retention rule now in force")
    def rule(self, activity: Activity) -> str:
        words: str = settings.RETENTION_POLICY.rule_for(activity.source_domain, activity.target_type).in_words
        return words

    @admin.display(description="time to live")
    def asked_for(self, activity: Activity) -> str:
        return f"{activity.time_to_live}, as the sender asked" if activity.time_to_live else "by the retention policy"

    @admin.display(description="state")
    def state(self, activity: Any) -> str:
        words = ["expired, kept under hold"] if activity.has_expired else []
        words += [f"erased {to_the_second(activity.erased_at)}"] if activity.erased_at else []
        return "; ".join(words) or "stored"

    @admin.display(description="data before")
    def before(self, activity: Any) -> str:
        return _document(activity, activity.old_text)

    @admin.display(description="data after")
    def after(self, activity: Any) -> str:
        return _document(activity, activity.new_text)


def _text_unless(withheld: Q, column: str) -> Case:
    return Case(When(withheld, then=Value(None)), default=Cast(column, TextField()), output_field=TextField())


def _document(activity: Any, text: str | None) -> str:
    if activity.is_withheld:
        return "sensitive, and not shown to this account"
    return "erased" if activity.erased_at else text or "none"
