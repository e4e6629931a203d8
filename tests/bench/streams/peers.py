"""The Python of the peers: Quix and Faust want other versions of what SCARCITY needs."""

from pathlib import Path

ROOT = Path(__file__).parent.parent.parent.parent
PYTHON = ROOT / ".cache" / "bench-peers" / "bin" / "python"


def python() -> str:
    """Return its interpreter; SystemExit says how to get it."""
    if not PYTHON.exists():
        raise SystemExit("the peers are not installed: run `make bench-streams`, which does it")
    return str(PYTHON)
