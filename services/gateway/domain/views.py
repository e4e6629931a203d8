"""The read models behind the HTTP surface, and what each event means for a live screen."""

from collections.abc import Callable, Iterable
from datetime import datetime

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
from services.gateway.domain.components_view import ComponentsView, command_document
from services.gateway.domain.documents import change_document, stream_document
from services.gateway.domain.federation_view import FederationView, round_document
from services.gateway.domain.governor_view import GovernorView, decision_document
from services.gateway.domain.journal import Entry, Journal
from services.gateway.domain.letters import Letters
from services.gateway.domain.meta_view import MetaView, trial_document
from services.gateway.domain.replayed import Replayed
from services.gateway.domain.stream_view import StreamView
from services.gateway.domain.telling import event_document
from services.gateway.domain.traces_view import TracesView

Show = Callable[[str, dict[str, object]], None]
"""Puts a kind of live event and its JSON on every open screen."""


class Views:
    """Everything the gateway can show. Handlers return no events: they end here."""

    def __init__(self, *, now: Callable[[], datetime], show: Show) -> None:
        self._now = now
        self._show = show
        self.streams: dict[str, StreamView] = {}
        self.components = ComponentsView()
        self.journal = Journal()
        self.replayed = Replayed()
        self.letters = Letters(self.journal, self.replayed)
        self.governor = GovernorView(now=now)
        self.federation = FederationView()
        self.meta = MetaView()
        self.traces = TracesView()

    def known(self, stream: str) -> StreamView | None:
        """Return what is known of a stream; None unless it is defined.

        Every stream is, from its first window on, until it is forgotten. What else the topics
        still hold of a forgotten one stays out of sight.
        """
        view = self.streams.get(stream)
        return view if view and view.definition else None

    def on_definition(self, definition: StreamDefined) -> Iterable[Event]:
        self._stream(definition.stream).on_definition(definition)
        self._show_stream(definition.stream)
        return ()

    def on_forgotten(self, stream: str) -> None:
        """Take a stream out of sight: its definition was deleted."""
        was_known = self.known(stream) is not None
        if stream in self.streams:
            self.streams[stream].forget()
        if was_known:
            self._show("forgotten", {"id": stream})

    def on_window(self, window: WindowSealed) -> Iterable[Event]:
        if self._stream(window.stream).on_window(window, now=self._now()):
            self._show_stream(window.stream)
        return ()

    def on_late(self, record: RecordLate) -> Iterable[Event]:
        self._stream(record.stream).late += 1
        return ()

    def on_graph(self, update: GraphUpdated) -> Iterable[Event]:
        view = self._stream(update.stream)
        view.on_graph(update)
        summary: dict[str, object] = {
            "edges": view.cross_edges,
            "stream": update.stream,
            "version": update.version,
            "rows": update.rows,
            "windows": update.windows,
        }
        self._show("graph", summary)
        return ()

    def on_graph_forgotten(self, stream: str) -> None:
        """Drop a graph that was deleted."""
        if stream in self.streams:
            self.streams[stream].forget_graph()

    def changes_of(self, stream: str, source: str, target: str, lag: int) -> Iterable[EdgeChanged]:
        """Return what became of an edge of a stream, newest first."""
        for entry in self.journal.of("edge"):
            changed = entry.event
            assert isinstance(changed, EdgeChanged)
            edge = changed.edge
            place = (changed.stream, edge.source, edge.target, edge.lag)
            if place == (stream, source, target, lag):
                yield changed

    def on_component(self, component: ComponentUpdated) -> Iterable[Event]:
        self.components.on_status(component)
        return self._show_component(component.component)

    def on_configured(self, wanted: ComponentConfigured) -> Iterable[Event]:
        self.components.on_configured(wanted)
        return self._show_component(wanted.component)

    def on_judged(self, judged: CommandJudged) -> Iterable[Event]:
        if self.components.on_judged(judged):
            self._show("command", command_document(judged))
        return ()

    def on_sample(self, told: ResourcesSampled) -> Iterable[Event]:
        self.governor.on_sample(told)
        return ()

    def on_grant(self, grant: BudgetGranted) -> Iterable[Event]:
        self.governor.on_grant(grant)
        return ()

    def on_decision(self, decision: BudgetDecided) -> Iterable[Event]:
        if self.governor.on_decision(decision):
            self._show("decision", decision_document(decision))
        return ()

    def on_round(self, judged: RoundJudged) -> Iterable[Event]:
        if self.federation.on_round(judged):
            self._show("round", round_document(judged))
        return ()

    def on_learned(self, learned: DomainLearned) -> Iterable[Event]:
        self.meta.on_learned(learned)
        return ()

    def on_trial(self, judged: TrialJudged) -> Iterable[Event]:
        if self.meta.on_trial(judged):
            self._show("trial", trial_document(judged))
        return ()

    def on_spans(self, told: SpansEnded) -> Iterable[Event]:
        self.traces.on_spans(told)
        return ()

    def on_replayed(self, replayed: DeadLettersReplayed) -> Iterable[Event]:
        self.replayed.add(replayed)
        return ()

    def keep(self, entry: Entry) -> None:
        """Keep an event for whoever looks later; before its handler is called, if it has one."""
        event = entry.event
        if isinstance(event, ComponentUpdated) and not self.components.is_news(event):
            return
        if not self.journal.add(entry):
            return
        match event:
            case EdgeChanged():
                self._show("edge", change_document(event))
            case DeadLettered():
                self.letters.count(event)
                # Whoever looks on may not read what producers sent; operators ask for it.
                self._show("dead-letter", {**self.letters.document(entry), "preview": None})
            case DeadLettersReplayed():
                self._show("replay", event_document(entry))

    def _stream(self, name: str) -> StreamView:
        return self.streams.setdefault(name, StreamView(name))

    def _show_component(self, name: str) -> Iterable[Event]:
        self._show("component", self.components.document(name))
        return ()

    def _show_stream(self, name: str) -> None:
        if view := self.known(name):
            self._show("stream", stream_document(view, now=self._now()))
