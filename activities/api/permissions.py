"""Which scope an action needs."""

from time import time
from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from activities.access import SHARE, WRITE, Caller
from activities.api.limits import count_request
from activities.api.problems import Problem


class HasScope(BasePermission):
    """The view names in `scopes` what each of its actions needs. Raises Problem, so that the answer tells the cure."""

    def has_permission(self, request: Request, view: Any) -> bool:
        caller = request.user
        if not isinstance(caller, Caller):
            # DRF answers 401.
            return False
        permit(caller, view.scopes.get(view.action), now=time())
        return True


def permit(caller: Caller, scope: str | None, *, now: float) -> None:
    """None where the scope depends on what is asked for, and the operation requires it. Raises Problem.

    What is refused for want of a scope counts as a request, too. `now` in seconds since 1970.
    """
    if caller.limits is not None:
        count_request(caller, now=now)
    if caller.audience == "resident" and scope in (WRITE, SHARE):
        raise Problem("not-for-residents", "A resident's token can only read: use a staff token.")
    if scope is not None:
        require(caller, scope)


def require(caller: Caller, scope: str) -> None:
    if scope not in caller.scopes:
        raise Problem("missing-scope", f"The token lacks the scope {scope}: ask for one that has it.")
