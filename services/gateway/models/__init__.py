"""The JSON of the HTTP surface, as OpenAPI publishes it."""

from services.gateway.models.base import (
    NOT_FOUND,
    OVERTAKEN,
    REFUSED,
    UNUSABLE,
    BodyModel,
    ProblemModel,
    Strict,
)
from services.gateway.models.components import (
    CommandModel,
    ComponentDetailsModel,
    ComponentsModel,
    PendingModel,
)
from services.gateway.models.dead_letters import (
    DeadLetterDetailsModel,
    DeadLettersModel,
    RehearsedModel,
    ReplayAllModel,
    ReplayModel,
    SentModel,
)
from services.gateway.models.events import (
    EdgeEventDetailsModel,
    EventDetailsModel,
    EventsModel,
)
from services.gateway.models.graphs import ChangeModel, EdgeDetailsModel, GraphModel
from services.gateway.models.history import (
    DifferencesModel,
    GraphThenModel,
    HistoryModel,
    PathsModel,
)
from services.gateway.models.ingest import IngestModel, RefusedModel, WarningModel
from services.gateway.models.streams import (
    AcceptedModel,
    DefinitionModel,
    StreamDetailsModel,
    StreamModel,
    StreamsModel,
    VariableModel,
    WindowPolicyModel,
)
from services.gateway.models.system import FederationModel, GovernorModel, LearningModel
from services.gateway.models.traces import TraceDetailsModel, TracesModel

__all__ = [
    "NOT_FOUND",
    "OVERTAKEN",
    "REFUSED",
    "UNUSABLE",
    "AcceptedModel",
    "BodyModel",
    "ChangeModel",
    "CommandModel",
    "ComponentDetailsModel",
    "ComponentsModel",
    "DeadLetterDetailsModel",
    "DeadLettersModel",
    "DefinitionModel",
    "DifferencesModel",
    "EdgeDetailsModel",
    "EdgeEventDetailsModel",
    "EventDetailsModel",
    "EventsModel",
    "FederationModel",
    "GovernorModel",
    "GraphModel",
    "GraphThenModel",
    "HistoryModel",
    "IngestModel",
    "LearningModel",
    "PathsModel",
    "PendingModel",
    "ProblemModel",
    "RefusedModel",
    "RehearsedModel",
    "ReplayAllModel",
    "ReplayModel",
    "SentModel",
    "StreamDetailsModel",
    "StreamModel",
    "StreamsModel",
    "Strict",
    "TraceDetailsModel",
    "TracesModel",
    "VariableModel",
    "WarningModel",
    "WindowPolicyModel",
]
