"""From settings to a process: which bus, which services, where traces go."""

import importlib
import os
import secrets
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Protocol, cast

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from pydantic_settings import BaseSettings

from scarcity import __version__
from scarcity.bus.base import Bus
from scarcity.bus.embedded import EmbeddedBus
from scarcity.errors import ConfigError
from scarcity.roster import ROSTER, Entry, entry
from scarcity.runtime.process import Listening, Platform, Process
from scarcity.runtime.service import Service
from scarcity.runtime.settings import PlatformSettings, load, refuse_unknown
from scarcity.telemetry import logs, tracing
from scarcity.telemetry.spans import SpanBox

KAFKA = "kafka://"


class Main(Protocol):
    """What the main module of every service offers."""

    def build(self, platform: Platform) -> Service: ...


def settings() -> PlatformSettings:
    """Return the process's settings, after refusing names that no service knows."""
    # The services' own are imported only where something of theirs is set: they are heavy.
    refuse_unknown(os.environ, chain([PlatformSettings], map(_settings_class, ROSTER)))
    return load(PlatformSettings)


def process(entries: Sequence[Entry], chosen: PlatformSettings) -> tuple[Process, Platform]:
    """Return a process with these services, and what it stands on."""
    logs.configure(chosen.log_level)
    exporter = OTLPSpanExporter(chosen.otlp_endpoint) if chosen.otlp_endpoint else None
    box = SpanBox() if chosen.spans else None
    platform = Platform(
        bus=bus(chosen),
        tracing=tracing.provider(exporter, version=__version__, box=box),
        spans=box,
        token=chosen.token or secrets.token_urlsafe(24),
    )
    services = [_main(found).build(platform) for found in entries]
    listening = Listening(chosen.host, chosen.port, chosen.drain_s)
    return Process(platform, services, listening), platform


def service(name: str, platform: Platform) -> Service:
    """Return the service of that name."""
    return _main(entry(name)).build(platform)


def bus(chosen: PlatformSettings) -> Bus:
    """Return the bus that the settings name."""
    if chosen.bus == "embedded":
        return EmbeddedBus(chosen.data_dir)
    if chosen.data_dir is not None:
        raise ConfigError("a data directory belongs to the embedded bus; Kafka keeps its own")
    # The client is imported only where Kafka is spoken, so that a laptop starts quickly.
    from scarcity.bus.kafka import KafkaBus  # noqa: PLC0415
    from scarcity.cli.kafka import kafka_settings  # noqa: PLC0415

    return KafkaBus(kafka_settings(chosen))


def federation_bus(name: str, folder: Path) -> Bus:
    """Return the bus of a federation's cluster, as what the membership's folder says one comes."""
    from scarcity.federation.access import Access  # noqa: PLC0415 - as the client above

    access = Access.of(folder).settings(folder)
    return bus(settings().model_copy(update={"bus": name, "data_dir": None, **access}))


def _main(found: Entry) -> Main:
    return cast(Main, importlib.import_module(found.main))


def _settings_class(found: Entry) -> type[BaseSettings]:
    module = importlib.import_module(found.settings)
    return next(
        kind
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, BaseSettings) and kind is not BaseSettings
    )
