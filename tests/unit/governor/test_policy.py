"""A policy that makes no sense is refused, and one that does maps to what discovery may cost."""

from itertools import pairwise

import pytest
from pydantic import ValidationError

from scarcity.causal import Budget
from scarcity.governor.policy import Policy, policy


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"target": 1.5}, "target"),
        ({"tarhet": 0.5}, "tarhet"),
        ({"enter": [0.9, 0.8, 0.85, 0.95]}, "must rise"),
        ({"enter": [0.6, 0.7, 0.8, 0.9], "leave": [0.6, 0.65, 0.7, 0.8]}, "left below"),
        ({"floor": 0.5, "safe": 0.1}, "safe"),
        ({"ladder": []}, "ladder"),
        ({"ladder": [{"at": 0.5}]}, "end at 0"),
        ({"tolerances": {"loop_lag": 0.0}}, "loop_lag"),
    ],
)
def test_nonsense_is_refused_by_name(settings: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        policy(settings)


def test_full_work_has_no_limits() -> None:
    assert Policy().rung(1.0).budget(50) == Budget()


@pytest.mark.parametrize("variables", [1, 7, 500])
def test_less_share_never_allows_more(variables: int) -> None:
    ladder = Policy()
    budgets = [ladder.rung(share / 100).budget(variables) for share in range(101)]

    for less, more in pairwise(budgets):
        assert less.every >= more.every
        assert (less.targets or variables) <= (more.targets or variables)
        assert less.most_parents <= more.most_parents
        assert less.nonlinear <= more.nonlinear
