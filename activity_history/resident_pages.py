from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@require_safe
def history(request: HttpRequest, token: str) -> HttpResponse:
    return HttpResponse("")
