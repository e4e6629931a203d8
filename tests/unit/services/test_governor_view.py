"""The gateway shows the newest of every instance that is there, and each decision once."""

from datetime import UTC, datetime, timedelta

from scarcity.events import (
    BudgetDecided,
    BudgetGranted,
    GovernorLevel,
    ResourceSample,
    ResourcesSampled,
)
from services.gateway.domain.governor_view import SILENT, GovernorView

AT = datetime(2026, 1, 1, tzinfo=UTC)
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
