"""The gateway shows the newest of every instance that is there, and each decision once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from scarcity.events import (
    BudgetDecided,
    BudgetGranted,
    ComponentConfigured,
    ComponentStatus,
    ComponentUpdated,
    GovernorLevel,
    HeartbeatSent,
    InstanceState,
    ResourceSample,
    ResourcesSampled,
)
from scarcity.governor.policy import Policy
from scarcity.governor.tuning import Governing, GoverningOthers, RemotePolicy, Tuning
from services.gateway.domain.components_view import ComponentsView
from services.gateway.domain.governor_view import SILENT, GovernorView
from services.gateway.domain.views import Views
from services.gateway.models import GovernorModel

AT = datetime(2026, 1, 1, tzinfo=UTC)
MPIE = Governing(policy=Policy(target=0.77, dry_run=True))
DRG = GoverningOthers(policy=RemotePolicy(target=0.66), priorities={"mpie": 3}, lease_s=20.0)
SAMPLE = ResourceSample(memory_used=930.0, memory_limit=1000.0, memory_source="cgroup2:/a")


def sampled(instance: str, second: float) -> ResourcesSampled:
    return ResourcesSampled(instance, "mpie", AT + timedelta(seconds=second), SAMPLE, 0.2)


def granted(epoch: int, sequence: int, share: float) -> BudgetGranted:
    level = GovernorLevel.THROTTLE
    return BudgetGranted("mpie-0", "mpie", epoch, sequence, AT, 10.0, share, False, level)


def decision(load: float | None = 0.93) -> BudgetDecided:
    return BudgetDecided(
        component="mpie",
        instance="mpie-0",
        at=AT,
        by="reflex",
        rule="cut",
        binding="memory" if load else "",
        load=load,
        predicted=950.0,
        time_to_limit_s=2.0,
        share_before=0.8,
        share=0.2,
        level_before=GovernorLevel.NORMAL,
        level=GovernorLevel.THROTTLE,
        sample=SAMPLE,
        is_dry_run=False,
    )


def test_the_newest_sample_and_grant_are_shown_and_who_is_silent_is_not() -> None:
    now = AT + SILENT
    view = GovernorView(ComponentsView(), now=lambda: now)
    view.on_sample(sampled("mpie-0", 5.0))
    view.on_sample(sampled("mpie-1", -5.0))
    for grant in (granted(1, 2, 0.5), granted(0, 9, 1.0)):
        view.on_grant(grant)

    (instance,) = view.document(view.decisions)["instances"]

    assert instance["id"] == "mpie-0"
    assert instance["granted"]["share"] == 0.5
    assert instance["sample"]["memory_used"] == 930.0
    assert instance["sample"]["cpu_used"] is None


def test_a_decision_is_told_once_and_in_words() -> None:
    view = GovernorView(ComponentsView(), now=lambda: AT)

    assert view.on_decision(decision())
    assert not view.on_decision(decision())

    (told,) = view.document(view.decisions)["decisions"]
    assert told["text"] == (
        "mpie-0 may do 20 % of full work (before: 80 %): memory is at 93 % of its limit"
    )


def test_that_nothing_can_be_measured_is_said() -> None:
    view = GovernorView(ComponentsView(), now=lambda: AT)
    view.on_decision(decision(None))

    (told,) = view.document(view.decisions)["decisions"]
    assert told["text"].endswith("nothing can be measured")


def governed() -> Views:
    """Return views of an instance that is governed as it was started."""
    views = Views(now=lambda: AT, show=lambda *_: None)
    views.on_sample(sampled("mpie-0", 0.0))
    obey(views, "mpie", (0, MPIE))
    obey(views, "drg", (0, DRG))
    return views


def obey(views: Views, component: str, *instances: tuple[int, Tuning | None]) -> None:
    """Tell views which version each instance obeys, and how it works."""
    beats = tuple(
        HeartbeatSent(
            f"{component}-{number}",
            component,
            InstanceState.RUNNING,
            AT,
            AT,
            "1",
            0,
            0.0,
            0,
            2.0,
            configured=version,
            settings="" if tuning is None else tuning.model_dump_json(),
        )
        for number, (version, tuning) in enumerate(instances)
    )
    views.on_component(ComponentUpdated(component, True, ComponentStatus.UP, "", AT, beats))


def want(views: Views, component: str, version: int, settings: dict[str, Any]) -> None:
    said = orjson.dumps(settings).decode()
    views.on_configured(ComponentConfigured(component, version, True, False, said, "token", AT))


def policies(views: Views) -> list[dict[str, Any]]:
    """Return the policies of the one instance, as the surface publishes them."""
    document = {**views.governor.document(()), "next": None}
    shown = orjson.loads(GovernorModel.model_validate(document).model_dump_json())
    (instance,) = shown["instances"]
    found: list[dict[str, Any]] = instance["policies"]
    return found


def test_what_is_in_force_is_shown_from_the_start_on() -> None:
    views = governed()
    views.on_grant(granted(0, 1, 1.0))

    reflex, drg = policies(views)

    unwanted = dict.fromkeys(("limits", "priority", "lease_s", "is_dry_run"))
    assert (reflex["by"], reflex["component"], drg["by"]) == ("reflex", "mpie", "drg")
    assert reflex["wanted"] == drg["wanted"] == {"version": 0, **unwanted}
    assert reflex["in_force"]["limits"]["target"] == 0.77
    assert reflex["in_force"]["is_dry_run"] is True
    assert (drg["in_force"]["limits"]["target"], drg["in_force"]["priority"]) == (0.66, 3)
    assert drg["in_force"]["lease_s"] == 10.0, "that of the grant"


def test_what_is_wanted_stands_beside_what_is_in_force_until_it_is_obeyed() -> None:
    views = governed()
    settings = {"policy": {"target": 0.6, "dry_run": True}, "priorities": {"mpie": 2}}
    want(views, "drg", 1, {"policy": {"target": 0.5}})
    want(views, "drg", 2, settings)
    want(views, "drg", 1, {"policy": {"target": 0.5}})

    _, drg = policies(views)

    assert (drg["in_force"]["version"], drg["wanted"]["version"]) == (0, 2)
    assert (drg["in_force"]["limits"]["target"], drg["wanted"]["limits"]["target"]) == (0.66, 0.6)
    assert drg["wanted"]["limits"]["horizon_s"] == 2.0
    assert (drg["in_force"]["priority"], drg["wanted"]["priority"]) == (3, 2)
    assert (drg["in_force"]["is_dry_run"], drg["wanted"]["is_dry_run"]) == (False, True)
    obey(views, "drg", (2, GoverningOthers.model_validate(settings)))
    _, drg = policies(views)
    assert drg["in_force"] == drg["wanted"]


@pytest.mark.parametrize("instances", [(), ((0, DRG), (1, DRG)), ((1, DRG), (1, MPIE))])
def test_what_is_in_force_is_not_known_while_nobody_is_there_or_they_differ(
    instances: tuple[tuple[int, Tuning], ...],
) -> None:
    views = governed()
    obey(views, "drg", *instances)

    _, drg = policies(views)

    assert drg["in_force"] == dict.fromkeys(drg["in_force"])


def test_settings_of_another_release_are_shown_as_unknown() -> None:
    views = governed()
    obey(views, "mpie", (1, None))
    want(views, "mpie", 2, {"policy": {"of": "tomorrow"}})

    reflex, _ = policies(views)

    assert (reflex["in_force"]["version"], reflex["in_force"]["limits"]) == (1, None)
    assert (reflex["wanted"]["version"], reflex["wanted"]["limits"]) == (2, None)
