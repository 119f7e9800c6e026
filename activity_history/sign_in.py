"""Signing in, for staff."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.forms import BoundField, ValidationError

_WRONG = "The username or the password is wrong. Check both; capital letters matter."


class SignInForm(AuthenticationForm):
    is_refused = False
    error_messages = {"invalid_login": _WRONG, "inactive": _WRONG}

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        for name in ("username", "password"):
            self.fields[name].error_messages["required"] = f"Enter your {name}"
            self.fields[name].widget.attrs["class"] = "govuk-input"
        # The summary of errors takes the focus.
        del self.fields["username"].widget.attrs["autofocus"]

    def clean(self) -> dict[str, Any]:
        """A wrong pair is told at the first field, and marks both: which of them is wrong is nobody's to know."""
        try:
            super().clean()
        except ValidationError as error:
            self.add_error("username", error)
            self.fields["password"].widget.attrs |= {"aria-invalid": "true", "aria-describedby": "id_username_error"}
            self.is_refused = True
        return self.cleaned_data

    @property
    def faults(self) -> list[tuple[str, str]]:
        """Each with the id of the field to mend."""
        fields: list[BoundField] = [*self]
        return [(field.id_for_label, str(sentence)) for field in fields for sentence in field.errors]


class SignInView(LoginView):
    """Goes on to `next` where that is a page of this service, by Django's own check."""

    form_class = SignInForm
    template_name = "sign_in.html"
