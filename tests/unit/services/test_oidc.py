"""Tokens of an identity provider: which count, and in which role; keys that change and vanish."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws
from joserfc.jwk import OctKey

from provider import AUDIENCE, IdentityProvider, Registry, identity_provider
from scarcity.errors import Transient
from scarcity.events import Role
from services.gateway.access.jwks import COOL_DOWN, MAX_AGE
from services.gateway.access.oidc import Provider
from services.gateway.problems import Problem
from services.gateway.settings import GatewaySettings

AT = datetime(2026, 1, 31, 12, tzinfo=UTC)


@dataclass
class Clock:
    """What time it is, until a test says otherwise."""

    at: datetime = AT

    def now(self) -> datetime:
        return self.at


@dataclass
class Bench:
    """A provider, and what reads its tokens."""

    idp: IdentityProvider
    clock: Clock = field(default_factory=Clock)

    def reader(self, **settings: Any) -> Provider:
        chosen = {"oidc_issuer": self.idp.url, "oidc_audience": AUDIENCE, **settings}
        return Provider(GatewaySettings.model_validate(chosen), now=self.clock.now)

    def claims(self, **changes: object) -> dict[str, object]:
        return self.idp.claims(self.clock.at.timestamp(), **changes)


@pytest.fixture
def bench() -> Iterator[Bench]:
    with identity_provider() as idp:
        yield Bench(idp)


async def refusal(reader: Provider, token: str) -> str:
    """Return why a token does not count."""
    with pytest.raises(Problem) as caught:
        await reader.identity(token)
    assert caught.value.status_code == 401
    assert caught.value.headers == {"WWW-Authenticate": 'Bearer realm="scarcity"'}
    assert token not in caught.value.detail
    return caught.value.detail


@pytest.mark.parametrize("kid", ["rsa", "ec", "ed"])
async def test_a_token_says_who_somebody_is(bench: Bench, kid: str) -> None:
    token = bench.idp.token(kid, bench.claims())

    found = await bench.reader().identity(token)

    assert (found.name, found.role, found.streams) == ("oidc:alice", Role.OPERATOR, ())
    assert found.until == AT + timedelta(seconds=330)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"exp": AT.timestamp() - 31}, "expired"),
        ({"exp": None}, "'?exp"),
        ({"exp": "tomorrow"}, "exp"),
        ({"nbf": AT.timestamp() + 31}, "not yet valid"),
        ({"iat": AT.timestamp() + 31}, "future"),
        ({"aud": "another"}, "aud"),
        ({"aud": ["another", "third"]}, "aud"),
        ({"aud": None}, "aud"),
        ({"iss": "https://id.example.org"}, "iss"),
        ({"iss": None}, "iss"),
        ({"sub": None}, "who you are"),
        ({"sub": ""}, "who you are"),
        ({"sub": 7}, "sub"),
        ({"sub": "a\nb"}, "who you are"),
        ({"sub": "a" * 129}, "who you are"),
    ],
)
async def test_a_token_that_is_for_others_or_for_another_time_does_not_count(
    bench: Bench, changes: dict[str, object], says: str
) -> None:
    token = bench.idp.token("rsa", bench.claims(**changes))

    assert says.lstrip("'?") in await refusal(bench.reader(), token)


@pytest.mark.parametrize("crit", [None, [None], 1, "exp", [["exp"]], ["exp"], ["b64"]])
async def test_a_token_that_asks_for_what_nobody_knows_does_not_count(
    bench: Bench, crit: object
) -> None:
    _, claims, signature = bench.idp.token("ec", bench.claims()).split(".")
    header = orjson.dumps({"alg": "ES256", "kid": "ec", "crit": crit})
    token = f"{base64.urlsafe_b64encode(header).rstrip(b'=').decode()}.{claims}.{signature}"

    assert "no token" in await refusal(bench.reader(), token)


@pytest.mark.parametrize("changes", [{"exp": AT.timestamp() - 29}, {"nbf": AT.timestamp() + 29}])
async def test_clocks_may_differ_by_the_leeway(bench: Bench, changes: dict[str, object]) -> None:
    token = bench.idp.token("rsa", bench.claims(**changes))

    assert (await bench.reader().identity(token)).name == "oidc:alice"


def encoded(part: object) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(part)).rstrip(b"=").decode()


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE"])
async def test_a_token_without_a_signature_does_not_count(bench: Bench, algorithm: str) -> None:
    head = encoded({"alg": algorithm, "kid": "rsa"})

    for signature in ("", "AAAA"):
        token = f"{head}.{encoded(bench.claims())}.{signature}"
        assert "no token" in await refusal(bench.reader(), token)


@pytest.mark.parametrize("form", ["pem", "der", "jwk"])
async def test_a_public_key_is_no_shared_secret(bench: Bench, form: str) -> None:
    _, key = bench.idp.keys["rsa"]
    raw: Any = key.raw_value
    secret = {
        "pem": key.as_pem(private=False),  # type: ignore[union-attr]
        "der": raw.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "jwk": orjson.dumps(key.as_dict(private=False)),
    }[form]
    head = {"alg": "HS256", "kid": "rsa"}
    shared = OctKey.import_key(base64.urlsafe_b64encode(secret).decode())
    payload = orjson.dumps(bench.claims())
    token = jws.serialize_compact(head, payload, shared, registry=Registry())

    assert "no token" in await refusal(bench.reader(), token)


async def test_a_signature_of_another_kind_than_is_listed_does_not_count(bench: Bench) -> None:
    reader = bench.reader(oidc_algorithms="ES256")

    assert "no token" in await refusal(reader, bench.idp.token("rsa", bench.claims()))
    assert (await reader.identity(bench.idp.token("ec", bench.claims()))).role is Role.OPERATOR


async def test_a_token_that_was_changed_does_not_count(bench: Bench) -> None:
    reader = bench.reader()
    head, _, signature = bench.idp.token("rsa", bench.claims()).split(".")
    payload = encoded(bench.claims(roles=["admin"]))
    other = bench.idp.token("ec", bench.claims()).rpartition(".")[2]

    for token in (
        f"{head}.{payload}.{signature}",
        f"{head}.{payload}.{other}",
        f"{head}..{signature}",
        "..",
        "a.b.c",
        f"{encoded([1])}.{payload}.{signature}",
        f"{encoded({'alg': ['RS256'], 'kid': 'rsa'})}.{payload}.{signature}",
        f"{encoded({'alg': 'RS256', 'kid': 'rsa', 'crit': ['x'], 'x': 1})}.{payload}.{signature}",
    ):
        await refusal(reader, token)


async def test_a_key_that_nobody_has_is_asked_for_once_in_a_while(bench: Bench) -> None:
    reader = bench.reader()
    stranger = IdentityProvider(bench.idp.url)
    stranger.add("unknown", "RS256")
    token = stranger.token("unknown", bench.claims())

    for _ in range(5):
        assert "has not" in await refusal(reader, token)
    asked = bench.idp.asked
    bench.clock.at += COOL_DOWN
    for _ in range(5):
        await refusal(reader, token)

    assert (asked, bench.idp.asked) == (1, 2)


async def test_a_stranger_under_a_known_name_does_not_count(bench: Bench) -> None:
    stranger = IdentityProvider(bench.idp.url)
    stranger.add("rsa", "RS256")

    await refusal(bench.reader(), stranger.token("rsa", bench.claims()))


@pytest.mark.parametrize("header", [{"kid": None}, {"kid": 7}])
async def test_a_token_has_to_name_its_key(bench: Bench, header: dict[str, object]) -> None:
    signed = bench.idp.token("rsa", bench.claims())
    _, payload, signature = signed.split(".")
    token = f"{encoded({'alg': 'RS256', **header})}.{payload}.{signature}"

    await refusal(bench.reader(), token)


async def test_a_new_key_counts_at_once_and_an_old_one_no_more(bench: Bench) -> None:
    reader = bench.reader()
    old = bench.idp.token("rsa", bench.claims())
    await reader.identity(old)

    bench.idp.add("next", "RS256")
    bench.clock.at += COOL_DOWN
    new = bench.idp.token("next", bench.claims())
    both = [(await reader.identity(token)).name for token in (old, new)]
    del bench.idp.keys["rsa"]
    bench.clock.at += MAX_AGE
    await reader.identity(bench.idp.token("next", bench.claims()))

    assert both == ["oidc:alice"] * 2
    # It would have expired by then as well, but it is not looked at that far.
    assert "has not" in await refusal(reader, old)


async def test_keys_stay_known_while_the_provider_is_away(bench: Bench) -> None:
    reader = bench.reader()
    bench.idp.is_well = False
    with pytest.raises(Transient, match="cannot be fetched"):
        await reader.identity(bench.idp.token("rsa", bench.claims()))

    bench.idp.is_well = True
    bench.clock.at += COOL_DOWN
    await reader.identity(bench.idp.token("rsa", bench.claims()))
    bench.idp.is_well = False
    bench.clock.at += MAX_AGE
    found = await reader.identity(bench.idp.token("rsa", bench.claims()))

    assert found.name == "oidc:alice"


async def test_discovery_has_to_be_about_the_issuer(bench: Bench) -> None:
    bench.idp.issuer = "https://id.example.org"

    with pytest.raises(Transient):
        await bench.reader().identity(bench.idp.token("rsa", bench.claims()))
    found = await bench.reader(oidc_jwks_url=f"{bench.idp.url}/jwks").identity(
        bench.idp.token("rsa", bench.claims())
    )
    assert found.name == "oidc:alice"


@pytest.mark.parametrize(
    ("settings", "claims", "role"),
    [
        ({}, {"roles": ["viewer", "admin", "staff"]}, Role.ADMIN),
        ({}, {"roles": "viewer operator"}, Role.OPERATOR),
        ({"oidc_roles": {"ops": "operator"}}, {"roles": ["ops"]}, Role.OPERATOR),
        ({"oidc_roles_claim": "realm.roles"}, {"realm": {"roles": ["viewer"]}}, Role.VIEWER),
        ({"oidc_roles_claim": "https://x.y/r"}, {"https://x.y/r": ["viewer"]}, Role.VIEWER),
    ],
)
async def test_roles_are_found_where_the_settings_say(
    bench: Bench, settings: dict[str, object], claims: dict[str, object], role: Role
) -> None:
    token = bench.idp.token("ed", bench.claims(**claims))

    assert (await bench.reader(**settings).identity(token)).role is role


@pytest.mark.parametrize(
    "changes",
    [
        {"roles": None},
        {"roles": []},
        {"roles": ["staff"]},
        {"roles": {"admin": True}},
        {"roles": [["admin"]]},
        {"roles": 1},
    ],
)
async def test_who_has_no_role_here_may_do_nothing(
    bench: Bench, changes: dict[str, object]
) -> None:
    with pytest.raises(Problem, match="no role here") as caught:
        await bench.reader().identity(bench.idp.token("rsa", bench.claims(**changes)))

    assert caught.value.status_code == 403


async def test_a_mapping_leaves_out_what_it_does_not_name(bench: Bench) -> None:
    token = bench.idp.token("rsa", bench.claims(roles=["admin"]))

    with pytest.raises(Problem, match="ops"):
        await bench.reader(oidc_roles={"ops": "operator"}).identity(token)


async def test_the_name_is_of_the_claim_that_the_settings_say(bench: Bench) -> None:
    token = bench.idp.token("rsa", bench.claims(email="alice@example.org"))

    found = await bench.reader(oidc_name_claim="email").identity(token)

    assert found.name == "oidc:alice@example.org"
