"""What is compiled ahead is all that an engine needs: its first window does not wait."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ENGINE = Path(__file__).parent / "ahead_process.py"


@pytest.mark.timeout(280)
def test_an_engine_that_starts_later_has_nothing_left_to_compile(tmp_path: Path) -> None:
    # For any processor of this kind, as in the image; and where nothing was kept before.
    kept = {"NUMBA_CACHE_DIR": str(tmp_path), "NUMBA_CPU_NAME": "generic"}

    def run(*arguments: str) -> str:
        return subprocess.run(
            [sys.executable, *arguments],
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", **kept},
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    run("-m", "services.mpie.ahead")

    assert run(str(ENGINE)) == "waited for []\n"
