"""The dashboard in another language: nothing plain is left over, and everything has room.

By default a few pages; SCARCITY_TEST_PAGES=all is all of them.
"""

import os
from pathlib import Path

import pytest

from browser.driving import chromium, demo, drive

pytestmark = pytest.mark.browser

FEW = "overview,stream,component,letter"


@pytest.mark.timeout(900)
def test_pages_speak_another_language_and_fit_a_phone(tmp_path: Path) -> None:
    wanted = FEW if os.environ.get("SCARCITY_TEST_PAGES") != "all" else ""
    chromium()

    with demo(tmp_path / "bus") as system:
        system.graph("world", rows=640)
        report = drive("languages.mjs", system, tmp_path, within_s=840, pages=wanted)

    assert set(report["visited"]) >= set(FEW.split(","))
    assert wanted == "" or set(report["visited"]) == set(FEW.split(","))
    assert (tmp_path / "rtl-stream-phone.png").exists()
