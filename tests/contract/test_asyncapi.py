"""The document of all topics is one that AsyncAPI's own parser reads, and says what is there."""

import subprocess
from pathlib import Path

import orjson

from scarcity.events import topics

ROOT = Path(__file__).resolve().parents[2]
PARSE = Path(__file__).parent / "asyncapi" / "parse.mjs"


def test_asyncapis_own_parser_finds_every_public_topic_and_no_error() -> None:
    done = subprocess.run(
        ["node", str(PARSE), str(ROOT / "docs" / "api" / "asyncapi.json")],
        capture_output=True,
        check=True,
        timeout=60,
    )

    found = orjson.loads(done.stdout)
    assert found["errors"] == []
    public = {topic.name for topic in topics() if not topic.name.startswith("scarcity.v1.state-")}
    assert set(found["addresses"]) == public
