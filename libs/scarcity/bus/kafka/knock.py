"""Why a Kafka cluster does not let us in.

aiokafka tries one address after another, logs what happened at each, and says in the end no more
than that nobody was reached. Most of that passes, and some does not: a wrong password, an unknown
CA, a port that speaks another protocol. So, once nobody was reached, every address is tried again
here, also those that the brokers name themselves, and whatever a retry cannot mend is told.
"""

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress

from aiokafka import errors as kafka
from aiokafka.conn import AIOKafkaConnection, collect_hosts, create_conn
from aiokafka.protocol.admin import SaslHandShakeRequest
from aiokafka.protocol.metadata import MetadataRequest

from scarcity.bus.kafka.security import arguments
from scarcity.bus.kafka.settings import KafkaSettings

PATIENCE_S = 5.0
"""For each step at each address."""
WRONG_NAME = {62, 64}
"""OpenSSL's codes for a certificate of another host name, and of another address."""
WRONG_TIME = {9, 10}
"""For one that does not hold yet, and for one that holds no more."""

Address = tuple[str, int]


async def why_not(settings: KafkaSettings) -> str | None:
    """Return what has to be changed; None when waiting may help."""
    addresses = [(host, port) for host, port, _ in collect_hosts(settings.bootstrap.split(","))]
    known = set(addresses)
    for address in addresses:  # which grows meanwhile
        try:
            named = await _enter(settings, address)
        except (kafka.KafkaError, OSError, TimeoutError) as error:
            if why := await _explained(error, settings, address):
                return why
        else:
            addresses += [each for each in named if each not in known]
            known.update(named)
    return None


async def _enter(settings: KafkaSettings, address: Address) -> Sequence[Address]:
    """Get in as any client does; return the addresses at which the brokers want to be reached."""
    connection = await _connected(address, arguments(settings.security))
    try:
        answer = await connection.send(MetadataRequest([]))
    finally:
        await connection.close()
    return [(broker[1], broker[2]) for broker in answer.brokers]


async def _connected(address: Address, how: Mapping[str, object]) -> AIOKafkaConnection:
    return await create_conn(*address, request_timeout_ms=round(PATIENCE_S * 1000), **how)


async def _explained(error: Exception, settings: KafkaSettings, address: Address) -> str | None:
    place = f"{address[0]}:{address[1]}"
    return (
        _of_certificate(error, place)
        or _of_user(error, settings, place)
        or await _of_silence(error, settings, address)
    )


def _of_certificate(error: Exception, place: str) -> str | None:
    if not isinstance(error, ssl.SSLCertVerificationError):
        return None
    if error.verify_code in WRONG_NAME:
        return (
            f"the certificate of Kafka at {place} is for another host ({error.verify_message}): "
            "name the broker as its certificate does, or give it one with this name"
        )
    if error.verify_code in WRONG_TIME:
        return (
            f"the certificate of Kafka at {place} does not hold ({error.verify_message}): give the "
            "broker a new one, or set the clock of this machine"
        )
    return (
        f"the certificate of Kafka at {place} cannot be trusted ({error.verify_message}): let "
        "SCARCITY_KAFKA_CA_FILE name the CA that signed it"
    )


def _of_user(error: Exception, settings: KafkaSettings, place: str) -> str | None:
    sasl = settings.security.sasl
    if sasl is None:
        return None
    if isinstance(error, kafka.SaslAuthenticationFailed):
        return (
            f"Kafka at {place} refuses the user {sasl.username} by {sasl.mechanism}: the password "
            "is wrong, or there is no such user; set SCARCITY_KAFKA_USERNAME and its password to "
            "those of the cluster"
        )
    if isinstance(error, kafka.UnsupportedSaslMechanismError):
        return (
            f"Kafka at {place} does not take {sasl.mechanism}: set SCARCITY_KAFKA_MECHANISM to "
            "what its listener has enabled"
        )
    if isinstance(error, kafka.IllegalSaslStateError):
        return (
            f"Kafka at {place} asks for no password there: name the port of its SASL listener, or "
            "unset SCARCITY_KAFKA_USERNAME and its password"
        )
    return None


async def _of_silence(error: Exception, settings: KafkaSettings, address: Address) -> str | None:
    """Tell why a broker hangs up without a word, by what it says to other ways of asking."""
    if not isinstance(error, kafka.KafkaConnectionError | ConnectionError | ssl.SSLError):
        return None
    place = f"{address[0]}:{address[1]}"
    security = settings.security
    if security.tls and await _is_plain(address):
        return (
            f"Kafka at {place} speaks no TLS: name the port of its TLS listener, or unset "
            "SCARCITY_KAFKA_TLS and its files"
        )
    if security.tls is None and await _is_tls(address):
        return f"Kafka at {place} speaks TLS: set SCARCITY_KAFKA_TLS=true"
    if _is_about_our_certificate(error):
        return (
            f"Kafka at {place} wants a client certificate that it trusts: set "
            "SCARCITY_KAFKA_CERT_FILE and SCARCITY_KAFKA_KEY_FILE to one that its CA signed"
        )
    if security.sasl is None and await _asks_for_user(arguments(security), address):
        return (
            f"Kafka at {place} asks for a user and a password: set SCARCITY_KAFKA_USERNAME and "
            "SCARCITY_KAFKA_PASSWORD_FILE"
        )
    return None


def _is_about_our_certificate(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError) and "ALERT" in (error.reason or ""):
            return "CERTIFICATE" in error.reason or "UNKNOWN_CA" in error.reason
        error = error.__cause__
    return False


async def _is_plain(address: Address) -> bool:
    try:
        connection = await _connected(address, {"security_protocol": "PLAINTEXT"})
    except (kafka.KafkaError, OSError, TimeoutError):
        return False
    await connection.close()
    return True


async def _is_tls(address: Address) -> bool:
    trusting = ssl.create_default_context()
    # Nothing is said and nothing believed: it is only to be known what is spoken there.
    trusting.check_hostname = False
    trusting.verify_mode = ssl.CERT_NONE
    try:
        async with asyncio.timeout(PATIENCE_S):
            _, writer = await asyncio.open_connection(*address, ssl=trusting)
    except (OSError, TimeoutError):
        return False
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return True


async def _asks_for_user(how: Mapping[str, object], address: Address) -> bool:
    try:
        connection = await _connected(address, how)
    except (kafka.KafkaError, OSError, TimeoutError):
        return False
    try:
        answer = await connection.send(SaslHandShakeRequest("SCRAM-SHA-512"))
    finally:
        await connection.close()
    # Where nobody has to say who they are, there is nothing to shake hands on.
    return bool(answer.error_code != kafka.IllegalSaslStateError.errno)
