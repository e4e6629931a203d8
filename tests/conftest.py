"""Fixtures used by three or more folders, and how random tests run."""

from hypothesis import settings

pytest_plugins = ["realkafka.plugin"]

# A busy machine is no failure. What fails is shown with what reproduces it.
settings.register_profile("scarcity", deadline=None, print_blob=True)
settings.load_profile("scarcity")
