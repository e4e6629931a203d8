"""Grants bind while they hold, and never against a newer epoch."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from scarcity.events import BudgetGranted, GovernorLevel
from scarcity.governor.lease import FULL, Allowance, Lease
from scarcity.governor.policy import Policy

POLICY = Policy()
AT = datetime(2026, 1, 1, tzinfo=UTC)


def grant(
    epoch: int, sequence: int, share: float = 0.5, *, is_paused: bool = False
) -> BudgetGranted:
    level = GovernorLevel.PAUSE if is_paused else GovernorLevel.NORMAL
    return BudgetGranted("mpie-0", "mpie", epoch, sequence, AT, 10.0, share, is_paused, level)


grants = st.lists(
    st.builds(grant, st.integers(0, 5), st.integers(0, 5), st.floats(0.0, 1.0)), min_size=1
)


def test_who_was_never_granted_anything_is_bound_by_the_reflex_alone() -> None:
    own = Allowance(0.7, is_paused=False, intake=0.7)

    assert Lease().bound(POLICY, own, 1e9) == own


def test_the_smaller_of_both_counts() -> None:
    lease = Lease().after(grant(0, 1, 0.5), 100.0)

    assert lease.bound(POLICY, FULL, 105.0).share == 0.5
    assert lease.bound(POLICY, Allowance(0.2, is_paused=False, intake=0.2), 105.0).share == 0.2
    assert Lease().after(grant(0, 1, is_paused=True), 0.0).bound(POLICY, FULL, 1.0).is_paused


def test_when_the_lease_runs_out_the_share_is_safe_until_the_next_grant() -> None:
    lease = Lease().after(grant(0, 1, 1.0), 100.0)

    assert lease.bound(POLICY, FULL, 110.0).share == 1.0
    assert lease.bound(POLICY, FULL, 110.1).share == POLICY.safe
    assert lease.bound(POLICY, Allowance(0.1, is_paused=True, intake=0.1), 110.1) == Allowance(
        0.1, is_paused=True, intake=0.1
    )
    assert lease.after(grant(0, 2, 0.9), 111.0).bound(POLICY, FULL, 111.0).share == 0.9


@given(grants)
def test_the_newest_epoch_wins_in_whatever_order_grants_arrive(
    arriving: list[BudgetGranted],
) -> None:
    lease = Lease()
    for second, each in enumerate(arriving):
        lease = lease.after(each, float(second))

    assert lease.grant is not None
    newest = max((each.epoch, each.sequence) for each in arriving)
    assert (lease.grant.epoch, lease.grant.sequence) == newest
