"""The access rules that docs/operations.md asks for, as rules for a broker."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from realkafka.secured import Operation, Pattern, Resource, Rule

OPERATIONS = Path(__file__).parent.parent.parent / "docs" / "operations.md"
PREFIX = "scarcity.v1."
SPOKEN_BY_ALL = ("heartbeats", "spans", "dead-letters")
COLUMNS = 5


def table() -> dict[str, Sequence[Sequence[str]]]:
    """Return, by service, what it reads, writes, belongs to and writes as."""
    section = OPERATIONS.read_text().partition("\n### Access rules\n")[2].partition("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line[:3] == "| `"]
    assert all(len(row) == COLUMNS for row in rows)
    cells = [[re.findall(r"`([^`]+)`", cell) for cell in row] for row in rows]
    return {service: said for (service,), *said in cells}


def rules_for(service: str) -> Iterator[Rule]:
    """Return all that a service may do, as a user of its own name."""
    reads, writes, groups, writers = table()[service]
    for operation in (Operation.DESCRIBE, Operation.DESCRIBE_CONFIGS):
        yield Rule(service, operation, Resource.TOPIC, PREFIX, Pattern.PREFIXED)
    for topic in reads:
        yield Rule(service, Operation.READ, Resource.TOPIC, PREFIX + topic)
    for topic in (*writes, *SPOKEN_BY_ALL):
        yield Rule(service, Operation.WRITE, Resource.TOPIC, PREFIX + topic)
    for group in groups:
        yield Rule(service, Operation.READ, Resource.GROUP, group)
    for writer in writers:
        name = (Resource.TRANSACTIONAL_ID, writer, Pattern.PREFIXED)
        yield Rule(service, Operation.WRITE, *name)
        yield Rule(service, Operation.DESCRIBE, *name)
    if service == "stream_manager":
        yield Rule(service, Operation.DESCRIBE, Resource.GROUP, "mpie")
