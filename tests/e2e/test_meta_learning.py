"""Four plants have run for long; the fifth, of few rows, is shown what they lead one to expect."""

import json
from functools import partial
from typing import Any

import numpy as np

from running import System, eventually
from worlds.domains import drifting, family, simulated
from worlds.world import Bools, Floats

D, MANY, FEW = 12, 3000, 512
SEED = 23
QUICK = {"SCARCITY_META_LEARNING_EVERY_S": "0.5"}
NAMES = [f"x{n}" for n in range(D)]
WINDOW = {"size": 64}


def defined(system: System, stream: str, domain: str) -> None:
    variables = [{"name": name} for name in NAMES]
    answer = system.http.put(
        f"/streams/{stream}", json={"variables": variables, "domain": domain, "window": WINDOW}
    )
    assert answer.is_success, answer.text


def sent(system: System, stream: str, rows: Floats) -> None:
    values = (dict(zip(NAMES, row, strict=True)) for row in rows.tolist())
    system.send(stream, [json.dumps({"values": each}).encode() for each in values])


def told(system: System, stream: str) -> dict[str, Any] | None:
    """What is said of a stream, once it is told something."""
    found = system.get("/meta")["domains"]
    streams = [each for domain in found for each in domain["streams"]]
    return next((s for s in streams if s["stream"] == stream and s["edges"]), None)


def graph(system: System, stream: str) -> dict[str, Any]:
    return system.graph(stream, rows=FEW, state="accepted")


def f1(edges: list[dict[str, Any]], truth: Bools) -> float:
    """Of edges between different variables at lag 1 or more, whatever the lag."""
    found = np.zeros((D, D), np.bool_)
    for edge in edges:
        if edge["source"] != edge["target"] and edge["lag"] >= 1:
            found[NAMES.index(edge["target"]), NAMES.index(edge["source"])] = True
    return float(2.0 * np.sum(found & truth) / (found.sum() + truth.sum()))


def test_a_new_stream_of_a_known_domain_starts_wise_and_one_of_none_does_not() -> None:
    rng = np.random.default_rng(SEED)
    common = family(rng, share=0.9, d=D)
    structures = np.stack([common.domain(rng) for _ in range(5)])
    *olds, new = simulated(rng, structures, MANY)
    truth: Bools = (structures[-1] != 0.0) & ~np.eye(D, dtype=np.bool_)

    with System(["--no-demo"], QUICK) as system:
        for place, rows in enumerate(olds):
            defined(system, f"old-{place}", "plants")
            sent(system, f"old-{place}", rows)
        for place in range(4):
            system.graph(f"old-{place}", rows=MANY, state="accepted")
        defined(system, "new", "plants")
        defined(system, "alone", "")
        summary = eventually(partial(told, system, "new"), "the new stream to be told")
        for stream in ("new", "alone"):
            sent(system, stream, new[:FEW])
        wise, alone = graph(system, "new"), graph(system, "alone")

    assert {each["stream"] for each in summary["sources"]} == {f"old-{n}" for n in range(4)}
    imported = [edge for edge in wise["edges"] if edge["imported"]]
    assert imported
    assert {edge["prior"]["origin"] for edge in imported} == {"meta_learning"}
    assert [prior["origin"] for prior in wise["priors"]] == ["meta_learning"]
    assert set(wise["priors"][0]["provenance"]) == {f"old-{n}" for n in range(4)}
    assert alone["priors"] == []
    assert not any(edge["imported"] for edge in alone["edges"])
    own = [edge for edge in wise["edges"] if not edge["imported"]]
    assert f1(own, truth) == f1(alone["edges"], truth)
    assert f1(wise["edges"], truth) > f1(alone["edges"], truth) + 0.1


def judged(system: System, stream: str, action: str) -> dict[str, Any] | None:
    """The newest decision of that kind about what is tried in a stream."""
    found = system.get("/meta")["trials"]
    return next((t for t in found if (t["stream"], t["action"]) == (stream, action)), None)


def test_a_half_life_that_does_harm_is_tried_and_taken_back_while_the_stream_runs() -> None:
    rows = drifting(np.random.default_rng(SEED), 4096, None, d=D)

    with System(["--no-demo"]) as system:
        defined(system, "plant", "")
        sent(system, "plant", rows[:2560])
        system.graph("plant", rows=2560, state="accepted")
        refused = system.http.post("/streams/plant/trials", json={"half_life": -1})
        nowhere = system.http.post("/streams/nowhere/trials", json={"half_life": 9})
        made = system.http.post("/keys", json={"name": "tuner", "role": "operator"}).json()
        answer = system.http.post(
            "/streams/plant/trials",
            json={"half_life": 9, "at_once": True},
            headers={"Authorization": f"Bearer {made['key']}"},
        )
        sent(system, "plant", rows[2560:2624])
        begun = eventually(partial(judged, system, "plant", "begin"), "the trial to begin")
        sent(system, "plant", rows[2624:4096])
        back = eventually(partial(judged, system, "plant", "roll-back"), "it to be taken back")

    assert (refused.status_code, nowhere.status_code, answer.status_code) == (422, 404, 202)
    assert (begun["stage"], begun["running"], begun["by"]) == ("canary", 9.0, "key:tuner")
    assert (back["stage"], back["running"]) == ("rolled-back", 0.0)
    assert back["rows"] <= 256
    assert back["gain"] < -0.1
