"""Status comes from heartbeats alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from scarcity.events import ComponentStatus, HeartbeatSent, InstanceState
from services.core_manager.domain.status import Component, System
from services.core_manager.handlers import CoreManager

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def beat(instance: str = "mpie-1", *, at: datetime = NOW, state: str = "running") -> HeartbeatSent:
    return HeartbeatSent(
        instance=instance,
        component="mpie",
        state=InstanceState(state),
        started_at=NOW - timedelta(hours=1),
        at=at,
        version="0.1.0",
        handled=10,
        rate=1.0,
        lag=0,
        interval_s=2.0,
    )


def judged(*beats: HeartbeatSent, after_s: float = 1.0) -> ComponentStatus:
    component = Component("mpie")
    for each in beats:
        component.hear(each)
    return component.state(now=NOW + timedelta(seconds=after_s)).status


def test_a_component_never_heard_of_is_down() -> None:
    [state] = System(["mpie"]).states(now=NOW)

    assert (state.status, state.detail) == (ComponentStatus.DOWN, "no heartbeat")


def test_a_running_instance_makes_it_up_until_it_is_silent_too_long() -> None:
    assert judged(beat(), after_s=6.9) is ComponentStatus.UP
    assert judged(beat(), after_s=7.1) is ComponentStatus.DOWN


def test_one_silent_instance_of_two_degrades_it_and_is_named() -> None:
    component = Component("mpie")
    component.hear(beat("mpie-1"))
    component.hear(beat("mpie-2", at=NOW + timedelta(seconds=20)))

    state = component.state(now=NOW + timedelta(seconds=20))

    assert state.status is ComponentStatus.DEGRADED
    assert state.detail == "silent: mpie-1"


def test_an_instance_that_is_still_starting_degrades_it() -> None:
    assert judged(beat(state="starting")) is ComponentStatus.DEGRADED


def test_what_is_wanted_to_rest_is_not_down() -> None:
    assert judged(beat(state="off")) is ComponentStatus.OFF
    assert judged(beat(state="paused")) is ComponentStatus.PAUSED
    assert judged(beat(state="off"), after_s=7.1) is ComponentStatus.DOWN
    assert judged(beat("mpie-1", state="off"), beat("mpie-2")) is ComponentStatus.DEGRADED


def test_an_instance_that_said_goodbye_is_not_missed() -> None:
    assert judged(beat("mpie-1", state="stopped"), beat("mpie-2")) is ComponentStatus.UP


def test_heartbeats_out_of_order_count_as_the_newest() -> None:
    newest, older = beat(at=NOW, state="stopped"), beat(at=NOW - timedelta(seconds=2))

    assert judged(newest, older) is ComponentStatus.DOWN


def test_a_judgement_is_told_once_until_it_changes() -> None:
    manager = CoreManager(["mpie"])
    told = [len(list(manager.judge(NOW + timedelta(seconds=s)))) for s in (0, 1)]
    list(manager.on_heartbeat(replace(beat(), at=NOW + timedelta(seconds=2))))
    told += [len(list(manager.judge(NOW + timedelta(seconds=s)))) for s in (3, 4, 20, 21)]

    assert told == [1, 0, 1, 0, 1, 0]
