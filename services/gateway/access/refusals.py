"""What somebody is told who does not get in."""

from math import ceil

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


def refused(detail: str) -> Problem:
    """Return the problem of somebody whose credential is missing or does not count."""
    return Problem(401, detail, headers=CHALLENGE)


def too_many(what: str, wait_s: float) -> Problem:
    """Return the problem of somebody who has to wait."""
    seconds = max(1, ceil(wait_s))
    return Problem(
        429, f"too many {what}; go on in {seconds} s", headers={"Retry-After": str(seconds)}
    )
