"""What sealed mode refuses, by stable codes that logs, metrics and tests can rely on."""

from typing import Literal

from scarcity.errors import PoisonEvent, ScarcityError

Reason = Literal[
    "another-round",
    "bad-box",
    "bad-key",
    "bad-length",
    "bad-signature",
    "both-shares",
    "burned",
    "not-a-member",
    "not-included",
    "other-survivors",
    "repeated",
    "too-few",
    "unknown-survivor",
    "wrong-stage",
]


class Refused(PoisonEvent):
    """A message that the protocol does not allow; whoever refuses it has changed nothing."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(reason, message)


class BudgetSpent(ScarcityError):
    """A release that would cost more privacy than is left; the message says what would help."""
