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
    DeadLettersReplayed,
    DomainLearned,
    EdgeChanged,
    Event,
    GraphUpdated,
    RecordLate,
    ResourcesSampled,
    RoundJudged,
    SpansEnded,
    StreamDefined,
    TrialJudged,
    WindowSealed,
)
from scarcity.runtime.process import Platform
from scarcity.runtime.service import Effect, Route, Service, route
from scarcity.runtime.settings import load
from scarcity.runtime.web import Readiness
from services.gateway.access.desk import Desk
from services.gateway.app import create_app
from services.gateway.commands import Commands
from services.gateway.context import Context
from services.gateway.domain.views import Views
from services.gateway.feed import Feed
from services.gateway.paging import Cursors
from services.gateway.reading import Handlers, kept, nothing_more
from services.gateway.replay import Replays
from services.gateway.settings import GatewaySettings

E = TypeVar("E", bound=Event)


def build(platform: Platform) -> Service:
    """Return the service, ready to run."""
    feed = Feed(boot=secrets.token_hex(4))
    views = Views(now=platform.clock.now, show=feed.show)
    publisher = platform.publisher("gateway")
    settings = load(GatewaySettings)
    desk = Desk(settings, token=platform.token, now=platform.clock.now, metrics=platform.metrics)
    context = Context(
        settings=settings,
        desk=desk,
        views=views,
        feed=feed,
        bus=platform.bus,
        publisher=publisher,
        commands=Commands(publisher),
        replays=Replays(platform.bus, publisher, views.replayed, platform.clock),
        cursors=Cursors(settings.session_secret or platform.token),
        clock=platform.clock,
        metrics=platform.metrics,
        tracer=platform.tracing.get_tracer("scarcity"),
    )

    def web(readiness: Readiness) -> ASGIApp:
        return create_app(context, readiness)

    return Service(
        name="gateway",
        follows=(
            desk.route,
            _forgetting(_kept(views, {StreamDefined: views.on_definition}), views.on_forgotten),
            route(WindowSealed, views.on_window),
            route(RecordLate, views.on_late),
            _forgetting(route(GraphUpdated, views.on_graph), views.on_graph_forgotten),
            _kept(views, {EdgeChanged: nothing_more}),
            _kept(views, {ComponentUpdated: views.on_component}),
            route(ComponentConfigured, views.on_configured),
            _kept(
                views,
                {
                    # In this order, so that whoever waits for a command finds it when he looks.
                    CommandJudged: _all(views.on_judged, context.commands.on_judged),
                    DeadLettersReplayed: views.on_replayed,
                },
            ),
            _kept(views, {DeadLettered: nothing_more}),
            route(ResourcesSampled, views.on_sample, start=Start.LATEST),
            route(BudgetGranted, views.on_grant),
            _kept(views, {BudgetDecided: views.on_decision}),
            _kept(views, {RoundJudged: views.on_round}),
            _kept(views, {DomainLearned: views.on_learned}),
            _kept(views, {TrialJudged: views.on_trial}),
            route(SpansEnded, views.on_spans, start=Start.LATEST),
        ),
        web=web,
        on_drained=feed.close,
    )


def _all(*handlers: Callable[[E], Iterable[Event]]) -> Callable[[E], Iterable[Event]]:
    """Return what hands an event to each of several handlers."""
    return lambda event: [told for handle in handlers for told in handle(event)]


def _kept(views: Views, handlers: Handlers) -> Route:
    """Return the route of a topic whose events are kept to be shown, and handled by type."""
    topic = next(iter(handlers)).topic
    return Route(topic, kept(views.keep, handlers))


def _forgetting(known: Route, forget: Callable[[str], None]) -> Route:
    """Return the route of a topic where a tombstone says that its key is to be forgotten."""

    def handle_all(deliveries: Sequence[Delivery]) -> Iterable[Effect]:
        for delivery in deliveries:
            if delivery.value is None:
                forget(delivery.key)
            else:
                yield from known.handle([delivery])

    return Route(known.topic, handle_all)
