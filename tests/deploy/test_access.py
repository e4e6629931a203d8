"""The access rules in the documentation are those that the services need."""

import importlib

import pytest

from realkafka.access import PREFIX, SPOKEN_BY_ALL, rules_for, table
from realkafka.secured import Operation, Resource
from scarcity import __version__
from scarcity.bus.embedded import EmbeddedBus
from scarcity.events import (
    ComponentConfigured,
    DeadLettered,
    HeartbeatSent,
    SpansEnded,
    state_topic,
    topics,
)
from scarcity.governor.tuning import TUNABLE
from scarcity.roster import ROSTER, Entry
from scarcity.runtime.process import Platform
from scarcity.runtime.service import Service
from scarcity.telemetry import tracing


def built(entry: Entry) -> Service:
    """Return a service as it comes without any setting."""
    platform = Platform(EmbeddedBus(None), tracing.provider(None, version=__version__))
    service: Service = importlib.import_module(entry.main).build(platform)
    return service


def read_by(service: Service) -> set[str]:
    """Return the topics that a service consumes, follows or restores itself from."""
    found = {route.topic.name for route in (*service.consumes, *service.follows)}
    if service.state is not None:
        found.add(state_topic(service.name).name)
    if service.name in TUNABLE:
        found.add(ComponentConfigured.topic.name)
    return found


def allowed(service: str, operation: Operation, resource: Resource) -> set[str]:
    """Return what the documentation lets a service do."""
    return {
        rule.name
        for rule in rules_for(service)
        if (rule.operation, rule.resource) == (operation, resource)
    }


def test_every_service_has_its_rules() -> None:
    assert list(table()) == [entry.name for entry in ROSTER]


@pytest.mark.parametrize("entry", ROSTER, ids=lambda entry: entry.name)
def test_a_service_may_read_what_it_reads_and_nothing_else(entry: Entry) -> None:
    service = built(entry)

    assert allowed(entry.name, Operation.READ, Resource.TOPIC) == read_by(service)


@pytest.mark.parametrize("entry", ROSTER, ids=lambda entry: entry.name)
def test_who_consumes_belongs_to_its_own_group_and_writes_under_its_own_name(entry: Entry) -> None:
    consumed = built(entry).consumes
    groups = allowed(entry.name, Operation.READ, Resource.GROUP)
    names = allowed(entry.name, Operation.WRITE, Resource.TRANSACTIONAL_ID)

    # The gateway sends dead letters again, all or nothing, and consumes nothing.
    writes = consumed or entry.name == "gateway"
    assert groups == ({entry.name} if consumed else set())
    assert names == ({f"scarcity-{entry.name}-"} if writes else set())


def test_a_state_is_written_by_its_service_alone() -> None:
    for entry in ROSTER:
        written = allowed(entry.name, Operation.WRITE, Resource.TOPIC)
        own = built(entry).state is not None

        assert {name for name in written if "state-" in name} == (
            {state_topic(entry.name).name} if own else set()
        )


def test_what_is_written_is_a_topic_and_no_topic_is_written_by_nobody() -> None:
    written = {
        name for entry in ROSTER for name in allowed(entry.name, Operation.WRITE, Resource.TOPIC)
    }

    assert written == {topic.name for topic in topics()}
    assert {PREFIX + name for name in SPOKEN_BY_ALL} == {
        HeartbeatSent.topic.name,
        SpansEnded.topic.name,
        DeadLettered.topic.name,
    }
