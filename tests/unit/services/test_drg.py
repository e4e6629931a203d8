"""What DRG grants, to whom first, and how its grants outrank those of whoever came before."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from scarcity.events import BudgetDecided, BudgetGranted, Event, ResourceSample, ResourcesSampled
from scarcity.governor.tuning import GoverningOthers, RemotePolicy
from services.drg.handlers import Drg, Terms
from services.drg.settings import PRIORITIES

GIB = float(2**30)
AT = datetime(2026, 1, 1, tzinfo=UTC)


def told(second: float, load: float | None, component: str = "mpie") -> ResourcesSampled:
    used = None if load is None else load * GIB
    sample = ResourceSample(memory_used=used, memory_limit=GIB)
    at = AT + timedelta(seconds=second)
    return ResourcesSampled(f"{component}-0", component, at, sample, 1.0)


def drg(policy: RemotePolicy | None = None) -> Drg:
    terms = Terms(policy or RemotePolicy(), PRIORITIES, 10.0)
    return Drg(terms, hint=lambda _component, _count: None)


def grants(events: Iterable[Event]) -> list[BudgetGranted]:
    return [event for event in events if isinstance(event, BudgetGranted)]


def test_every_sample_renews_the_lease_and_changes_are_told_with_their_reason() -> None:
    governor = drg()
    loads = [0.3, 0.3, 0.95, 0.95, *[0.2] * 60]

    events = [
        e for second, load in enumerate(loads) for e in governor.on_sample(told(second, load))
    ]

    granted = grants(events)
    assert [grant.sequence for grant in granted] == list(range(1, len(loads) + 1))
    assert granted[3].is_paused
    assert granted[-1].share == 1.0
    decisions = [event for event in events if isinstance(event, BudgetDecided)]
    assert {each.by for each in decisions} == {"drg"}
    assert decisions[0].binding == "memory"
    assert decisions[0].predicted is not None
    assert decisions[0].sample.memory_used == 0.95 * GIB
    assert decisions[-1].rule == "raise"


def test_lower_priorities_are_cut_first_and_restored_last() -> None:
    governor = drg()
    shares: dict[str, float] = {}
    for second in range(40):
        for component in ("mpie", "meta_learning", "newcomer"):
            (grant,) = grants(governor.on_sample(told(second, 0.8, component)))
            shares[component] = grant.share

    assert shares["mpie"] > shares["meta_learning"]
    assert shares["meta_learning"] >= shares["newcomer"]


def test_whoever_takes_over_begins_the_next_epoch_and_remembers() -> None:
    first, second = drg(), drg()
    for at in range(5):
        (before,) = grants(first.on_sample(told(at, 0.95)))
    snapshot = first.snapshot("mpie-0")
    assert snapshot is not None

    second.restore("mpie-0", snapshot)
    (after,) = grants(second.on_sample(told(5, 0.95)))
    (stale,) = grants(first.on_sample(told(5, 0.2)))

    assert (after.epoch, after.sequence) > (stale.epoch, stale.sequence)
    assert after.share <= before.share


def test_what_cannot_be_measured_is_governed_to_the_safe_share() -> None:
    governor = drg()

    granted = [grants(governor.on_sample(told(at, None)))[0] for at in range(30)]

    assert granted[-1].share == pytest.approx(RemotePolicy().safe)


def test_a_dry_run_grants_everything_and_tells_what_it_would_do() -> None:
    governor = drg(RemotePolicy(dry_run=True))

    events = [event for at in range(5) for event in governor.on_sample(told(at, 0.97))]

    assert {(grant.share, grant.is_paused) for grant in grants(events)} == {(1.0, False)}
    assert any(isinstance(event, BudgetDecided) and event.is_dry_run for event in events)


def test_it_governs_as_is_wanted_while_it_runs_and_as_it_was_started_when_nothing_is() -> None:
    governor = drg()
    wanted = GoverningOthers(
        policy=RemotePolicy(dry_run=True), priorities={"newcomer": 0}, lease_s=30
    )

    governor.tune(wanted)
    (dry,) = grants(governor.on_sample(told(0, 0.97, "newcomer")))
    tuned = governor.tuning
    governor.tune(GoverningOthers())
    (real,) = grants(governor.on_sample(told(1, 0.97, "newcomer")))

    assert (dry.share, dry.is_paused, dry.ttl_s) == (1.0, False, 30.0)
    assert (real.is_paused, real.ttl_s) == (True, 10.0)
    assert tuned == wanted.model_copy(update={"priorities": {**PRIORITIES, "newcomer": 0}})
    assert governor.tuning == GoverningOthers(
        policy=RemotePolicy(), priorities=PRIORITIES, lease_s=10.0
    )


def test_a_forgotten_instance_leaves_nothing() -> None:
    governor = drg()
    list(governor.on_sample(told(0, 0.5)))

    governor.forget("mpie-0")

    assert governor.snapshot("mpie-0") is None


def busy(name: str, sample: ResourceSample, share: float = 1.0) -> ResourcesSampled:
    return ResourcesSampled(name, "mpie", AT, sample, share)


def hinted(*samples: ResourcesSampled, after_s: float = 1.0) -> dict[str, float]:
    hints: dict[str, float] = {}
    governor = Drg(Terms(RemotePolicy(), PRIORITIES, 10.0), hint=hints.__setitem__)
    for sample in samples:
        governor.on_sample(sample)
    governor.hint(AT + timedelta(seconds=after_s))
    return hints


def test_two_idle_instances_are_one_too_many_and_two_busy_ones_too_few() -> None:
    idle = hinted(*(busy(name, ResourceSample(busy=0.1)) for name in "ab"))
    full = hinted(*(busy(name, ResourceSample(busy=1.0)) for name in "ab"))

    assert idle["mpie"] < 1.0
    assert full["mpie"] > 2.0


def test_a_throttled_instance_needs_help_and_so_does_one_behind() -> None:
    calm = ResourceSample(busy=0.5, consumer_lag=0.0, latency=0.01)
    behind = ResourceSample(busy=0.5, consumer_lag=12_000.0, latency=0.01)

    assert hinted(busy("a", calm))["mpie"] < 1.0
    assert hinted(busy("a", calm, share=0.25))["mpie"] > 2.0
    # 120 s of work wait; within a minute, that takes two more.
    assert hinted(busy("a", behind))["mpie"] == pytest.approx((0.5 + 2.0) / 0.7)


def test_an_instance_that_has_gone_silent_needs_nothing() -> None:
    assert hinted(busy("a", ResourceSample(busy=1.0)), after_s=60.0) == {"mpie": 0.0}
