"""The OpenAPI document, and the page that explores it."""

from typing import Any

from csp.decorators import csp_update
from django.http import HttpResponse
from django.utils.decorators import method_decorator
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView


class DocumentView(SpectacularAPIView):
    def options(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return only_allowed_methods()


# The explorer writes styles into the page and draws from data: addresses.
@method_decorator(csp_update({"style-src": ["'self'", "'unsafe-inline'"], "img-src": ["data:"]}), name="dispatch")
class ExplorerView(SpectacularSwaggerSplitView):
    def options(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return only_allowed_methods()


def only_allowed_methods() -> HttpResponse:
    """To OPTIONS; DRF adds Allow. Its own answer describes the view, and would be rendered by the view's template."""
    return HttpResponse(status=204)
