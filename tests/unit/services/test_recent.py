"""What is shown lately is shown once."""

from dataclasses import replace
from datetime import UTC, datetime

from scarcity.events import DeadLettered
from services.gateway.domain.views import Views

AT = datetime(2026, 1, 1, tzinfo=UTC)
LETTER = DeadLettered("raw", 0, 7, "s", "broken-json", "no", b"{", 1, AT, "stream_manager")


def test_a_dead_letter_that_comes_again_is_counted_once_and_the_newest_stands_first() -> None:
    shown: list[str] = []
    views = Views(now=lambda: AT, show=lambda kind, _data: shown.append(kind))
    later = replace(LETTER, origin_offset=8, reason="empty")

    for letter in (LETTER, later, LETTER, later):
        views.on_dead_letter(letter)

    assert views.dead_letters.newest(10) == [later, LETTER]
    assert views.reasons == {"broken-json": 1, "empty": 1}
    assert shown == ["dead-letter"] * 2


def test_only_the_last_thousand_are_kept() -> None:
    views = Views(now=lambda: AT, show=lambda _kind, _data: None)
    for offset in range(1500):
        views.on_dead_letter(replace(LETTER, origin_offset=offset))

    assert [letter.origin_offset for letter in views.dead_letters][::999] == [1499, 500]
