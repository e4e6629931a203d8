"""What somebody is told who does not get in."""

from math import ceil
from typing import Literal

from services.gateway.problems import Problem

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="scarcity"'}
NOTHING = (
    "send a credential as Authorization: Bearer <credential>: the access token, which `scarcity "
    "up` prints, a key that `scarcity keys issue` made, or a token of the identity provider"
)
UNKNOWN = (
    "this credential is not known here: check that it is complete, or ask an admin for a key "
    "(`scarcity keys issue`)"
)


Reason = Literal["missing", "unknown", "expired", "session-over", "bad-token", "no-role", "no-page"]


class Refused(Problem):
    """The problem of somebody whose credential does not let him in, with a code for it."""

    def __init__(self, reason: Reason, detail: str, *, status: int = 401) -> None:
        super().__init__(status, detail, headers=CHALLENGE if status == 401 else None)
        self.reason = reason


def too_many(what: str, wait_s: float) -> Problem:
    """Return the problem of somebody who has to wait."""
    seconds = max(1, ceil(wait_s))
    return Problem(
        429, f"too many {what}; go on in {seconds} s", headers={"Retry-After": str(seconds)}
    )
