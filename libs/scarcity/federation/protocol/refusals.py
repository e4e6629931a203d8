"""Why something that was said is refused: stable codes, for logs, metrics and readers."""

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

    # In sealed rounds, beside those above:
    WRONG_MODE = "wrong-mode"
    """Evidence in a federation that adds up sums, or a sum in one that shares evidence."""
    REPEATED = "repeated"
    """An answer to a stage that the member has answered."""
    LATE = "late"
    """An answer to a stage that has ended."""
    NOT_A_MEMBER = "not-a-member"
    """Of somebody who takes no part in the round, or not any more."""
    NOT_INCLUDED = "not-included"
    TOO_FEW = "too-few"
    """Fewer than it takes to protect a member."""
    BAD_KEY = "bad-key"
    BAD_BOX = "bad-box"
    BOTH_SHARES = "both-shares"
    """A share that together with others would uncover a member."""
    OTHER_SURVIVORS = "other-survivors"
    UNKNOWN_SURVIVOR = "unknown-survivor"
    BURNED = "burned"
    """The keys of the round have been forgotten."""


class Refused(PoisonEvent):
    """A statement that is not let in; it has changed nothing."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(reason.value, message)
