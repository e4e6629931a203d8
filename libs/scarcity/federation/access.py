"""As whom a deployment comes to the cluster of its federation: `kafka.json` in its folder.

That cluster is somebody else's, so the deployment's own passwords and certificates are never shown
there. Without the file the cluster is taken to be open to its network.
"""

from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from scarcity.errors import ConfigError
from scarcity.federation.membership import first_problem

FILE = "kafka.json"
FILES = ("ca_file", "cert_file", "key_file", "password_file")


class Access(BaseModel):
    """What the settings that begin with SCARCITY_KAFKA_ say of the deployment's own Kafka."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tls: bool = False
    ca_file: Path | None = None
    """This and the other files: as they are, or beside `kafka.json`."""
    cert_file: Path | None = None
    key_file: Path | None = None
    username: str | None = None
    password_file: Path | None = None
    mechanism: Literal["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"] = "SCRAM-SHA-512"

    @classmethod
    def of(cls, folder: Path) -> Self:
        """Return what a folder says. ConfigError that says what is wrong with it."""
        path = folder / FILE
        try:
            return cls.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            return cls()
        except OSError as error:
            raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
        except ValidationError as error:
            raise ConfigError(f"{path}: {first_problem(error)}") from error

    def settings(self, folder: Path) -> dict[str, object]:
        """Return the fields of the platform's settings that this stands for, all of them."""
        placed = {
            name: None if path is None else folder / path
            for name in FILES
            for path in [getattr(self, name)]
        }
        named = {**self.model_dump(), **placed, "password": None}
        return {f"kafka_{name}": value for name, value in named.items()}
