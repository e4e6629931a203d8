"""What an arm reports of itself: processor seconds from the first record to the last.

No arm's imports, nor its joining of a group, are counted. Nothing of SCARCITY is imported here, so
that the peers' arms can run where it is not installed.
"""

import json
import sys
from dataclasses import dataclass
from time import perf_counter, process_time


@dataclass
class Meter:
    """Begins at the first record; what is measured is the whole process, all its threads."""

    cpu: float = 0.0
    wall: float = 0.0

    def begin(self) -> None:
        """Count from here; a later call moves the beginning."""
        self.cpu, self.wall = process_time(), perf_counter()

    def report(self, records: int, **more: object) -> None:
        """Print one line of JSON: what was done since the beginning."""
        done = {
            "records": records,
            "cpu_s": process_time() - self.cpu,
            "wall_s": perf_counter() - self.wall,
            **more,
        }
        sys.stdout.write(json.dumps(done) + "\n")
