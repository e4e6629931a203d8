"""Engines in a process of their own, which go on from snapshots.

Argument: a directory with one directory for each engine, in which are

    snapshot        of the engine
    0.window ...    what comes after it, in order
    graph, after    the graph as JSON at the end, and the snapshot then; written here
"""

import sys
from collections.abc import Iterable
from pathlib import Path

from scarcity.causal import Engine
from scarcity.events import WindowSealed
from scarcity.events.codec import from_bytes, to_bytes
from scarcity.stats.threads import use_one_thread


def feed(engine: Engine, windows: Iterable[WindowSealed]) -> None:
    """Apply windows; columns may be added at the end."""
    for window in windows:
        if added := window.columns[len(engine.variables) :]:
            engine.extend(added)
        engine.update(window.matrix(), window.start_step, at=window.end_time)


def leave(folder: Path, engine: Engine, windows: Iterable[WindowSealed]) -> None:
    """Write down what another process needs to go on."""
    folder.mkdir()
    (folder / "snapshot").write_bytes(engine.snapshot())
    for number, window in enumerate(windows):
        (folder / f"{number}.window").write_bytes(to_bytes(window))


def go_on(folder: Path) -> None:
    """Do what is left to do, and write down where that leads."""
    engine = Engine.restore((folder / "snapshot").read_bytes())
    files = sorted(folder.glob("*.window"), key=lambda file: int(file.stem))
    feed(engine, (from_bytes(WindowSealed, file.read_bytes()) for file in files))
    (folder / "graph").write_text(engine.graph().to_json(state="all"))
    (folder / "after").write_bytes(engine.snapshot())


if __name__ == "__main__":
    use_one_thread()
    for each in Path(sys.argv[1]).iterdir():
        go_on(each)
