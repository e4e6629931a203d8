"""Wires the front door to the bus."""

import secrets

from starlette.types import ASGIApp

from scarcity.events import (
    ComponentUpdated,
    DeadLettered,
    EdgeChanged,
    GraphUpdated,
    RecordLate,
    StreamDefined,
    WindowSealed,
)
from scarcity.runtime.process import Platform
from scarcity.runtime.service import Service, route
from scarcity.runtime.settings import load
from scarcity.runtime.web import Readiness
from services.gateway.app import create_app
from services.gateway.context import Context
from services.gateway.domain.views import Views
from services.gateway.feed import Feed
from services.gateway.settings import GatewaySettings


def build(platform: Platform) -> Service:
    """Return the service, ready to run."""
    feed = Feed(boot=secrets.token_hex(4))
    views = Views(now=platform.clock.now, show=feed.show)
    context = Context(
        settings=load(GatewaySettings),
        views=views,
        feed=feed,
        publisher=platform.publisher("gateway"),
        clock=platform.clock,
        metrics=platform.metrics,
        tracer=platform.tracing.get_tracer("scarcity"),
    )

    def web(readiness: Readiness) -> ASGIApp:
        return create_app(context, readiness, token=platform.token)

    return Service(
        name="gateway",
        follows=(
            route(StreamDefined, views.on_definition),
            route(WindowSealed, views.on_window),
            route(RecordLate, views.on_late),
            route(GraphUpdated, views.on_graph),
            route(EdgeChanged, views.on_change),
            route(ComponentUpdated, views.on_component),
            route(DeadLettered, views.on_dead_letter),
        ),
        web=web,
        on_drained=feed.close,
    )
