"""What was sent again: by request, so that none is done twice, and by dead letter."""

from collections import Counter
from collections.abc import Iterator

from scarcity.events import DeadLettersReplayed
from services.gateway.domain.documents import moment

MOST_LETTERS = 50_000
"""Requests are remembered, newest first, as long as they are about no more letters than that."""


class Replayed:
    """Remembers the newest requests to send dead letters again."""

    def __init__(self, most_letters: int = MOST_LETTERS) -> None:
        self._most = most_letters
        self._letters = 0
        self._requests: dict[str, DeadLettersReplayed] = {}
        self._of_letter: dict[str, list[str]] = {}
        self._sent: Counter[str] = Counter()

    def add(self, event: DeadLettersReplayed) -> bool:
        """Take it in; False when it is known."""
        if event.request in self._requests:
            return False
        self._requests[event.request] = event
        self._letters += _weight(event)
        for each in event.letters:
            self._of_letter.setdefault(each.letter, []).append(event.request)
        self._sent.update(_sent_by(event))
        while self._letters > self._most and len(self._requests) > 1:
            self._forget(next(iter(self._requests)))
        return True

    def request(self, name: str) -> DeadLettersReplayed | None:
        """Return what became of a request, if it is remembered."""
        return self._requests.get(name)

    def was_sent(self, letter: str) -> bool:
        """Say whether a dead letter was sent again before."""
        return letter in self._sent

    def of_letter(self, letter: str) -> list[dict[str, object]]:
        """Return when and by whom a dead letter was sent again, or tried to be; newest first."""
        events = (self._requests[name] for name in reversed(self._of_letter.get(letter, [])))
        return [
            {
                "request": event.request,
                "by": event.by,
                "at": moment(event.at),
                "topic": each.topic,
                "key": each.key,
                "edited": each.edited,
                "refused": each.refused or None,
            }
            for event in events
            for each in event.letters
            if each.letter == letter
        ]

    def _forget(self, request: str) -> None:
        event = self._requests.pop(request)
        self._letters -= _weight(event)
        for letter in _sent_by(event):
            self._sent[letter] -= 1
            if not self._sent[letter]:
                del self._sent[letter]
        for each in event.letters:
            left = [name for name in self._of_letter.pop(each.letter, []) if name != request]
            if left:
                self._of_letter[each.letter] = left


def _sent_by(event: DeadLettersReplayed) -> Iterator[str]:
    """Return the letters that a request sent again."""
    return (each.letter for each in event.letters if not each.refused)


def _weight(event: DeadLettersReplayed) -> int:
    """Return how much room it takes: an empty request takes some too."""
    return 1 + len(event.letters)
