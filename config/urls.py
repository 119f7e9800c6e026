"""Every address of the service. The API stands first: it is asked most."""

from typing import NoReturn

from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.http import Http404, HttpRequest
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from activities.api.documents import DocumentView, ExplorerView
from activity_history import (
    council,
    dictionary_page,
    downloads,
    first_page,
    pages,
    problem_pages,
    resident_pages,
    sign_in,
    statements_page,
)
from activity_history.viewer_links_api import ViewerLinkViewSet
from config import health
from config.metrics import metrics

handler400 = "activity_history.error_pages.bad_request"
handler403 = "activity_history.error_pages.permission_denied"
handler404 = "activity_history.error_pages.not_found"
handler500 = "activity_history.error_pages.server_error"


def nothing_on_site(request: HttpRequest, **place: str) -> NoReturn:
    """In the place of Django's way from a row to its page: ours have none, and it fails for what is no id."""
    raise Http404


urlpatterns = [
    path("api/v1/", include("activities.api.urls")),
    re_path(r"^api/v1/viewer-links/?$", ViewerLinkViewSet.as_view({"post": "create"}), name="viewer-links"),
    re_path(r"^api/health/live/?$", health.Live.as_view(), name="live"),
    re_path(r"^api/health/ready/?$", health.Ready.as_view(), name="ready"),
    re_path(r"^api/schema/?$", DocumentView.as_view(), name="schema"),
    re_path(r"^api/docs/?$", ExplorerView.as_view(url_name="schema"), name="docs"),
    re_path(r"^api/docs/problems/?$", problem_pages.index, name="problems"),
    re_path(r"^api/docs/problems/(?P<slug>[a-z-]+)/?$", problem_pages.page, name="problem"),
    re_path(r"^my-history/(?P<token>[^/]+)/?$", resident_pages.history, name="my-history"),
    re_path(r"^metrics/?$", metrics, name="metrics"),
    path("admin", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/r/<str:kind>/<str:id>/", nothing_on_site),
    # The rest of the admin is Django's own.
    path("admin/", admin.site.admin_view(first_page.index)),
    path("admin/queries/", admin.site.admin_view(statements_page.index), name="queries"),
    path("admin/queries/<slug:name>/", admin.site.admin_view(statements_page.statement), name="query"),
    path("admin/", admin.site.urls),
    path("history.csv", downloads.file, name="download"),
    re_path("^download/?$", downloads.parts, name="download-parts"),
    path("history/", pages.search, name="history-search"),
    path("history", pages.search),
    re_path(
        r"^history/(?P<target_id>.+)/(?P<id>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})/?$",
        pages.record,
        name="history-record",
    ),
    path("history/<path:target_id>", pages.history, name="history"),
    re_path(r"^data-dictionary/?$", dictionary_page.data_dictionary, name="data-dictionary"),
    re_path(r"^sign-in/?$", sign_in.SignInView.as_view(), name="sign-in"),
    re_path(r"^sign-out/?$", LogoutView.as_view(), name="sign-out"),
    path("theme.css", council.theme, name="theme"),
    path("", problem_pages.home, name="home"),
]
