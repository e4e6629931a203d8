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
from services.gateway.domain.documents import stream_document
from services.gateway.domain.federation_view import FederationView, round_document
from services.gateway.domain.governor_view import GovernorView, decision_document
from services.gateway.domain.history import History, Told
from services.gateway.domain.journal import Entry, Journal
from services.gateway.domain.letters import Letters
from services.gateway.domain.meta_view import MetaView, trial_document
from services.gateway.domain.past import Past
from services.gateway.domain.replayed import Replayed
from services.gateway.domain.stream_view import StreamView
from services.gateway.domain.telling import LiveKind, event_document, stream_of
from services.gateway.domain.traces_view import TracesView

Show = Callable[[LiveKind, dict[str, object], str | None], None]
"""Puts a live event on every open screen: its kind, its JSON, and the stream that it is about."""


class Views:
    """Everything the gateway can show. Handlers return no events: they end here."""

    def __init__(self, *, now: Callable[[], datetime], show: Show) -> None:
        self._now = now
        self._show = show
        self.streams: dict[str, StreamView] = {}
        self.components = ComponentsView()
        self.journal = Journal()
        self.history = History()
        self.replayed = Replayed()
        self.letters = Letters(self.journal, self.replayed)
        self.governor = GovernorView(self.components, now=now)
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
        known = self.known(stream)
        if known and known.definition:
            self.history.forget(stream, known.definition.epoch)
        if stream in self.streams:
            self.streams[stream].forget()
        if known:
            self._show("forgotten", {"id": stream}, stream)

    def on_window(self, window: WindowSealed) -> Iterable[Event]:
        self.history.begin(window.stream, window.epoch, window.end_time)
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
        self._show("graph", summary, update.stream)
        return ()

    def on_graph_forgotten(self, stream: str) -> None:
        """Drop a graph that was deleted."""
        if stream in self.streams:
            self.streams[stream].forget_graph()

    def past(self, view: StreamView) -> Past | None:
        """Return what the graph of a stream was; None while it has none."""
        graph, update = view.graph, view.update
        if graph is None or update is None:
            return None
        kept = self.history.of(update.stream, update.epoch)
        begun = self.history.begun(update.stream, update.epoch)
        return Past(kept, graph, as_of=update.as_of, begun=begun)

    def changes_of(self, stream: str, source: str, target: str, lag: int) -> Iterable[Told]:
        """Return what became of an edge of a stream in the epoch of its graph, newest first."""
        view = self.streams.get(stream)
        if view is None or view.update is None:
            return ()
        return self.history.of(stream, view.update.epoch).changes_of((source, target, lag))

    def on_component(self, component: ComponentUpdated) -> Iterable[Event]:
        self.components.on_status(component)
        return self._show_component(component.component)

    def on_configured(self, wanted: ComponentConfigured) -> Iterable[Event]:
        self.components.on_configured(wanted)
        return self._show_component(wanted.component)

    def on_judged(self, judged: CommandJudged) -> Iterable[Event]:
        if self.components.on_judged(judged):
            self._show("command", command_document(judged), None)
        return ()

    def on_sample(self, told: ResourcesSampled) -> Iterable[Event]:
        self.governor.on_sample(told)
        return ()

    def on_grant(self, grant: BudgetGranted) -> Iterable[Event]:
        self.governor.on_grant(grant)
        return ()

    def on_decision(self, decision: BudgetDecided) -> Iterable[Event]:
        if self.governor.on_decision(decision):
            self._show("decision", decision_document(decision), None)
        return ()

    def on_round(self, judged: RoundJudged) -> Iterable[Event]:
        if self.federation.on_round(judged):
            self._show("round", round_document(judged), stream_of(judged))
        return ()

    def on_learned(self, learned: DomainLearned) -> Iterable[Event]:
        self.meta.on_learned(learned)
        return ()

    def on_trial(self, judged: TrialJudged) -> Iterable[Event]:
        if self.meta.on_trial(judged):
            self._show("trial", trial_document(judged), judged.stream)
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
        if isinstance(event, EdgeChanged):
            self.history.add(event, entry.trace_id)
        stream = stream_of(event)
        match event:
            case EdgeChanged() | StreamDefined() | DomainLearned() | DeadLettersReplayed():
                self._show(entry.kind, event_document(entry), stream)
            case DeadLettered():
                self.letters.count(event)
                # Whoever looks on may not read what producers sent; operators ask for it.
                shown = {**self.letters.document(entry), "preview": None}
                self._show("dead-letter", shown, stream)

    def _stream(self, name: str) -> StreamView:
        return self.streams.setdefault(name, StreamView(name))

    def _show_component(self, name: str) -> Iterable[Event]:
        self._show("component", self.components.document(name), None)
        return ()

    def _show_stream(self, name: str) -> None:
        if view := self.known(name):
            self._show("stream", stream_document(view, now=self._now()), name)
