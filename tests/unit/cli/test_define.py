"""A definition says what its options and its file say, and nothing else."""

import pytest

from scarcity.cli.define import definition, variable
from scarcity.errors import ConfigError


def test_options_win_over_the_file_and_keep_the_rest_of_it() -> None:
    file = {"domain": "old", "window": {"size": 64, "hop": 8}, "reference_edges": []}

    found = definition(file, ("flow:m3/h", "on"), {"size": 32}, "new")

    assert found == {
        "domain": "new",
        "window": {"size": 32, "hop": 8},
        "reference_edges": [],
        "variables": [{"name": "flow", "unit": "m3/h"}, {"name": "on"}],
    }


@pytest.mark.parametrize(
    ("text", "name", "unit"), [("a:b:%", "a:b", "%"), ("a:b:", "a:b", ""), ("a", "a", None)]
)
def test_a_unit_stands_after_the_last_colon(text: str, name: str, unit: str | None) -> None:
    found = variable(text)

    assert (found["name"], found.get("unit")) == (name, unit)


def test_to_say_nothing_is_refused() -> None:
    with pytest.raises(ConfigError, match="say what the stream is"):
        definition({}, (), {}, None)
