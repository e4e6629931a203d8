"""Wires the front door to the bus."""

import secrets
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from starlette.types import ASGIApp

from scarcity.bus.base import Delivery, Start
from scarcity.events import (
    BudgetDecided,
    BudgetGranted,
    CommandJudged,
    ComponentConfigured,
    ComponentUpdated,
    DeadLettered,
    DomainLearned,
    EdgeChanged,
    Event,
    GraphUpdated,
    RecordLate,
    ResourcesSampled,
    RoundJudged,
    StreamDefined,
    TrialJudged,
    WindowSealed,
)
from scarcity.runtime.process import Platform
from scarcity.runtime.service import Effect, Route, Service, on, route
from scarcity.runtime.settings import load
from scarcity.runtime.web import Readiness
from services.gateway.app import create_app
from services.gateway.commands import Commands
from services.gateway.context import Context
from services.gateway.domain.views import Views
from services.gateway.feed import Feed
from services.gateway.settings import GatewaySettings

E = TypeVar("E", bound=Event)


def build(platform: Platform) -> Service:
    """Return the service, ready to run."""
    feed = Feed(boot=secrets.token_hex(4))
    views = Views(now=platform.clock.now, show=feed.show)
    publisher = platform.publisher("gateway")
    context = Context(
        settings=load(GatewaySettings),
        views=views,
        feed=feed,
        publisher=publisher,
        commands=Commands(publisher),
        clock=platform.clock,
        metrics=platform.metrics,
        tracer=platform.tracing.get_tracer("scarcity"),
    )

    def web(readiness: Readiness) -> ASGIApp:
        return create_app(context, readiness, token=platform.token)

    return Service(
        name="gateway",
        follows=(
            _compacted(StreamDefined, views.on_definition, views.on_forgotten),
            route(WindowSealed, views.on_window),
            route(RecordLate, views.on_late),
            _compacted(GraphUpdated, views.on_graph, views.on_graph_forgotten),
            route(EdgeChanged, views.on_change),
            route(ComponentUpdated, views.on_component),
            route(ComponentConfigured, views.on_configured),
            # In this order, so that whoever waits for a command finds it when he looks.
            route(CommandJudged, _all(views.on_judged, context.commands.on_judged)),
            route(DeadLettered, views.on_dead_letter),
            route(ResourcesSampled, views.on_sample, start=Start.LATEST),
            route(BudgetGranted, views.on_grant),
            route(BudgetDecided, views.on_decision),
            route(RoundJudged, views.on_round),
            route(DomainLearned, views.on_learned),
            route(TrialJudged, views.on_trial),
        ),
        web=web,
        on_drained=feed.close,
    )


def _all(*handlers: Callable[[E], Iterable[Event]]) -> Callable[[E], Iterable[Event]]:
    """Return what hands an event to each of several handlers."""
    return lambda event: [told for handle in handlers for told in handle(event)]


def _compacted(
    event_type: type[E],
    handle: Callable[[E], Iterable[Event]],
    forget: Callable[[str], None],
) -> Route:
    """Return the route of a topic where a tombstone says that its key is to be forgotten."""
    decoded = on(event_type, handle)

    def handle_all(deliveries: Sequence[Delivery]) -> Iterable[Effect]:
        for delivery in deliveries:
            if delivery.value is None:
                forget(delivery.key)
            else:
                yield from decoded([delivery])

    return Route(event_type.topic, handle_all)
