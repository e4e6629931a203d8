"""The services, one line each. Compose, chart, command line and tests are held against it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One service and where it is made.

    `core` services belong to every deployment. Modules are named, not imported, so that a
    container with the dependencies of one service can start it.
    """

    name: str
    does: str
    core: bool = True

    @property
    def main(self) -> str:
        """The module with its `build` function."""
        return f"services.{self.name}.main"

    @property
    def settings(self) -> str:
        """The module with its settings class."""
        return f"services.{self.name}.settings"


ROSTER = (
    Entry("stream_manager", "raw records to sealed windows"),
    Entry("mpie", "windows to a live causal graph"),
    Entry("drg", "resources in use to what every instance may spend"),
    Entry("core_manager", "heartbeats to how all is, commands to what is wanted"),
    Entry("gateway", "HTTP, live events and the dashboard"),
    Entry("federation", "evidence to peers, and theirs put together with our own", core=False),
    Entry("meta_learning", "what streams of a domain have found out to each other", core=False),
    Entry("demo", "two streams to look at: this machine, and a world of known causes", core=False),
)


def entry(name: str) -> Entry:
    """Return the service of that name; KeyError when there is none."""
    return {found.name: found for found in ROSTER}[name]
