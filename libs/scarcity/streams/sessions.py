"""Where a stream was silent for so long that a session ended.

With the gap g, a session ends at an event time a when no record has a time in (a, a + g] and none
can come there any more: the watermark is beyond a + g.
"""

from typing import Final

import numpy as np

from scarcity.streams.rows import NEVER, Ints

FOREVER: Final = 2**62
"""Later than every event time, in microseconds since 1970."""


def has_silence(times: Ints, *, before_us: int, gap_us: int) -> bool:
    """Say whether times in order, behind an earlier one, are anywhere more than the gap apart."""
    if not len(times):
        return False
    begins = before_us > NEVER and int(times[0]) - before_us > gap_us
    return begins or bool(np.any(np.diff(times) > gap_us))


def may_end(open_times: Ints, new_times: Ints, *, before_us: int, gap_us: int) -> bool:
    """Say whether a session might end while the new times come; when in doubt, yes.

    A session ends only if the largest time so far rises by more than the gap at once, now or before
    (then the open times show it): otherwise the largest times are a chain without silences. Times
    before the first of that chain are not covered by it.
    """
    if not len(new_times):
        return False
    ordered = np.sort(open_times)
    begins = before_us if before_us > NEVER else int([*ordered[:1], *new_times[:1]][0])
    if new_times.min() < begins:
        return True
    if has_silence(ordered, before_us=before_us, gap_us=gap_us):
        return True
    largest = int(ordered[-1]) if len(ordered) else before_us
    rising = np.maximum.accumulate(np.concatenate([[largest], new_times]))
    return has_silence(rising[rising > NEVER], before_us=NEVER, gap_us=gap_us)


def ended(times: Ints, *, before_us: int, gap_us: int, watermark_us: int) -> int | None:
    """Return how many of the times in order belong to a session that has ended; None if none has.

    `before_us` is the last time that is sealed already: a session may end right behind it.
    """
    if not len(times):
        return None
    lefts = np.concatenate([[before_us], times[:-1]])
    silent = (lefts > NEVER) & (times - lefts > gap_us) & (lefts + gap_us < watermark_us)
    place = int(silent.argmax())
    return place if silent[place] else None
