"""What an answer in a sealed round must look like, before anybody reckons with it."""

from collections.abc import Sequence

from scarcity.federation.protocol.contract import Contract
from scarcity.federation.protocol.identity import PUBLIC_BYTES
from scarcity.federation.protocol.refusals import Reason, Refused
from scarcity.federation.protocol.sealing import (
    Announcement,
    Endorsement,
    FromPeer,
    MaskedInput,
    Reveal,
    SharedSecrets,
)
from scarcity.federation.protocol.statement import DIGEST_BYTES, RoundOpened

MOST_SEALED = 1000
"""Members of a sealed round."""
SIGNATURE_BYTES = 64
SHARE_BYTES = 33
MOST_BOX_BYTES = 128
WORD_BYTES = 8


def check_answer(answer: FromPeer, contract: Contract) -> None:
    """Refuse an answer whose parts have a size that no member's can have."""
    _sized(answer.terms, DIGEST_BYTES, "terms")
    if not 0 <= answer.sender < MOST_SEALED:
        raise Refused(Reason.NOT_A_MEMBER, f"an answer of member {answer.sender}")
    match answer:
        case Announcement():
            _sized(answer.channel_key, PUBLIC_BYTES, "a key")
            _sized(answer.mask_key, PUBLIC_BYTES, "a key")
            _sized(answer.signature, SIGNATURE_BYTES, "a signature")
        case SharedSecrets():
            _check_secrets(answer)
        case MaskedInput():
            _check_input(answer, contract)
        case Endorsement():
            _sized(answer.signature, SIGNATURE_BYTES, "a signature")
        case Reveal():
            _counted(answer.shares)
            for share in answer.shares:
                _sized(share.share, SHARE_BYTES, "a share")


def check_sealed_opening(opened: RoundOpened, contract: Contract) -> None:
    """Refuse a round that would protect its members less than they have agreed upon."""
    assert contract.sealing is not None
    members = len(opened.members)
    least = contract.sealing.threshold(members)
    if not least <= opened.quorum <= members <= MOST_SEALED:
        raise Refused(
            Reason.IMPLAUSIBLE,
            f"a sum of at least {opened.quorum} of {members} members; it takes {least}",
        )


def _check_secrets(answer: SharedSecrets) -> None:
    _sized(answer.seed_digest, DIGEST_BYTES, "a digest")
    _counted(answer.portions)
    for portion in answer.portions:
        _sized(portion.seed_digest, DIGEST_BYTES, "a digest")
        _sized(portion.key_digest, DIGEST_BYTES, "a digest")
        if len(portion.box) > MOST_BOX_BYTES:
            raise Refused(Reason.OVERSIZE, f"a box of {len(portion.box)} bytes")


def _check_input(answer: MaskedInput, contract: Contract) -> None:
    variables = len(contract.variables)
    most = WORD_BYTES * ((contract.max_lag + 1) * variables**2 + 2)
    if len(answer.words) > most:
        raise Refused(Reason.OVERSIZE, f"an input of {len(answer.words)} bytes; at most {most}")
    if not answer.words or len(answer.words) % WORD_BYTES:
        raise Refused(Reason.WRONG_SHAPE, f"an input of {len(answer.words)} bytes")


def _sized(part: bytes, size: int, what: str) -> None:
    if len(part) != size:
        raise Refused(Reason.WRONG_SHAPE, f"{what} of {len(part)} bytes instead of {size}")


def _counted(parts: Sequence[object]) -> None:
    if len(parts) > MOST_SEALED:
        raise Refused(Reason.OVERSIZE, f"an answer in {len(parts)} parts; at most {MOST_SEALED}")
