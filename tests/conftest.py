"""Fixtures used by three or more folders."""

pytest_plugins = ["realkafka.plugin"]
