"""Belief that is shared never comes back as evidence, however often it goes round."""

import json

import numpy as np

from bench.federation.echo import Figures, echo

SEEDS = (71, 72)


def pooled(rounds: list[Figures], name: str) -> float:
    return sum(sum(each[name]) for each in rounds)


def test_ten_rounds_of_evidence_and_priors_leave_null_edges_as_they_were() -> None:
    runs = [echo(seed, variables=12) for seed in SEEDS]

    for number, rounds in enumerate(zip(*runs, strict=True)):
        spread = float(np.nanstd(np.concatenate([each["offered z"] for each in rounds])))
        assert 0.95 <= spread <= 1.1, json.dumps({"round": number, "sd": spread, "seeds": SEEDS})
    told = [each for run in runs for each in run[1:]]
    shown, right = pooled(told, "believed shown"), pooled(told, "believed right")
    assert (shown - right) / shown <= 0.07
    assert right > pooled(told, "own right")
