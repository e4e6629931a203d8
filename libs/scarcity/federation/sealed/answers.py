"""What members have answered in the newest rounds, in whatever order their topics are read.

A coordinator that starts again hears all that one member ever said before anything of another, and
before what it has said itself. So answers wait here until it is known whether they count.
"""

from collections import deque
from collections.abc import Mapping

from scarcity.federation.protocol.refusals import Reason, Refused
from scarcity.federation.protocol.sealing import ANSWERS, FromPeer, Stage
from scarcity.federation.protocol.statement import Heard
from scarcity.federation.sealed.progress import Progress

REMEMBERED = 256
"""Of so many rounds it is known which answers counted; late ones of older rounds are let pass."""

Place = tuple[int, Stage]
"""A round and a stage."""


class Answers:
    """Of each member what it answers in the newest round, and in the one that may follow."""

    def __init__(self) -> None:
        self._waiting: dict[str, dict[Place, tuple[FromPeer, bytes]]] = {}
        self._counted: deque[tuple[int, frozenset[bytes]]] = deque(maxlen=REMEMBERED)
        self._newest = 0

    def add(self, heard: Heard, answer: FromPeer, progress: Progress | None) -> None:
        """Keep an answer. Refused, as late, when it belongs to a stage that ended without it."""
        number, peer = heard.statement.round, heard.statement.peer
        stage = ANSWERS[type(answer)]
        if self._is_late(progress, number, stage, heard.digest):
            raise Refused(Reason.LATE, f"{stage.name} of round {number} has ended")
        if number < self._newest:
            return  # it counted
        of_peer = self._waiting.setdefault(peer, {})
        for place in [each for each in of_peer if self._newest < each[0] < number]:
            del of_peer[place]
        of_peer[number, stage] = answer, heard.digest

    def began(self, progress: Progress) -> None:
        """A round was opened: what belongs to earlier ones is of no more use."""
        self._newest = progress.number
        for peer, known in self._waiting.items():
            kept = {place: each for place, each in known.items() if place[0] >= self._newest}
            self._waiting[peer] = kept

    def counted(self, progress: Progress) -> None:
        """A round has ended: remember which answers were in it, and let go of them."""
        digests = {digest for answered in progress.answered.values() for _, digest in answered}
        self._counted.append((progress.number, frozenset(digests)))
        for known in self._waiting.values():
            for place in [each for each in known if each[0] == progress.number]:
                del known[place]

    def of(self, number: int, stage: Stage) -> Mapping[str, tuple[FromPeer, bytes]]:
        """What was answered to a stage, with the digests of the statements, by member."""
        place = (number, stage)
        return {peer: each[place] for peer, each in self._waiting.items() if place in each}

    def _is_late(self, progress: Progress | None, number: int, stage: Stage, digest: bytes) -> bool:
        if progress is None or number > progress.number:
            return False
        if number == progress.number and not progress.is_over:
            over = progress.answered.get(stage)
            return over is not None and digest not in {each for _, each in over}
        known = dict(self._counted).get(number)
        return known is not None and digest not in known
