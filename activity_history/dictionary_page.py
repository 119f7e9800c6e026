"""The data dictionary as a page, for all who may sign in: it says what there is to read, and shows no data."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from activity_history.reporting import dictionary


@require_safe
@login_required
def data_dictionary(request: HttpRequest) -> HttpResponse:
    return render(request, "reporting/dictionary.html", {"views": dictionary.read()})
