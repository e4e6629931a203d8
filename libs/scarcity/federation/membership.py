"""What a deployment keeps of its place in a federation: one folder, written by the command line.

membership.json   who it is, where the others are, and what they agreed upon
key.pem           what it signs with
authority.pem     only with whoever admits members, who should keep it away from the network
"""

from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from scarcity.errors import ConfigError
from scarcity.federation.protocol.contract import Contract, Mapping
from scarcity.federation.protocol.identity import Identity
from scarcity.federation.rule_name import RuleName

FILE, KEY, AUTHORITY = "membership.json", "key.pem", "authority.pem"
LOCAL = "local"
"""The deployment's own bus, where several members share one, as in a demo or a test."""

PartOfTopic = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
"""The name of a federation or a peer. Dots divide the names of topics, so there are none in it."""
PublicKey = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""in hexadecimal"""
Place = Annotated[str, StringConstraints(pattern=rf"^({LOCAL}|kafka://[^/\s]+)$")]
"""Where a federation meets: kafka://HOST:9092, several with commas between, or LOCAL."""


class Rhythm(BaseModel):
    """When rounds are, and how many peers they need; what the coordinator says counts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    every_s: float = Field(60.0, ge=1, le=86_400)
    input_s: float = Field(20.0, ge=0.5, le=3600)
    quorum: int | None = Field(None, ge=2)
    """none = three of five, and three at least"""


class Membership(BaseModel):
    """One deployment in one federation, with one stream."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    federation: PartOfTopic
    peer: PartOfTopic
    authority: PublicKey
    """of who admits members"""
    bus: Place
    contract: Contract
    mapping: Mapping
    rounds: Rhythm = Rhythm()
    rule: RuleName = "trusted"
    """How evidence is put together."""
    q: float = Field(0.05, gt=0, lt=1)
    """The false-discovery rate that accepted edges may have."""
    bad: int = Field(0, ge=0)
    """How many dishonest peers a rule that needs to know shall bear."""

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read a membership. ConfigError that says what is wrong with it."""
        path = folder / FILE
        try:
            return cls.model_validate_json(path.read_bytes())
        except FileNotFoundError as error:
            raise ConfigError(
                f"{path} does not exist: `scarcity federation init` founds a federation, "
                "`join` enters one"
            ) from error
        except OSError as error:
            raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
        except ValidationError as error:
            raise ConfigError(f"{path}: {first_problem(error)}") from error

    def save(self, folder: Path) -> None:
        """Write it into a folder. ConfigError when there is one already."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / FILE
        if path.exists():
            raise ConfigError(f"{path} is there already: choose another --dir")
        path.write_text(self.model_dump_json(indent=2) + "\n")

    @property
    def authority_key(self) -> bytes:
        return bytes.fromhex(self.authority)


def first_problem(error: ValidationError) -> str:
    """Say in words what is wrong with a document, and where."""
    first = error.errors(include_url=False)[0]
    said = first["msg"].removeprefix("Value error, ")
    return ": ".join([*filter(None, [".".join(map(str, first["loc"]))]), said])


def memberships(folder: Path) -> list[tuple[Path, Membership]]:
    """Return what is in a folder, or in those directly in it. ConfigError when there is nothing."""
    folders = [path.parent for path in sorted([*folder.glob(FILE), *folder.glob(f"*/{FILE}")])]
    if not folders:
        raise ConfigError(
            f"{folder} holds no {FILE}: `scarcity federation init` or `join` writes one"
        )
    return [(found, Membership.load(found)) for found in folders]


def identity(folder: Path) -> Identity:
    """Return the key that a member signs with. ConfigError when it cannot be read."""
    path = folder / KEY
    try:
        return Identity.load(path)
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be read ({error.strerror}): it must belong to the user that runs this"
        ) from error
