"""As whom a Kafka cluster is spoken to, and how its brokers prove who they are.

The protocol follows from what is given:

    neither          PLAINTEXT
    tls              SSL, and with a certificate of our own both sides prove who they are
    sasl             SASL_PLAINTEXT: the password is not sent, but everything else can be read
    tls and sasl     SASL_SSL

Files are read once per process, so that a new certificate needs a restart.
"""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from scarcity.errors import ConfigError

Protocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
Mechanism = Literal["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"]


@dataclass(frozen=True, slots=True)
class Tls:
    """Whom to believe, and the certificate to show when the brokers ask for one."""

    ca_file: Path | None = None
    """PEM; the certificates of the machine when None."""
    cert_file: Path | None = None
    """PEM, with those that lead to the CA behind it."""
    key_file: Path | None = None
    """PEM, without a pass phrase."""

    def __post_init__(self) -> None:
        if (self.cert_file is None) != (self.key_file is None):
            there, missing = (
                ("key", "certificate") if self.cert_file is None else ("certificate", "key")
            )
            raise ConfigError(
                f"a client {there} for Kafka without its {missing}: set both "
                "SCARCITY_KAFKA_CERT_FILE and SCARCITY_KAFKA_KEY_FILE, or neither"
            )


@dataclass(frozen=True, slots=True)
class Sasl:
    """A user of the cluster."""

    username: str
    password: str = field(repr=False)
    mechanism: Mechanism = "SCRAM-SHA-512"

    def __post_init__(self) -> None:
        if not self.username or not self.password:
            missing = "password" if self.username else "user name"
            raise ConfigError(
                f"no {missing} for Kafka: set both SCARCITY_KAFKA_USERNAME and "
                "SCARCITY_KAFKA_PASSWORD_FILE (or SCARCITY_KAFKA_PASSWORD), or neither"
            )


@dataclass(frozen=True, slots=True)
class Security:
    """How to get in; with nothing given, as to a cluster that is open to its network."""

    tls: Tls | None = None
    sasl: Sasl | None = None

    def __post_init__(self) -> None:
        if self.sasl and self.sasl.mechanism == "PLAIN" and self.tls is None:
            raise ConfigError(
                "PLAIN would send the password in the clear: set SCARCITY_KAFKA_TLS=true, or "
                "SCARCITY_KAFKA_MECHANISM=SCRAM-SHA-512"
            )

    @property
    def protocol(self) -> Protocol:
        """What Kafka calls this."""
        if self.sasl is None:
            return "PLAINTEXT" if self.tls is None else "SSL"
        return "SASL_PLAINTEXT" if self.tls is None else "SASL_SSL"

    def __str__(self) -> str:
        parts: list[str] = [self.protocol]
        if self.sasl:
            parts.append(f"user {self.sasl.username} by {self.sasl.mechanism}")
        if self.tls:
            parts.append(f"CA {self.tls.ca_file or 'of this machine'}")
        if self.tls and self.tls.cert_file:
            parts.append(f"certificate {self.tls.cert_file}")
        return ", ".join(parts)


def arguments(security: Security) -> Mapping[str, object]:
    """Return what aiokafka's clients are told of it. ConfigError for files that do not serve."""
    told: dict[str, object] = {"security_protocol": security.protocol}
    if security.tls:
        told["ssl_context"] = context(security.tls)
    if security.sasl:
        told["sasl_mechanism"] = security.sasl.mechanism
        told["sasl_plain_username"] = security.sasl.username
        told["sasl_plain_password"] = security.sasl.password
    return told


@cache
def context(tls: Tls) -> ssl.SSLContext:
    """Return what connections are wrapped in: certificates and host names are checked."""
    made = _trusting(tls.ca_file)
    if tls.cert_file and tls.key_file:
        _show(made, tls.cert_file, tls.key_file)
    return made


def _trusting(ca_file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file)
    except ssl.SSLError as error:
        raise ConfigError(
            f"{ca_file} holds no certificate: SCARCITY_KAFKA_CA_FILE has to name the cluster's CA "
            "as PEM"
        ) from error
    except OSError as error:
        raise ConfigError(_unreadable("SCARCITY_KAFKA_CA_FILE", ca_file, error)) from error


def _show(made: ssl.SSLContext, cert_file: Path, key_file: Path) -> None:
    for name, path in (
        ("SCARCITY_KAFKA_CERT_FILE", cert_file),
        ("SCARCITY_KAFKA_KEY_FILE", key_file),
    ):
        try:
            path.read_bytes()
        except OSError as error:
            raise ConfigError(_unreadable(name, path, error)) from error
    try:
        # Without this, OpenSSL would ask whoever sits at the terminal for a pass phrase.
        made.load_cert_chain(cert_file, key_file, password="")
    except (ssl.SSLError, ValueError) as error:
        raise ConfigError(
            f"{cert_file} and {key_file} do not belong together: SCARCITY_KAFKA_CERT_FILE and "
            "SCARCITY_KAFKA_KEY_FILE have to name a certificate and its key without a pass phrase, "
            "as PEM"
        ) from error


def _unreadable(name: str, path: Path | None, error: OSError) -> str:
    return f"{name} names {path}, which cannot be read ({error.strerror}): name another file"
