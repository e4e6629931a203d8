"""What a stream would have to say for a member to have certain evidence."""

from datetime import datetime

from federation_of import CONTRACT
from scarcity.events import (
    DefinitionOrigin,
    EvidenceGathered,
    EvidenceTable,
    StreamDefined,
    Variable,
    WindowPolicy,
)
from scarcity.federation.alignment import Own
from scarcity.federation.protocol.contract import Contract


def local(contract: Contract) -> dict[str, str]:
    """Return the canonical names by those of every stream."""
    return {f"local-{name}": name for name in contract.names}


LOCAL = local(CONTRACT)
EDGES = tuple(CONTRACT.edges())


def definition(
    stream: str, at: datetime, unit: str = "", contract: Contract = CONTRACT
) -> StreamDefined:
    """Return the definition of a stream whose variables the contract knows."""
    return StreamDefined(
        stream=stream,
        version=1,
        defined_at=at,
        origin=DefinitionOrigin.EXPLICIT,
        variables=tuple(Variable(name, unit) for name in local(contract)),
        window=WindowPolicy(size=64),
    )


def evidence(
    own: Own, stream: str, at: datetime, contract: Contract = CONTRACT
) -> EvidenceGathered:
    """Return the event of a stream that leads to this, in the names of the stream."""
    edges = tuple(contract.edges())
    return EvidenceGathered(
        stream=stream,
        epoch=own.epoch,
        regime=0,
        window_id=f"{stream}/{own.epoch}/0-{own.step + 1}",
        at=at,
        variables=tuple(local(contract)),
        rows=own.rows,
        max_lag=contract.max_lag,
        edges=EvidenceTable(
            source=tuple(edge.source for edge in edges),
            target=tuple(edge.target for edge in edges),
            lag=tuple(edge.lag for edge in edges),
            effect=own.effect.astype("<f8").tobytes(),
            se=own.se.astype("<f8").tobytes(),
            rows=(own.rows,) * len(edges),
            form=b"\x01" * len(edges),
        ),
    )
