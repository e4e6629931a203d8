"""What the routes work with."""

from dataclasses import dataclass

from opentelemetry.trace import Tracer

from scarcity.bus.base import Bus
from scarcity.clock import Clock
from scarcity.runtime.publisher import Publisher
from scarcity.telemetry.metrics import Metrics
from services.gateway.access.desk import Desk
from services.gateway.commands import Commands
from services.gateway.domain.stream_view import StreamView
from services.gateway.domain.views import Views
from services.gateway.feed import Feed
from services.gateway.paging import Cursors
from services.gateway.problems import Problem
from services.gateway.replay import Replays
from services.gateway.settings import GatewaySettings


@dataclass(frozen=True, slots=True)
class Context:
    """Made once in `main`, passed to every router."""

    settings: GatewaySettings
    desk: Desk
    views: Views
    feed: Feed
    bus: Bus
    publisher: Publisher
    commands: Commands
    replays: Replays
    cursors: Cursors
    clock: Clock
    metrics: Metrics
    tracer: Tracer

    def stream(self, name: str) -> StreamView:
        """Return what is known of a stream; a 404 that says how to make one."""
        view = self.views.known(name)
        if view is None:
            raise Problem(
                404,
                f"there is no stream {name!r} yet; POST records to "
                f"/api/v1/streams/{name}/records to begin one",
            )
        return view
