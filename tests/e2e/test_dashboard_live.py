"""What a page that is left open can be trusted with: it misses nothing, and it does not grow.

SCARCITY_TEST_BREAKS is how often the line breaks, by default a few times.
"""

import os
import random
from pathlib import Path

import pytest

from bench.dashboard import budget, large, latency, reconnects, soak
from browser.driving import chromium

pytestmark = pytest.mark.browser


@pytest.fixture
def seed() -> int:
    """Return the seed of a test, which is printed when it fails."""
    chosen = random.SystemRandom().randrange(2**31)
    print(f"seed {chosen}")
    return chosen


@pytest.mark.timeout(600)
def test_a_page_whose_line_breaks_sees_every_event_once_and_begins_afresh_with_a_new_gateway(
    tmp_path: Path, seed: int
) -> None:
    chromium()
    breaks = int(os.environ.get("SCARCITY_TEST_BREAKS", "5"))

    found = reconnects.measure(seed, tmp_path, breaks=breaks)

    assert found["breaks"] == breaks
    assert found["edges"] > 0
    assert (found["lost"], found["twice"], found["disordered"], found["resets"]) == (0, 0, 0, 0)
    assert found["differs"] is None
    assert found["restart"] == {"resets": 1, "differs": None}


@pytest.mark.timeout(300)
def test_every_graph_comes_to_the_screen(tmp_path: Path, seed: int) -> None:
    chromium()

    found = latency.measure(seed, tmp_path, windows=10)

    assert found["events"] == 10


@pytest.mark.timeout(600)
def test_a_graph_of_a_thousand_variables_is_drawn_and_can_be_moved(
    tmp_path: Path, seed: int
) -> None:
    chromium()

    found = large.measure(seed, tmp_path, seconds=2)

    assert (found["nodes"], found["edges"], found["drawn"]) == (1000, 5000, 5000)
    assert found["moved"] == ["pan", "zoom"]


@pytest.mark.timeout(300)
def test_an_open_page_lets_go_of_what_it_no_longer_shows(tmp_path: Path) -> None:
    chromium()

    found = soak.measure(0, tmp_path, minutes=0.75, every_s=5)

    assert found["graphs"] > 0
    assert found["heap_growth_mb"] < 5
    assert found["nodes_growth"] < 500


def test_a_first_visit_costs_no_more_than_its_budget(tmp_path: Path) -> None:
    chromium()

    found = budget.measure(0, tmp_path)

    assert found["ok"], found
