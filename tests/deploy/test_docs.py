"""The documentation says what the code says: topics, services, settings, metrics, files."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.manifests import ROOT, settings_classes
from scarcity.events import topics
from scarcity.roster import ROSTER
from scarcity.telemetry.metrics import Metrics

ARCHITECTURE = ROOT / "docs" / "architecture.md"
OPERATIONS = ROOT / "docs" / "operations.md"
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
PAGES = sorted([ARCHITECTURE, OPERATIONS, CONTRIBUTING, *(ROOT / "docs" / "adr").glob("*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
SUFFIXES = {"counter": "_total"}


def section(page: Path, title: str) -> str:
    """Return what stands under a heading."""
    return page.read_text().partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def rows(page: Path, title: str) -> Iterator[list[str]]:
    """Return the cells of each row of a section's table that begins with a name in code."""
    for line in section(page, title).splitlines():
        if line.startswith("| `"):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def test_every_topic_is_described_as_the_code_makes_it() -> None:
    described = {cells[0].strip("`"): cells[2] for cells in rows(ARCHITECTURE, "Topics")}

    assert described == {
        topic.name.removeprefix("scarcity.v1."): "compact" if topic.compacted else "delete"
        for topic in topics()
    }
    assert {topic.partitions for topic in topics()} == {8}


def test_every_service_is_described() -> None:
    described = [cells[0] for cells in rows(ARCHITECTURE, "Services")]

    assert described == [
        f"`{entry.name}`" if entry.core else f"`{entry.name}` (optional)" for entry in ROSTER
    ]


def test_every_setting_is_described_with_its_default() -> None:
    described = {cells[0].strip("`"): cells[1].strip("`") for cells in rows(OPERATIONS, "Settings")}
    defaults = {
        f"{kind.model_config['env_prefix']}{name}".upper(): "none"
        if field.default is None
        else str(field.default)
        for kind in settings_classes()
        for name, field in kind.model_fields.items()
    }
    # It is a path of this machine.
    defaults["SCARCITY_GATEWAY_DASHBOARD_DIR"] = "in the package"

    assert described == defaults


def test_every_metric_is_described_with_its_type() -> None:
    described = {cells[0].strip("`"): cells[1] for cells in rows(OPERATIONS, "Metrics")}
    families = Metrics().registry.collect()

    assert described == {
        family.name + SUFFIXES.get(family.type, ""): family.type for family in families
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    local = [link for link in LINK.findall(page.read_text()) if "://" not in link]

    assert [link for link in local if not (page.parent / link).exists()] == []


def test_the_recipes_name_files_that_exist() -> None:
    named = re.findall(r"`((?:\w|[-.])+/[-\w./]*\w)`", CONTRIBUTING.read_text())

    assert len(named) > 10
    assert [path for path in named if not (ROOT / path).exists()] == []
