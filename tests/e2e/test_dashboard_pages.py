"""Every page of the dashboard in a real browser: readable by all, usable by keyboard, and safe.

By default a few pages and ways; SCARCITY_TEST_PAGES names others, and `all` is all of them.
"""

import os
from pathlib import Path

import pytest

from browser.driving import chromium, demo, drive

pytestmark = pytest.mark.browser

FEW = "trace,keyboard,roles,mend-letter"


@pytest.mark.timeout(900)
def test_pages_hold_in_both_themes_on_a_desk_and_on_a_phone(tmp_path: Path) -> None:
    wanted = os.environ.get("SCARCITY_TEST_PAGES", FEW)
    chromium()

    with demo(tmp_path / "bus") as system:
        system.graph("world", rows=640)
        report = drive(
            "pages.mjs",
            system,
            tmp_path,
            within_s=840,
            pages="" if wanted == "all" else wanted,
        )

    looked = {*report["visited"], *report["ways"]}
    assert wanted == "all" or looked == set(wanted.split(","))
    assert len(list(tmp_path.glob("*.png"))) >= 4 * len(report["visited"])
