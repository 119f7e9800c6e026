"""The OpenAPI document, and the page that explores it."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView


class DocumentView(SpectacularAPIView):
    def options(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return only_allowed_methods()


class ExplorerView(SpectacularSwaggerSplitView):
    def options(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return only_allowed_methods()


def only_allowed_methods() -> HttpResponse:
    """To OPTIONS; DRF adds Allow. Its own answer describes the view, and would be rendered by the view's template."""
    return HttpResponse(status=204)
