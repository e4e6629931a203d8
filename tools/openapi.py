"""Write docs/api/openapi.json from the routes of the gateway, or prove that it is current.

Usage: python tools/openapi.py            writes the document
       python tools/openapi.py --check    exits 1 when the committed one differs
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from scarcity import __version__
from scarcity.bus.embedded import EmbeddedBus
from scarcity.runtime.process import Platform
from scarcity.telemetry import tracing
from services.gateway.main import build

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "api" / "openapi.json"


def document() -> dict[str, Any]:
    """Return the document, whatever this machine's settings are."""
    for name in [name for name in os.environ if name.startswith("SCARCITY_")]:
        del os.environ[name]
    platform = Platform(EmbeddedBus(None), tracing.provider(None, version=__version__))
    service = build(platform)
    assert service.web is not None
    app = service.web(lambda: {service.name: True})
    assert isinstance(app, FastAPI)
    return app.openapi()


def text() -> str:
    """Return the document as it is committed."""
    return json.dumps(document(), indent=1) + "\n"


def check() -> int:
    """Say whether the committed document is the one that the code makes."""
    if TARGET.is_file() and TARGET.read_text() == text():
        return 0
    print(f"{TARGET.relative_to(ROOT)} is not what the code makes: run `make api` and commit it")
    return 1


if __name__ == "__main__":
    if "--check" in sys.argv[1:]:
        sys.exit(check())
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(text())
