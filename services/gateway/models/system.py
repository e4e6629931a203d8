"""Resources, federations and learning."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from scarcity.events import (
    GovernorLevel,
    PeerJudged,
    PooledEdge,
    PrivacySpent,
    ResourceSample,
    RoundOutcome,
    StatementsRefused,
    StreamLearned,
    TrialAction,
    TrialStage,
)
from scarcity.governor.policy import Policy
from services.gateway.models.base import Strict


class GrantModel(Strict):
    """What DRG grants an instance."""

    share: float
    is_paused: bool
    level: GovernorLevel
    epoch: int
    sequence: int
    at: datetime
    ttl_s: float


class TermsModel(Strict):
    """What a governor holds. Null stands for what is not known, or not wanted otherwise."""

    version: int | None = Field(
        description="of what is wanted of it; 0 = as it was started, null = not known: "
        "it is not heard of, or its instances differ"
    )
    limits: Policy | None
    priority: int | None = Field(description="0 is cut last; DRG alone has any")
    lease_s: float | None = Field(description="for how long a grant is good; DRG alone grants")
    is_dry_run: bool | None = Field(description="whether it decides and changes nothing")


class PolicyModel(Strict):
    """What a governor holds of an instance, and what it should."""

    by: Literal["reflex", "drg"]
    component: str = Field(description="of which it is wanted: `PUT /components/{name}`")
    in_force: TermsModel
    wanted: TermsModel


class GovernedModel(Strict):
    """An instance: what it has and uses, and what it may spend."""

    id: str
    component: str
    at: datetime
    share: float = Field(description="of full work that it does")
    sample: ResourceSample
    granted: GrantModel | None
    policies: list[PolicyModel] = Field(description="of its reflex, and of DRG")


class DecisionModel(Strict):
    """A decision of a governor, and the sample behind it."""

    component: str
    instance: str
    at: datetime
    by: str
    rule: str
    binding: str = Field(description="the resource that decides")
    load: float | None
    predicted: float | None
    time_to_limit_s: float | None
    share_before: float
    share: float
    level_before: GovernorLevel
    level: GovernorLevel
    sample: ResourceSample
    is_dry_run: bool
    text: str = Field(description="the same in words")


class GovernorModel(Strict):
    """The instances that are there, and a page of decisions, newest first."""

    instances: list[GovernedModel]
    decisions: list[DecisionModel]
    next: str | None


class RoundModel(Strict):
    """A round of a federation, in short."""

    federation: str
    peer: str
    round: int
    mode: str
    at: datetime
    outcome: RoundOutcome
    reason: str
    accepted: int
    contested: int
    peers: list[PeerJudged]
    text: str = Field(description="the same in words")


class StandingModel(Strict):
    """How a peer stands to what a round came to."""

    peer: str
    supports: int = Field(description="accepted and contested edges that it is for")
    opposes: int = Field(description="accepted and contested edges that it is against")
    refused: dict[str, int] = Field(
        description="statements of it that were not let in, since the start, by reason"
    )


class MembershipModel(RoundModel):
    """A membership, with all that its newest round says."""

    subject: str
    stream: str
    rule: str
    quorum: int
    late: int
    edges: list[PooledEdge]
    refused: list[StatementsRefused]
    standing: list[StandingModel] = Field(description="of everybody who was heard, by name")
    privacy: PrivacySpent | None


class FederationModel(Strict):
    """The memberships, and a page of rounds, newest first."""

    memberships: list[MembershipModel]
    rounds: list[RoundModel]
    next: str | None


class DomainModel(Strict):
    """What the newest look at a domain says."""

    domain: str
    sequence: int
    at: datetime
    streams: list[StreamLearned]


class HalfLifeModel(Strict):
    """How far a stream's rows prefer a half-life."""

    steps: float
    weight: float


class TrialJudgedModel(Strict):
    """What was decided about a half-life on trial."""

    id: str
    at: datetime
    stream: str
    window_id: str
    action: TrialAction
    stage: TrialStage
    by: str
    trusted: float
    candidate: float
    running: float
    rows: int
    gain: float
    e_value: float
    why: str
    half_lives: list[HalfLifeModel]


class LearningModel(Strict):
    """Every domain, and a page of decisions about trials, newest first."""

    domains: list[DomainModel]
    trials: list[TrialJudgedModel]
    next: str | None
