"""What Lighthouse says of pages of a running demo, as far as access for everybody is concerned."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from browser.driving import chromium
from running import TOKEN, System

COMMAND = Path(".cache/bench-lighthouse/node_modules/.bin/lighthouse")
PAGES = ("/", "/streams/world", "/governor", "/components", "/events", "/traces", "/dead-letters")
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-quic"


def measure(_seed: int, folder: Path) -> dict[str, object]:
    """Return the score of each page, of 100, and what each lacks. None where it is not installed.

    It has no part in what is shipped, and wants 200 packages: `make bench-dashboard` installs it.
    """
    if shutil.which(COMMAND) is None:
        return {"scores": None, "missing": str(COMMAND)}
    with System(["--demo"], {"SCARCITY_DEMO_WORLD_HZ": "100"}) as system:
        system.graph("world", rows=640)
        found = {page: _asked(f"{system.url}{page}#token={TOKEN}", folder) for page in PAGES}
    scores = {page: score for page, (score, _) in found.items()}
    lacks = {page: failed for page, (_, failed) in found.items() if failed}
    return {"scores": scores, "lowest": min(scores.values()), "lacks": lacks}


def _asked(url: str, folder: Path) -> tuple[int, list[str]]:
    """Return the score of a page, and the names of what it does not fulfil."""
    report = folder / "lighthouse.json"
    subprocess.run(
        [
            COMMAND,
            url,
            "--quiet",
            "--only-categories=accessibility",
            f"--chrome-flags={FLAGS}",
            "--output=json",
            f"--output-path={report}",
        ],
        env={**os.environ, "CHROME_PATH": chromium()},
        timeout=180,
        check=True,
    )
    told = json.loads(report.read_text())
    category, audits = told["categories"]["accessibility"], told["audits"]
    failed = [each["id"] for each in category["auditRefs"] if audits[each["id"]]["score"] == 0]
    return round(100 * category["score"]), failed
