"""A Kafka that lets nobody in unasked: TLS, passwords, and an authorizer that denies by default.

Four listeners for clients, on 127.0.0.1 only:

    bootstrap      SASL_SSL with SCRAM-SHA-512; a user is called after its service
    certified      SSL, where whoever comes shows a certificate; its common name is the user
    unencrypted    SASL_PLAINTEXT with SCRAM-SHA-512
    misnamed       as the first, but the broker calls itself otherwise than its certificate does

Brokers and controllers speak over the second kind, as the super user `broker`.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Self

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.protocol.admin import CreateAclsRequest_v1, DescribeAclsRequest

from ports import free_port
from realkafka.base import Broker
from realkafka.certificates import Authority, Pair
from realkafka.jvm import JvmBroker
from scarcity.bus.kafka.security import Sasl, Security, Tls
from scarcity.bus.kafka.settings import KafkaSettings, connection

SUPER = "broker"
ANY = 1
ALLOW = 3
EVERY_HOST = "*"
PATIENCE_S = 30.0


class Resource(IntEnum):
    """Kafka's numbers for what access rules are about."""

    TOPIC = 2
    GROUP = 3
    TRANSACTIONAL_ID = 5


class Pattern(IntEnum):
    """Kafka's numbers for how rules name it."""

    LITERAL = 3
    PREFIXED = 4


class Operation(IntEnum):
    """Kafka's numbers for what rules allow."""

    READ = 3
    WRITE = 4
    CREATE = 5
    DESCRIBE = 8
    DESCRIBE_CONFIGS = 10


@dataclass(frozen=True)
class Rule:
    """One thing that one user may do."""

    user: str
    operation: Operation
    resource: Resource
    name: str
    pattern: Pattern = Pattern.LITERAL

    def row(self) -> tuple[int, str, int, str, str, int, int]:
        """Return the rule as Kafka's protocol writes it."""
        return (
            self.resource,
            self.name,
            self.pattern,
            f"User:{self.user}",
            EVERY_HOST,
            self.operation,
            ALLOW,
        )


class Rules:
    """A request to add access rules, as aiokafka's clients send it."""

    API_KEY = CreateAclsRequest_v1.API_KEY

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rows = [rule.row() for rule in rules]

    def prepare(self, _versions: object) -> CreateAclsRequest_v1:
        """Return the request in the version that knows patterns."""
        return CreateAclsRequest_v1(self._rows)


@dataclass(frozen=True)
class SecuredKafka:
    """A secured broker, and what one has to know to get in."""

    broker: Broker
    certified: str
    """`host:port` of the listener for certificates."""
    unencrypted: str
    """`host:port` of the listener for passwords without TLS."""
    misnamed: str
    """`host:port` of the listener whose broker wants to be reached as localhost."""
    authority: Authority
    passwords: Mapping[str, str]
    """by user"""

    @classmethod
    def started(cls, folder: Path, passwords: Mapping[str, str]) -> Self:
        """Start a broker that knows these users."""
        authority = Authority.within(folder, "ca")
        names = ("CLIENT", "BROKER", "INSIDE", "MISNAMED", "CONTROLLER")
        places = {name: f"127.0.0.1:{free_port()}" for name in names}
        broker = JvmBroker(
            bootstrap=places["CLIENT"],
            settings={
                **_placed(places),
                **_proven(authority, authority.issue(SUPER)),
                "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                "allow.everyone.if.no.acl.found": "false",
                "super.users": f"User:{SUPER}",
            },
            users=[
                f"SCRAM-SHA-512=[name={user},password={password}]"
                for user, password in passwords.items()
            ],
        )
        broker.start()
        return cls(
            broker,
            certified=places["BROKER"],
            unencrypted=places["INSIDE"],
            misnamed=places["MISNAMED"],
            authority=authority,
            passwords=passwords,
        )

    @property
    def bootstrap(self) -> str:
        """`host:port` of the listener for passwords."""
        return self.broker.bootstrap

    def certified_as(self, user: str) -> KafkaSettings:
        """Return how to come as a user by certificate."""
        pair = self.authority.issue(user)
        tls = Tls(self.authority.file, pair.cert, pair.key)
        return KafkaSettings(self.certified, Security(tls))

    def user(self, name: str) -> Security:
        """Return how to come as a user by password."""
        return Security(Tls(self.authority.file), Sasl(name, self.passwords[name]))

    async def allow(self, rules: Sequence[Rule]) -> None:
        """Add access rules; they hold on return."""
        admin = AIOKafkaAdminClient(**connection(self.certified_as(SUPER)))
        await admin.start()
        # There is no public way: aiokafka's own request knows one rule at a time.
        try:
            answer = await admin._send_to_controller(Rules(rules))
            assert not any(code for code, _ in answer.creation_responses), answer
            async with asyncio.timeout(PATIENCE_S):
                while await _count(admin) < len(set(rules)):  # the broker learns of them later
                    await asyncio.sleep(0.05)
        finally:
            await admin.close()


async def _count(admin: AIOKafkaAdminClient) -> int:
    every = DescribeAclsRequest(ANY, None, ANY, None, None, ANY, ANY)
    answer = await admin._send_request(every)
    return sum(len(resource[-1]) for resource in answer.resources)


def _placed(places: Mapping[str, str]) -> dict[str, str]:
    protocols = {
        "CLIENT": "SASL_SSL",
        "BROKER": "SSL",
        "INSIDE": "SASL_PLAINTEXT",
        "MISNAMED": "SASL_SSL",
    }
    listeners = {name: f"{name}://{place}" for name, place in places.items()}
    misnamed = {"MISNAMED": listeners["MISNAMED"].replace("127.0.0.1", "localhost")}
    advertised = {**listeners, **misnamed}
    return {
        "listeners": ",".join(listeners.values()),
        "advertised.listeners": ",".join(advertised[name] for name in protocols),
        "controller.quorum.voters": f"1@{places['CONTROLLER']}",
        "listener.security.protocol.map": ",".join(
            f"{name}:{protocol}" for name, protocol in {**protocols, "CONTROLLER": "SSL"}.items()
        ),
        "inter.broker.listener.name": "BROKER",
    }


def _proven(authority: Authority, pair: Pair) -> dict[str, str]:
    store = pair.cert.with_suffix(".pem")
    store.write_bytes(pair.key.read_bytes() + pair.cert.read_bytes())
    by_certificate = {
        f"listener.name.{name}.ssl.client.auth": "required" for name in ("broker", "controller")
    }
    by_password = {
        f"listener.name.{name}.scram-sha-512.sasl.jaas.config": (
            "org.apache.kafka.common.security.scram.ScramLoginModule required;"
        )
        for name in ("client", "inside", "misnamed")
    }
    return {
        **by_certificate,
        **by_password,
        "ssl.keystore.type": "PEM",
        "ssl.truststore.type": "PEM",
        "ssl.keystore.location": str(store),
        "ssl.truststore.location": str(authority.file),
        "ssl.principal.mapping.rules": "RULE:^CN=(.*)$/$1/",
        "sasl.enabled.mechanisms": "SCRAM-SHA-512",
    }
