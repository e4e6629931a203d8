"""A policy that makes no sense is refused, and it is said why."""

import pytest
from pydantic import ValidationError

from scarcity.errors import ConfigError
from scarcity.governor.policy import Tolerances, policy
from scarcity.governor.tuning import TUNABLE, Governing, RemotePolicy, Tuning, adjusted, checked


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


def wanted(settings: str) -> Tuning:
    return checked("mpie", settings)


def test_what_is_left_out_of_a_policy_is_as_it_was_started() -> None:
    started_with = RemotePolicy(
        target=0.6, dry_run=True, tolerances=Tolerances(loop_lag=2.0, latency=3.0)
    )
    tuning = wanted('{"policy": {"ceiling": 0.8, "tolerances": {"latency": null}}}')
    assert isinstance(tuning, Governing)

    now = adjusted(started_with, tuning.policy)

    expected = {"ceiling": 0.8, "tolerances": Tolerances(loop_lag=2.0, latency=None)}
    assert now == started_with.model_copy(update=expected)
    assert adjusted(started_with, None) is started_with


def test_what_contradicts_a_policy_that_it_was_started_with_is_refused() -> None:
    tuning = wanted('{"policy": {"safe": 0.2}}')
    assert isinstance(tuning, Governing)

    with pytest.raises(ConfigError, match="at least floor"):
        adjusted(policy({"floor": 0.3}), tuning.policy)


@pytest.mark.parametrize("kind", sorted(set(TUNABLE.values()), key=str))
def test_every_setting_says_in_its_schema_what_it_means(kind: type[Tuning]) -> None:
    schema = kind.model_json_schema()
    models = [schema, *schema.get("$defs", {}).values()]
    settings = {name: said for each in models for name, said in each["properties"].items()}

    assert [name for name, said in settings.items() if not said.get("description")] == []
    assert bool(settings) is (kind is not Tuning)
