"""The gateway shows the newest of every instance that is there, and each decision once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from scarcity.events import (
    BudgetDecided,
    BudgetGranted,
    CommandJudged,
    ComponentConfigured,
    ComponentStatus,
    ComponentUpdated,
    GovernorLevel,
    HeartbeatSent,
    InstanceState,
    ResourceSample,
    ResourcesSampled,
)
from services.gateway.domain.governor_view import SILENT, GovernorView
from services.gateway.domain.policies import KEPT
from services.gateway.models import GovernorModel

AT = datetime(2026, 1, 1, tzinfo=UTC)
SAMPLE = ResourceSample(memory_used=930.0, memory_limit=1000.0, memory_source="cgroup2:/a")


def sampled(instance: str, second: float) -> ResourcesSampled:
    return ResourcesSampled(instance, "mpie", AT + timedelta(seconds=second), SAMPLE, 0.2)


def granted(epoch: int, sequence: int, share: float) -> BudgetGranted:
    level = GovernorLevel.THROTTLE
    return BudgetGranted("mpie-0", "mpie", epoch, sequence, AT, 10.0, share, False, level)


def decision(
    load: float | None = 0.93, *, by: str = "reflex", second: float = 0.0, is_dry_run: bool = False
) -> BudgetDecided:
    return BudgetDecided(
        component="mpie",
        instance="mpie-0",
        at=AT + timedelta(seconds=second),
        by=by,
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
        is_dry_run=is_dry_run,
    )


def test_the_newest_sample_and_grant_are_shown_and_who_is_silent_is_not() -> None:
    now = AT + SILENT
    view = GovernorView(now=lambda: now)
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
    view = GovernorView(now=lambda: AT)

    assert view.on_decision(decision())
    assert not view.on_decision(decision())

    (told,) = view.document(view.decisions)["decisions"]
    assert told["text"] == (
        "mpie-0 may do 20 % of full work (before: 80 %): memory is at 93 % of its limit"
    )


def test_that_nothing_can_be_measured_is_said() -> None:
    view = GovernorView(now=lambda: AT)
    view.on_decision(decision(None))

    (told,) = view.document(view.decisions)["decisions"]
    assert told["text"].endswith("nothing can be measured")


def governed() -> GovernorView:
    """Return a view of an instance that is governed as it was started."""
    view = GovernorView(now=lambda: AT)
    view.on_sample(sampled("mpie-0", 0.0))
    obey(view, "mpie", 0)
    obey(view, "drg", 0)
    return view


def obey(view: GovernorView, component: str, *versions: int) -> None:
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
        )
        for number, version in enumerate(versions)
    )
    view.policies.on_status(ComponentUpdated(component, True, ComponentStatus.UP, "", AT, beats))


def want(
    view: GovernorView, component: str, version: int, settings: dict[str, Any], second: float = 0.0
) -> None:
    """Tell a view of a command, and of what is wanted by it."""
    at = AT + timedelta(seconds=second)
    said = orjson.dumps(settings).decode()
    after = orjson.dumps({"enabled": True, "paused": False, "settings": settings}).decode()
    view.policies.on_judged(
        CommandJudged(f"c{version}", component, "token", at, "", version, "{}", after)
    )
    view.policies.on_configured(
        ComponentConfigured(component, version, True, False, said, "token", at)
    )


def policies(view: GovernorView) -> list[dict[str, Any]]:
    """Return the policies of the one instance, as the surface publishes them."""
    document = {**view.document(view.decisions), "next": None}
    shown = orjson.loads(GovernorModel.model_validate(document).model_dump_json())
    (instance,) = shown["instances"]
    found: list[dict[str, Any]] = instance["policies"]
    return found


def test_of_a_policy_that_it_was_started_with_only_what_is_told_is_shown() -> None:
    view = governed()
    view.on_grant(granted(0, 1, 1.0))
    view.on_decision(decision(by="drg", is_dry_run=True))

    reflex, drg = policies(view)

    unknown = dict.fromkeys(("limits", "priority", "lease_s", "is_dry_run"))
    assert (reflex["by"], reflex["component"], drg["by"]) == ("reflex", "mpie", "drg")
    assert reflex["in_force"] == reflex["wanted"] == drg["wanted"] == {"version": 0, **unknown}
    assert drg["in_force"] == {"version": 0, **unknown, "lease_s": 10.0, "is_dry_run": True}


def test_what_is_wanted_stands_beside_what_is_in_force_until_it_is_obeyed() -> None:
    view = governed()
    want(view, "drg", 1, {"policy": {"target": 0.8}, "priorities": {"mpie": 2}, "lease_s": 20})
    obey(view, "drg", 1, 1)
    want(view, "drg", 2, {"policy": {"target": 0.6, "dry_run": True}})

    _, drg = policies(view)

    assert (drg["in_force"]["version"], drg["wanted"]["version"]) == (1, 2)
    assert (drg["in_force"]["limits"]["target"], drg["wanted"]["limits"]["target"]) == (0.8, 0.6)
    assert drg["in_force"]["limits"]["horizon_s"] == 2.0
    assert (drg["in_force"]["priority"], drg["wanted"]["priority"]) == (2, None)
    assert (drg["in_force"]["is_dry_run"], drg["wanted"]["is_dry_run"]) == (False, True)
    obey(view, "drg", 2, 2)
    _, drg = policies(view)
    assert drg["in_force"] == drg["wanted"]


@pytest.mark.parametrize("versions", [(), (1, 2)])
def test_which_version_governs_is_not_known_while_nobody_is_there_or_they_differ(
    versions: tuple[int, ...],
) -> None:
    view = governed()
    for version in (1, 2):
        want(view, "drg", version, {"policy": {"target": version / 3}})
    obey(view, "drg", *versions)

    _, drg = policies(view)

    assert (drg["in_force"]["version"], drg["in_force"]["limits"]) == (None, None)
    assert drg["wanted"]["version"] == 2


def test_a_decision_of_before_says_nothing_of_a_policy_of_after() -> None:
    view = governed()
    view.on_decision(decision(second=1.0, is_dry_run=True))
    want(view, "mpie", 1, {}, second=5.0)
    obey(view, "mpie", 1)
    before, _ = policies(view)
    view.on_decision(decision(second=6.0, is_dry_run=True))
    after, _ = policies(view)

    assert before["in_force"]["is_dry_run"] is None
    assert after["in_force"]["is_dry_run"] is True


def test_a_refused_command_and_settings_of_another_release_change_nothing() -> None:
    view = governed()
    want(view, "mpie", 1, {"policy": {"target": 0.7}})
    obey(view, "mpie", 1)
    after = orjson.dumps({"settings": {"policy": {"target": 0.1}}}).decode()
    view.policies.on_judged(CommandJudged("no", "mpie", "token", AT, "refused", 1, "{}", after))
    want(view, "mpie", 2, {"policy": {"of": "tomorrow"}})

    reflex, _ = policies(view)

    assert reflex["in_force"]["limits"]["target"] == 0.7
    assert (reflex["wanted"]["version"], reflex["wanted"]["limits"]) == (2, None)


def test_old_versions_are_forgotten_in_whatever_order_they_come() -> None:
    view = governed()
    for version in reversed(range(1, KEPT + 3)):
        want(view, "mpie", version, {"policy": {"target": 0.5}})
    found = {}
    for version in (2, 3, KEPT + 2):
        obey(view, "mpie", version)
        found[version] = policies(view)[0]["in_force"]["limits"] is not None

    assert found == {2: False, 3: True, KEPT + 2: True}
