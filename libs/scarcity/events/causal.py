"""Causal graphs and how they change."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from scarcity.events.base import Topic


class EdgeState(StrEnum):
    """What the engine holds of an edge."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNTESTED = "untested"


class EdgeForm(StrEnum):
    """What the numbers of an edge are about."""

    LINEAR = "linear"
    QUADRATIC = "quadratic"
    """The square of the source."""


@dataclass(frozen=True, slots=True)
class EdgeEvidence:
    """A directed lagged relation, how strong and how sure.

    `effect`, `se` and the interval are in standard deviations of the target per standard
    deviation of the source; `lag` is in steps. `rows` is how many they rest on, less what was
    fitted to them; 0 when untested.
    """

    source: str
    target: str
    lag: int
    effect: float
    se: float
    ci_low: float
    ci_high: float
    p_value: float
    q_value: float
    score: float
    stability: float
    state: EdgeState
    oriented: bool
    windows: int
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    form: EdgeForm = EdgeForm.LINEAR
    rows: int = 0
    imported: bool = False
    """Whether it is believed thanks to a prior only; the numbers are then those of that belief."""


class EdgeChange(StrEnum):
    """How an edge changed from one graph to the next."""

    APPEARED = "appeared"
    STRENGTHENED = "strengthened"
    WEAKENED = "weakened"
    FLIPPED = "flipped"
    VANISHED = "vanished"


@dataclass(frozen=True, slots=True)
class EdgeChanged:
    """One edge of a stream's graph changed, and on what evidence."""

    topic: ClassVar[Topic] = Topic("scarcity.v1.edges", "changes of single edges, with evidence")

    stream: str
    epoch: int
    graph_version: int
    at: datetime
    change: EdgeChange
    edge: EdgeEvidence
    previous_effect: float | None
    window_id: str
    regime: int
    """The number of the one that the graph describes."""

    @property
    def key(self) -> str:
        return self.stream

    @property
    def event_id(self) -> str:
        edge = self.edge
        return (
            f"{self.stream}/{self.epoch}/{self.graph_version}/"
            f"{edge.source}>{edge.target}@{edge.lag}/{self.change}"
        )

    @property
    def occurred_at(self) -> datetime:
        return self.at


@dataclass(frozen=True, slots=True)
class EdgeTable:
    """Edges by column, one entry per edge.

    `source` and `target` are positions in the graph's variables. Float columns are little-endian
    float64; `state` and `form` hold one byte per edge, the number in the proto file; times are
    microseconds since the epoch, 0 = never.
    """

    source: tuple[int, ...]
    target: tuple[int, ...]
    lag: tuple[int, ...]
    effect: bytes
    se: bytes
    ci_low: bytes
    ci_high: bytes
    p_value: bytes
    q_value: bytes
    score: bytes
    stability: bytes
    state: bytes
    oriented: bytes
    windows: tuple[int, ...]
    first_seen_us: tuple[int, ...]
    last_seen_us: tuple[int, ...]
    form: bytes
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ParentTable:
    """Which lagged sources the edges of each target are tested given; positions of variables."""

    target: tuple[int, ...]
    source: tuple[int, ...]
    lag: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CausalPath:
    """A chain of accepted edges: total effect, total delay in steps, and how sure."""

    variables: tuple[str, ...]
    lags: tuple[int, ...]
    effect: float
    delay: int
    score: float
    confidence: float


@dataclass(frozen=True, slots=True)
class EngineBudget:
    """What may be spent on a window, beyond keeping the evidence.

    The graph is brought up to date at every so manieth window, for so many `targets` at most (None
    = all), each with so many lagged parents at most; squares are looked at or not; and evidence is
    multiplied in single precision or not.
    """

    every: int
    targets: int | None
    most_parents: int
    nonlinear: bool
    single: bool


@dataclass(frozen=True, slots=True)
class Hyperedge:
    """Sources that act on a target jointly, beyond their single effects.

    `sources` and `target` are positions in the graph's variables, `lags` in steps. `effect`, `se`
    and the interval are in standard deviations of the target per standard deviation of the product
    of the sources; `rows` is how many they rest on, less what was fitted to them.
    """

    sources: tuple[int, ...]
    lags: tuple[int, ...]
    target: int
    effect: float
    se: float
    ci_low: float
    ci_high: float
    p_value: float
    q_value: float
    score: float
    state: EdgeState
    rows: int


@dataclass(frozen=True, slots=True)
class PriorWeighed:
    """A prior, and how far it is used.

    As far as it has foreseen rows of this regime better than what is known here: `trust`, 0 to 1.
    `rows` is how many it was judged by, `gain` the nats by which forecasts with it, used as far as
    it was trusted, are ahead of those without.
    """

    origin: str
    sequence: int
    at: datetime
    provenance: tuple[str, ...]
    trust: float
    rows: int
    gain: float


@dataclass(frozen=True, slots=True)
class BeliefTable:
    """Accepted edges of which a prior says something, by column, one entry per edge.

    `edge` and `prior` are positions in the graph's edges and priors. Float columns are
    little-endian float64: what the prior expects and how surely, and the q-value of the edge, own
    evidence and prior taken together. `imported` holds one byte per edge: 1 where it is believed
    thanks to the prior only.
    """

    edge: tuple[int, ...]
    prior: tuple[int, ...]
    imported: bytes
    effect: bytes
    se: bytes
    q_value: bytes


@dataclass(frozen=True, slots=True)
class GraphUpdated:
    """The whole causal graph of a stream at one version."""

    topic: ClassVar[Topic] = Topic(
        "scarcity.v1.graphs", "the newest causal graph of each stream", compacted=True
    )

    stream: str
    epoch: int
    version: int
    as_of: datetime
    rows: int
    windows: int
    variables: tuple[str, ...]
    max_lag: int
    tested: int
    possible: int
    edges: EdgeTable
    paths: tuple[CausalPath, ...]
    window_id: str
    regime: int
    """The number of the one that it describes; a past one that returned keeps its own."""
    parents: ParentTable
    fresh: int
    """Of the hypotheses tested, those with all evidence that there is."""
    budget: EngineBudget
    """Under which it was brought up to date."""
    hyperedges: tuple[Hyperedge, ...]
    priors: tuple[PriorWeighed, ...]
    beliefs: BeliefTable

    @property
    def key(self) -> str:
        return self.stream

    @property
    def event_id(self) -> str:
        return f"{self.stream}/{self.epoch}/graph/{self.version}"

    @property
    def occurred_at(self) -> datetime:
        return self.as_of


@dataclass(frozen=True, slots=True)
class EvidenceTable:
    """What the data say of tested edges, by column, one entry per edge.

    `source` and `target` are positions in the event's variables. Float columns are little-endian
    float64; `rows` is what they rest on, less what was fitted to them; `form` holds one byte per
    edge, the number in the proto file.
    """

    source: tuple[int, ...]
    target: tuple[int, ...]
    lag: tuple[int, ...]
    effect: bytes
    se: bytes
    rows: tuple[int, ...]
    form: bytes


@dataclass(frozen=True, slots=True)
class EvidenceGathered:
    """What the data of one stream say of its tested edges: what may be shared with peers.

    Likelihood only. No belief that came from elsewhere is in it, so that evidence of many may be
    added up and nothing counts twice; and no rows, so that none leaves the deployment.
    """

    topic: ClassVar[Topic] = Topic(
        "scarcity.v1.evidence", "what the data of each stream say of its edges; no rows"
    )

    stream: str
    epoch: int
    regime: int
    window_id: str
    at: datetime
    variables: tuple[str, ...]
    rows: int
    """Of the stream, so far."""
    max_lag: int
    edges: EvidenceTable
    """Accepted ones first, then the surest of the others."""

    @property
    def key(self) -> str:
        return self.stream

    @property
    def event_id(self) -> str:
        return f"{self.window_id}/evidence"

    @property
    def occurred_at(self) -> datetime:
        return self.at


@dataclass(frozen=True, slots=True)
class EngineConfiguration:
    """What an engine looks for, and how sure it is to be."""

    max_lag: int
    alpha: float
    min_effect: float
    nonlinear: bool
    half_life: float | None
    """In steps; None = a row always counts the same."""


@dataclass(frozen=True, slots=True)
class OutcomeMeasured:
    """How well a window was foreseen, under which configuration, and what that cost.

    `score` is the mean log density of a row of the window, under what was known before it, in the
    units of the data; None while nothing is expected yet. `seconds` is processor time.

    Half-lives are foreseen with in shadow: in steps, 0 = a row counts the same for ever; `losses`
    are nats a row so far, over `shadow_rows`, and `weights`, that sum to 1, how far each is to be
    preferred now.
    """

    topic: ClassVar[Topic] = Topic(
        "scarcity.v1.outcomes", "how well each window was foreseen, and what that cost"
    )

    stream: str
    epoch: int
    window_id: str
    at: datetime
    regime: int
    rows: int
    """Of the stream, this window included."""
    window_rows: int
    """Of them, those that this window brought."""
    score: float | None
    configuration: EngineConfiguration
    seconds: float
    budget: EngineBudget
    half_lives: tuple[float, ...] = ()
    weights: tuple[float, ...] = ()
    losses: tuple[float, ...] = ()
    shadow_rows: int = 0

    @property
    def key(self) -> str:
        return self.stream

    @property
    def event_id(self) -> str:
        return f"{self.window_id}/outcome"

    @property
    def occurred_at(self) -> datetime:
        return self.at
