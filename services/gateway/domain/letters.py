"""Dead letters: what was refused and why, and what became of it."""

from base64 import b64encode
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from scarcity.events import DeadLettered
from services.gateway.domain.documents import moment
from services.gateway.domain.journal import Entry, Journal
from services.gateway.domain.replayed import Replayed

PREVIEW_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which dead letters are wanted; None = whatever it is."""

    reason: str | None = None
    origin_topic: str | None = None
    key: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def __contains__(self, said: DeadLettered) -> bool:
        return (
            self.reason in (None, said.reason)
            and self.origin_topic in (None, said.origin_topic)
            and self.key in (None, said.origin_key)
            and (self.since is None or said.at >= self.since)
            and (self.until is None or said.at < self.until)
        )


class Letters:
    """Everything the gateway can show of dead letters. All are counted, the newest kept."""

    def __init__(self, journal: Journal, replayed: Replayed) -> None:
        self._journal = journal
        self._replayed = replayed
        self.reasons: Counter[str] = Counter()
        self.origins: Counter[str] = Counter()

    def count(self, said: DeadLettered) -> None:
        self.reasons[said.reason] += 1
        self.origins[said.origin_topic] += 1

    def matching(self, wanted: Wanted) -> Iterable[Entry]:
        """Return the letters that are wanted, of those that are kept."""
        return (entry for entry in self._journal.of("dead-letter") if said_in(entry) in wanted)

    def find(self, letter: str) -> Entry | None:
        """Return the letter of that id, if it is kept."""
        return self._journal.find(letter, "dead-letter")

    def tallies(self) -> dict[str, Counter[str]]:
        """Return how many of those that are kept were sent again, and how many not, by reason."""
        sent: Counter[str] = Counter()
        unsent: Counter[str] = Counter()
        for entry in self._journal.of("dead-letter"):
            was_sent = self._replayed.was_sent(entry.event_id)
            (sent if was_sent else unsent)[said_in(entry).reason] += 1
        return {"sent": sent, "unsent": unsent}

    def document(self, entry: Entry) -> dict[str, object]:
        """Return a dead letter with the beginning of what it held."""
        said = said_in(entry)
        text = said.original[: 4 * PREVIEW_CHARACTERS].decode(errors="replace")
        return {
            "id": said.event_id,
            "origin_topic": said.origin_topic,
            "partition": said.origin_partition,
            "offset": said.origin_offset,
            "key": said.origin_key,
            "reason": said.reason,
            "message": said.message,
            "component": said.component,
            "at": moment(said.at),
            "bytes": said.original_bytes,
            "preview": text[:PREVIEW_CHARACTERS],
            "trace_id": entry.trace_id,
            "replays": self._replayed.of_letter(said.event_id),
        }


def said_in(entry: Entry) -> DeadLettered:
    """Return the dead letter of an entry about one; of a large original only the beginning."""
    assert isinstance(entry.event, DeadLettered)
    return entry.event


def original_document(said: DeadLettered) -> dict[str, object]:
    """Return all that a dead letter holds."""
    kept = sum(len(each.name.encode()) + len(each.value) for each in said.headers)
    return {
        **_as_text_or_base64(said.original),
        "truncated": said.original_bytes > len(said.original),
        "headers": [{"name": h.name, **_as_text_or_base64(h.value)} for h in said.headers],
        "headers_truncated": said.header_bytes > kept,
    }


def _as_text_or_base64(data: bytes) -> dict[str, str]:
    try:
        return {"value": data.decode(), "encoding": "text"}
    except UnicodeDecodeError:
        return {"value": b64encode(data).decode(), "encoding": "base64"}
