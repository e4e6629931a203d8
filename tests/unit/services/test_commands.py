"""What is wanted of components: obeyed once, refused with a reason, and remembered."""

import json
from datetime import UTC, datetime

import pytest

from scarcity.events import CommandJudged, ComponentCommanded, ComponentConfigured, Event
from services.core_manager.handlers import CoreManager

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def command(
    settings: object, name: str = "c1", expected: int | None = None, component: str = "drg"
) -> ComponentCommanded:
    text = settings if isinstance(settings, str) else json.dumps(settings)
    return ComponentCommanded(name, component, "somebody", NOW, settings=text, expected=expected)


def switched(*, enabled: bool | None = None, paused: bool | None = None) -> ComponentCommanded:
    name = f"{enabled}-{paused}"
    return ComponentCommanded(name, "mpie", "somebody", NOW, enabled, paused)


def told(manager: CoreManager, wanted: ComponentCommanded) -> list[Event]:
    return list(manager.on_command(wanted))


def judged(manager: CoreManager, wanted: ComponentCommanded) -> CommandJudged:
    first = told(manager, wanted)[0]
    assert isinstance(first, CommandJudged)
    return first


def test_what_is_wanted_is_told_with_who_and_what_was_before() -> None:
    manager = CoreManager([])
    told(manager, command({"lease_s": 20}))

    verdict, wanted = told(manager, command({"priorities": {"mpie": 1}}, "c2"))

    assert isinstance(verdict, CommandJudged)
    assert isinstance(wanted, ComponentConfigured)
    assert (verdict.refused, verdict.by, verdict.at) == ("", "somebody", NOW)
    assert json.loads(verdict.before)["settings"] == {"lease_s": 20}
    assert json.loads(verdict.after) == {
        "enabled": True,
        "paused": False,
        "settings": {"priorities": {"mpie": 1}},
    }
    assert (wanted.component, wanted.version) == ("drg", 2)
    assert json.loads(wanted.settings) == {"priorities": {"mpie": 1}}


def test_what_is_left_out_stays_as_it_is() -> None:
    manager = CoreManager([])
    told(manager, command({"policy": {"dry_run": True}}, component="mpie"))
    told(manager, switched(paused=True))

    wanted = told(manager, switched(enabled=False))[1]

    assert isinstance(wanted, ComponentConfigured)
    assert (wanted.enabled, wanted.paused) == (False, True)
    assert json.loads(wanted.settings) == {"policy": {"dry_run": True}}


def test_what_holds_already_is_no_new_version() -> None:
    manager = CoreManager([])
    told(manager, command({"lease_s": 20}))

    (verdict,) = told(manager, command({"lease_s": 20.0}, "c2"))

    assert isinstance(verdict, CommandJudged)
    assert (verdict.refused, verdict.version) == ("", 1)


def test_only_what_is_named_is_wanted() -> None:
    wanted = told(CoreManager([]), command({"policy": {"dry_run": True}}))[1]

    assert isinstance(wanted, ComponentConfigured)
    assert json.loads(wanted.settings) == {"policy": {"dry_run": True}}


@pytest.mark.parametrize(
    ("settings", "component", "says"),
    [
        ({"lease_s": 0}, "drg", "lease_s: Input should be greater than or equal to 1"),
        ({"policy": {"safe": 0.01}}, "drg", "safe (0.01) must be at least floor (0.05)"),
        ({"policy": {"ladder": [{"at": 0.5}]}}, "mpie", "the ladder must fall"),
        ({"polcy": {}}, "mpie", "polcy: Extra inputs are not permitted"),
        ({"lease_s": 5}, "mpie", "lease_s: Extra inputs are not permitted"),
        ({}, "gateway", "gateway cannot be changed while it runs; demo, drg"),
        ("{", "drg", "Invalid JSON"),
        ('{"policy": ' + " " * 65_536 + "{}}", "drg", "more than 64 KiB"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(
    settings: object, component: str, says: str
) -> None:
    manager = CoreManager([])

    (verdict,) = told(manager, command(settings, component=component))

    assert isinstance(verdict, CommandJudged)
    assert says in verdict.refused
    assert (verdict.version, verdict.after) == (0, verdict.before)


def test_what_cannot_wait_cannot_be_paused() -> None:
    wanted = ComponentCommanded("c1", "federation", "somebody", NOW, paused=True)

    assert "switch it off instead" in judged(CoreManager([]), wanted).refused


def test_of_two_who_change_the_same_version_the_second_is_told() -> None:
    manager = CoreManager([])
    told(manager, command({"lease_s": 20}, "c1", expected=0))

    verdict = judged(manager, command({"lease_s": 30}, "c2", expected=0))

    assert verdict.refused == "version 1 holds, not 0: look at it, then try again"
    assert judged(manager, command({"lease_s": 30}, "c3", expected=1)).version == 2


def test_a_command_that_comes_again_changes_nothing_even_after_a_restart() -> None:
    first, second = CoreManager([]), CoreManager([])
    once = command({"lease_s": 20})
    told(first, once)
    told(first, command({"lease_s": 30}, "c2"))
    refused = judged(first, command({"lease_s": 0}, "c3"))
    snapshot = first.snapshot("drg")
    assert snapshot is not None

    second.restore("drg", snapshot)

    assert [type(event) for event in told(second, once)] == [CommandJudged]
    assert judged(second, once).version == 1
    assert judged(second, command({"lease_s": 9}, "c3")).refused == refused.refused
    assert judged(second, command({}, "c4")).version == 3


def test_what_nobody_can_want_anything_of_is_not_remembered() -> None:
    manager = CoreManager([])
    told(manager, command({}, component="no-such"))

    assert manager.snapshot("no-such") is None
    assert manager.snapshot("drg") is None
