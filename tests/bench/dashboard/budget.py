"""What a first visit costs in JavaScript, compressed."""

import json
import subprocess
from pathlib import Path
from typing import Any

from browser.driving import DASHBOARD


def measure(_seed: int, _folder: Path) -> dict[str, Any]:
    """Ask what the build asks of itself."""
    ran = subprocess.run(
        ["node", str(DASHBOARD / "budget.mjs")], capture_output=True, timeout=60, check=False
    )
    found: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return found
