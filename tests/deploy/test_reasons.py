"""Every reason code that the code gives is explained to operators."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
GIVEN = re.compile(r'PoisonEvent\(\s*"([a-z-]+)"')


def test_every_reason_code_is_explained() -> None:
    sources = [p for folder in ("libs/scarcity", "services") for p in (ROOT / folder).rglob("*.py")]
    codes = {code for path in sources for code in GIVEN.findall(path.read_text())}
    told = (ROOT / "docs" / "operations.md").read_text()

    assert len(codes) > 10
    assert [code for code in sorted(codes) if f"`{code}`" not in told] == []
