"""Why a statement of a peer is refused: stable codes, for logs, metrics and whoever reads them."""

from enum import StrEnum

from scarcity.errors import PoisonEvent


class Reason(StrEnum):
    """What was wrong with it. They are looked for in this order; the first one found counts."""

    OVERSIZE = "oversize"
    UNREADABLE = "unreadable"
    WRONG_PROTOCOL = "wrong-protocol"
    WRONG_FEDERATION = "wrong-federation"
    WRONG_TOPIC = "wrong-topic"
    """It says that it comes from another peer than the one that alone may write there."""
    UNKNOWN_PEER = "unknown-peer"
    UNKNOWN_KEY = "unknown-key"
    REVOKED_KEY = "revoked-key"
    EXPIRED_KEY = "expired-key"
    BAD_SIGNATURE = "bad-signature"
    REPLAYED = "replayed"
    BROKEN_CHAIN = "broken-chain"
    """It does not follow what the peer said before: something is missing, or was said elsewhere."""
    NOT_COORDINATOR = "not-coordinator"
    WRONG_ROUND = "wrong-round"
    WRONG_STAGE = "wrong-stage"
    WRONG_CONTRACT = "wrong-contract"
    WRONG_SHAPE = "wrong-shape"
    NOT_FINITE = "not-finite"
    IMPLAUSIBLE = "implausible"
    """More rows than its windows can hold, an error that is not positive, or too sure of itself."""
    STALE_WINDOW = "stale-window"
    """It rests on no more than what the peer said before."""


class Refused(PoisonEvent):
    """A statement that is not let in; it has changed nothing."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(reason.value, message)
