"""The vocabulary of the Runtime Bus on one screen."""

from scarcity.events.base import Event, Topic
from scarcity.events.catalog import RAW, state_topic, topics
from scarcity.events.causal import (
    CausalPath,
    EdgeChange,
    EdgeChanged,
    EdgeEvidence,
    EdgeState,
    EdgeTable,
    GraphUpdated,
)
from scarcity.events.codec import Envelope, decode, encode
from scarcity.events.control import (
    ComponentStatus,
    ComponentUpdated,
    HeartbeatSent,
    InstanceState,
    StateSaved,
)
from scarcity.events.stream import (
    DeadLettered,
    DefinitionOrigin,
    RecordLate,
    ReferenceEdge,
    Resample,
    StreamDefined,
    Variable,
    VariableKind,
    WindowKind,
    WindowPolicy,
    WindowQuality,
    WindowSealed,
    pack_matrix,
)

__all__ = [
    "RAW",
    "CausalPath",
    "ComponentStatus",
    "ComponentUpdated",
    "DeadLettered",
    "DefinitionOrigin",
    "EdgeChange",
    "EdgeChanged",
    "EdgeEvidence",
    "EdgeState",
    "EdgeTable",
    "Envelope",
    "Event",
    "GraphUpdated",
    "HeartbeatSent",
    "InstanceState",
    "RecordLate",
    "ReferenceEdge",
    "Resample",
    "StateSaved",
    "StreamDefined",
    "Topic",
    "Variable",
    "VariableKind",
    "WindowKind",
    "WindowPolicy",
    "WindowQuality",
    "WindowSealed",
    "decode",
    "encode",
    "pack_matrix",
    "state_topic",
    "topics",
]
