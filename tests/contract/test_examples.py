"""What the README shows works as shown, and what pages point to is there."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scarcity.streams import parse_record

ROOT = Path(__file__).parents[2]
PAGES = [
    *ROOT.glob("*.md"),
    *ROOT.glob("docs/**/*.md"),
    ROOT / "services/dashboard/README.md",
]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def fences(language: str) -> list[str]:
    return [
        code for kind, code in FENCE.findall((ROOT / "README.md").read_text()) if kind == language
    ]


@pytest.mark.parametrize("code", fences("python"))
def test_a_python_example_runs_and_finds_the_cause_it_plants(
    code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    exec(compile(code, "README.md", "exec"), {})

    assert "rain -> river lag 2" in capsys.readouterr().out


@pytest.mark.parametrize("code", fences("json"))
def test_a_json_example_is_a_record(code: str) -> None:
    record = parse_record(code.strip().encode(), arrived=datetime(2026, 6, 1, tzinfo=UTC))

    assert record.values == {"pressure": 1.5}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_points_to_is_there(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text())
    local = [target for target in targets if "://" not in target]

    assert [target for target in local if not (page.parent / target).exists()] == []
