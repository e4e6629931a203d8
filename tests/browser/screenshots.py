"""Takes the screenshots of every page: `python -m browser.screenshots FOLDER`, from `tests`."""

import sys
import tempfile
from pathlib import Path

from browser.driving import demo, drive
from running import System, eventually

PATIENCE_S = 240.0


def main(folder: Path) -> None:
    """Run the demo with peers until there is something on every page, and look at it."""
    with tempfile.TemporaryDirectory() as bus, demo(Path(bus), "federation") as system:
        system.graph("world", rows=2500)
        eventually(lambda: _told(system), "rounds and domains", within_s=PATIENCE_S)
        report = drive("screenshots.mjs", system, folder, within_s=PATIENCE_S)
    sys.stdout.write(f"{report['pages']} pages in {folder}\n")


def _told(system: System) -> bool | None:
    rounds = system.get("/federation")["rounds"]
    domains = system.get("/meta")["domains"]
    return bool(rounds and domains) or None


if __name__ == "__main__":
    main(Path(sys.argv[1]))
