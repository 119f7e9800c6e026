"""Signing in, for staff."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.forms import BoundField

_WRONG = "The username or the password is wrong. Check both; capital letters matter."


class SignInForm(AuthenticationForm):
    error_messages = {"invalid_login": _WRONG, "inactive": _WRONG}

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        for name in ("username", "password"):
            self.fields[name].error_messages["required"] = f"Enter your {name}"
            self.fields[name].widget.attrs["class"] = "govuk-input"
        # The summary of errors takes the focus.
        del self.fields["username"].widget.attrs["autofocus"]

    @property
    def faults(self) -> list[tuple[str, str]]:
        """Each with the id of the field to mend; a wrong pair leads to the first."""
        fields: list[BoundField] = [*self]
        own = [(field.id_for_label, str(sentence)) for field in fields for sentence in field.errors]
        return [(fields[0].id_for_label, str(sentence)) for sentence in self.non_field_errors()] + own


class SignInView(LoginView):
    """Goes on to `next` where that is a page of this service, by Django's own check."""

    form_class = SignInForm
    template_name = "sign_in.html"
