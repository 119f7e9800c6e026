"""The same API by Django REST Framework alone, as its documentation teaches it, on the same tables.

ModelViewSet, ModelSerializer with a nested one, CursorPagination, django-filter's back end, SimpleJWT's
JWTAuthentication, the middleware of `startproject`, persistent connections, select_related. Many are created by
ListSerializer's own create, one after the other, in one transaction; `bulk=1` in the address takes the bulk_create
that the documentation shows as a customization. Django's documentation serves it by a WSGI server such as gunicorn,
whose sync worker ends each connection; granian with one worker, which we use for this project, is kinder to it.
"""

import os
from datetime import timedelta
from typing import Any, ClassVar

import django
from django.conf import settings

settings.configure(
    SECRET_KEY=os.environ["SECRET_KEY"],
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    TIME_ZONE="UTC",
    USE_TZ=True,
    DATA_UPLOAD_MAX_MEMORY_SIZE=5 * 1024 * 1024,
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": os.environ["PGDATABASE"],
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": True,
        }
    },
    INSTALLED_APPS=[
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "django.contrib.staticfiles",
        "django_filters",
        "rest_framework",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework_simplejwt.authentication.JWTAuthentication"],
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
        "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    },
    SIMPLE_JWT={
        "SIGNING_KEY": os.environ["JWT_KEY"],
        "AUDIENCE": "benchmark",
        "ISSUER": "benchmark",
        "USER_ID_FIELD": "username",
        "USER_ID_CLAIM": "sub",
    },
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import models, transaction  # noqa: E402
from django.db.models import Q  # noqa: E402
from django.urls import include, path  # noqa: E402
from django.utils import timezone  # noqa: E402
from rest_framework import routers, serializers, status, viewsets  # noqa: E402
from rest_framework.exceptions import APIException  # noqa: E402
from rest_framework.pagination import CursorPagination  # noqa: E402
from rest_framework.request import Request  # noqa: E402
from rest_framework.response import Response  # noqa: E402

CLIENT_ID = 1


class Author(models.Model):
    identifier = models.CharField(max_length=255, null=True)
    full_name = models.CharField(max_length=255)
    email = models.CharField(max_length=254, null=True)
    objects: ClassVar[models.Manager["Author"]] = models.Manager()

    class Meta:
        app_label = "drf_peer"
        managed = False
        db_table = "author"

    def __str__(self) -> str:
        return self.full_name


class Activity(models.Model):
    id = models.UUIDField(primary_key=True)
    type = models.CharField(max_length=64)
    target_type = models.CharField(max_length=64)
    target_id = models.CharField(max_length=255)
    source_domain = models.CharField(max_length=64, null=True)
    occurred_at = models.DateTimeField()
    time_to_live = models.CharField(max_length=16, null=True)
    old_data = models.JSONField(null=True)
    new_data = models.JSONField(null=True)
    author = models.ForeignKey(Author, on_delete=models.PROTECT)
    correlation_id = models.CharField(max_length=128, null=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True)
    client_id = models.BigIntegerField(default=CLIENT_ID)
    objects: ClassVar[models.Manager["Activity"]] = models.Manager()

    class Meta:
        app_label = "drf_peer"
        managed = False
        db_table = "activity"

    def __str__(self) -> str:
        return f"{self.type} {self.target_type}"


class AlreadyStored(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_detail = "This id is stored with other content."


class AuthorSerializer(serializers.ModelSerializer[Author]):
    id = serializers.CharField(source="identifier", allow_null=True, required=False, max_length=255)
    fullName = serializers.CharField(source="full_name", max_length=255)

    class Meta:
        model = Author
        fields = ["id", "fullName", "email"]


class InBulk(serializers.ListSerializer[Any]):
    """The documentation's customization of a ListSerializer. What is stored already is passed over."""

    def create(self, validated_data: Any) -> Any:
        if not self.context["bulk"]:
            return super().create(validated_data)
        rows = [self.child.as_row(item) for item in validated_data]  # type: ignore[union-attr]
        return Activity.objects.bulk_create(rows, ignore_conflicts=True)


class ActivitySerializer(serializers.ModelSerializer[Activity]):
    targetType = serializers.CharField(source="target_type", max_length=64)
    targetId = serializers.CharField(source="target_id", max_length=255)
    sourceDomain = serializers.CharField(source="source_domain", allow_null=True, required=False, max_length=64)
    datetime = serializers.DateTimeField(source="occurred_at")
    timeToLive = serializers.CharField(source="time_to_live", allow_null=True, required=False, max_length=16)
    oldData = serializers.JSONField(source="old_data", allow_null=True, required=False)
    newData = serializers.JSONField(source="new_data", allow_null=True, required=False)
    author = AuthorSerializer()
    correlationId = serializers.CharField(source="correlation_id", allow_null=True, required=False, max_length=128)
    recordedAt = serializers.DateTimeField(source="recorded_at", read_only=True)
    expiresAt = serializers.DateTimeField(source="expires_at", read_only=True)

    class Meta:
        model = Activity
        list_serializer_class = InBulk
        fields = ["id", "type", "targetType", "targetId", "sourceDomain", "datetime", "timeToLive", "oldData"]
        fields += ["newData", "author", "correlationId", "recordedAt", "expiresAt"]
        # A repeated id is no error: it is looked at in create.
        extra_kwargs: ClassVar[dict[str, Any]] = {"id": {"validators": []}}

    def as_row(self, item: dict[str, Any]) -> Activity:
        author, _ = Author.objects.get_or_create(**item.pop("author"))
        return Activity(author=author, expires_at=item["occurred_at"] + timedelta(days=7 * 365), **item)

    def create(self, validated_data: dict[str, Any]) -> Activity:
        author, _ = Author.objects.get_or_create(**validated_data.pop("author"))
        validated_data["expires_at"] = validated_data["occurred_at"] + timedelta(days=7 * 365)
        values = {**validated_data, "author": author}
        activity, created = Activity.objects.get_or_create(id=values.pop("id"), defaults=values)
        if not created and any(getattr(activity, name) != value for name, value in values.items()):
            raise AlreadyStored
        return activity


class NewestFirst(CursorPagination):
    page_size = 20
    ordering = ("-occurred_at", "-id")


class ActivityViewSet(viewsets.ModelViewSet[Activity]):
    serializer_class = ActivitySerializer
    pagination_class = NewestFirst
    filterset_fields = ["target_id"]

    def get_queryset(self) -> models.QuerySet[Activity]:
        readable = Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now())
        return Activity.objects.filter(readable).select_related("author")

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "bulk": "bulk" in self.request.query_params}

    @transaction.atomic
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        serializer = self.get_serializer(data=request.data, many=isinstance(request.data, list))
        serializer.is_valid(raise_exception=True)
        self.perform_create(serializer)
        return Response(serializer.data, status=status.HTTP_201_CREATED)


router = routers.DefaultRouter()
router.register("activities", ActivityViewSet, basename="activity")
urlpatterns = [path("api/v1/", include(router.urls))]
application = get_wsgi_application()
