"""That sums are sealed, and what they may cost, is part of what members agree upon."""

from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner
from pydantic import ValidationError

from scarcity.cli.federation import init
from scarcity.cli.joining import contract_in
from scarcity.errors import ConfigError
from scarcity.federation.protocol.contract import Contract, Sealing
from scarcity.federation.sealed.agreement import bargain

FRAME = {"heat": (20.0, 5.0), "power": (100.0, 30.0)}


def sealing(**changes: object) -> Sealing:
    return Sealing.model_validate({"epsilon": 1.0, "budget": 10.0, "frame": FRAME, **changes})


def contract(chosen: Sealing | None) -> Contract:
    return Contract(
        subject="wards", variables=dict.fromkeys(FRAME, ""), cadence_s=1.0, sealing=chosen
    )


def test_members_who_would_pay_something_else_have_agreed_to_something_else() -> None:
    chosen = [None, sealing(), sealing(epsilon=2.0), sealing(least=6), sealing(budget=11.0)]

    assert len({contract(each).digest for each in chosen}) == len(chosen)


def test_the_order_in_which_a_frame_is_written_does_not_matter() -> None:
    turned = sealing(frame=dict(reversed(FRAME.items())))

    assert contract(turned).digest == contract(sealing()).digest


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: sealing(budget=0.5), "smaller than what one round costs"),
        (lambda: sealing(least=4), "least"),
        (lambda: sealing(frame={**FRAME, "heat": (20.0, 0.0)}), "frame"),
        (lambda: contract(sealing(frame={"heat": (20.0, 5.0)})), "every variable"),
        (lambda: contract(sealing(most_rows=10**6, clip=100.0)), "exactly"),
    ],
)
def test_what_protects_nobody_or_cannot_be_is_refused(make: Callable[[], object], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        make()


def test_a_price_that_takes_more_noise_than_there_is_room_for_is_refused() -> None:
    with pytest.raises(ConfigError):
        bargain(contract(sealing(epsilon=1e-9, delta=1e-15)), 5, 5)


@pytest.mark.parametrize(
    ("members", "needed"), [(5, 5), (6, 5), (8, 5), (9, 6), (20, 12), (50, 30)]
)
def test_three_of_five_must_stay_and_five_at_least(members: int, needed: int) -> None:
    assert sealing().threshold(members) == needed


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "contract.json"
    said = {"subject": "wards", "variables": {"heat": "", "power": ""}, "cadence_s": 1.0}
    path.write_bytes(orjson.dumps({**said, "sealing": {"frame": FRAME, "least": 6}}))
    return path


def test_a_file_says_what_is_summed_and_options_what_it_may_cost(written: Path) -> None:
    found = contract_in(written, {"epsilon": 2.0, "budget": 8.0}).sealing

    assert found == sealing(epsilon=2.0, budget=8.0, least=6)


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ((), "add --mode sealed"),
        (("--mode", "sealed"), "--epsilon"),
        (("--mode", "sealed", "--epsilon", "1"), "--budget"),
        (("--epsilon", "1"), "add --mode sealed"),
        (("--mode", "sealed", "--epsilon", "2", "--budget", "1"), "smaller than"),
    ],
)
def test_options_that_do_not_go_together_are_refused_before_anything_is_written(
    written: Path, options: tuple[str, ...], why: str
) -> None:
    folder = written.parent / "federation"
    where = ("--peer", "here", "--bus", "kafka://nowhere:1", "--stream", "s", "--dir", str(folder))

    result = CliRunner().invoke(init, ["wards", "--contract", str(written), *where, *options])

    assert isinstance(result.exception, ConfigError)
    assert why in str(result.exception)
    assert not folder.exists()
