"""The alerts speak of metrics that exist, and fire when they should."""

import os
import re
import shutil
import subprocess

import pytest
import yaml

from deploy.manifests import PROMETHEUS
from scarcity.telemetry.metrics import Metrics

ALERTS = PROMETHEUS / "alerts.yml"


def exported() -> set[str]:
    """Return the names of all series that a process exports."""
    names = set()
    for family in Metrics().registry.collect():
        suffixes = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}
        names |= {family.name + suffix for suffix in suffixes.get(family.type, [""])}
    return names


def test_every_metric_in_an_alert_is_exported() -> None:
    groups = yaml.safe_load(ALERTS.read_text())["groups"]
    expressions = [rule["expr"] for group in groups for rule in group["rules"]]
    used = {name for text in expressions for name in re.findall(r"\bscarcity_\w+", text)}

    assert used
    assert used <= exported()


def test_every_alert_says_what_it_means_and_has_a_test() -> None:
    groups = yaml.safe_load(ALERTS.read_text())["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    tests = yaml.safe_load((PROMETHEUS / "alerts_test.yml").read_text())["tests"]
    tested = {case["alertname"] for test in tests for case in test["alert_rule_test"]}

    assert all(rule["annotations"].keys() == {"summary", "description"} for rule in rules)
    assert tested == {rule["alert"] for rule in rules}


def test_the_alerts_fire_when_they_should() -> None:
    if not shutil.which("promtool"):
        message = "the alerts were not tried; install promtool (`apt-get install prometheus`)"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    for command in (
        ["check", "config", "prometheus.yml"],
        ["test", "rules", "alerts_test.yml"],
    ):
        found = subprocess.run(
            ["promtool", *command], cwd=PROMETHEUS, capture_output=True, text=True, check=False
        )
        assert found.returncode == 0, found.stdout + found.stderr
