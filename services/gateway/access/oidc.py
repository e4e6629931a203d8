"""Tokens of an identity provider (OpenID Connect, JWT): whose they are, and in which role."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import ExpiredTokenError, InvalidClaimError, JoseError, MissingClaimError
from joserfc.jwa import JWSAlgModel
from joserfc.jws import JWSRegistry
from joserfc.jwt import JWTClaimsRegistry

from scarcity.events import Role
from services.gateway.access.identity import Identity
from services.gateway.access.jwks import Jwks
from services.gateway.access.refusals import Refused
from services.gateway.settings import GatewaySettings

MAX_NAME = 128
FAR = 253_402_300_799
"""The last second of the year 9999."""


class _Allowed(JWSRegistry):
    """The algorithms on the list and no other.

    The library's own would warn of EdDSA: RFC 9864 has another name for it, which no provider uses.
    """

    max_header_length = 4096

    def get_alg(self, name: str) -> JWSAlgModel:
        if name not in (self.allowed or ()):
            raise JoseError(f"signatures of kind {name!r} do not count")
        return self.algorithms[name]


class Provider:
    """The identity provider of the settings."""

    def __init__(self, settings: GatewaySettings, *, now: Callable[[], datetime]) -> None:
        assert settings.oidc_issuer is not None
        assert settings.oidc_audience is not None
        self._settings = settings
        self._now = now
        self._keys = Jwks(settings.oidc_issuer, settings.oidc_jwks_url, now=now)
        self._allowed = _Allowed(
            algorithms=settings.oidc_algorithms.split(","), strict_check_header=False
        )

    async def identity(self, token: str) -> Identity:
        """Return whose token that is.

        Raises the problem with one that does not count, and Transient when that cannot be told.
        """
        claims = await self._claims(token)
        name = _at(claims, self._settings.oidc_name_claim)
        if not isinstance(name, str) or not 0 < len(name) <= MAX_NAME or not name.isprintable():
            raise _bad(
                f"the token does not say who you are: it needs the claim "
                f"{self._settings.oidc_name_claim!r}, of at most {MAX_NAME} characters"
            )
        ends = datetime.fromtimestamp(min(claims["exp"] + self._settings.oidc_leeway_s, FAR), UTC)
        return Identity(f"oidc:{name}", self._role(claims), until=ends)

    async def _claims(self, token: str) -> dict[str, Any]:
        try:
            kid = jws.extract_compact(token.encode()).headers().get("kid")
            key = await self._keys.key(kid) if isinstance(kid, str) else None
            if key is None:
                raise _bad("the token is signed with a key that the identity provider has not")
            found = jwt.decode(token, key, registry=self._allowed)
            self._rules().validate(found.claims)
        except ExpiredTokenError as error:
            raise Refused(
                "expired", "the token has expired; ask the identity provider for another"
            ) from error
        except (InvalidClaimError, MissingClaimError) as error:
            raise _bad(f"the token does not count here: {error.description}") from error
        # TypeError: the library believes that `crit` is a list of texts.
        except (JoseError, TypeError, ValueError) as error:
            raise _bad("this is no token that the identity provider has signed") from error
        return found.claims

    def _rules(self) -> JWTClaimsRegistry:
        return JWTClaimsRegistry(
            now=int(self._now().timestamp()),
            leeway=self._settings.oidc_leeway_s,
            iss={"essential": True, "value": self._settings.oidc_issuer or ""},
            aud={"essential": True, "value": self._settings.oidc_audience or ""},
            exp={"essential": True},
        )

    def _role(self, claims: Mapping[str, Any]) -> Role:
        claim = self._settings.oidc_roles_claim
        found = roles(_names(_at(claims, claim)), self._settings.oidc_roles)
        if not found:
            raise Refused(
                "no-role",
                f"the token gives you no role here: its claim {claim!r} names none of "
                f"{', '.join(self._settings.oidc_roles or Role)}; ask whoever runs the identity "
                "provider",
                status=403,
            )
        return max(found, key=list(Role).index)


def roles(named: Iterable[str], called: Mapping[str, str]) -> Sequence[Role]:
    """Return our roles behind those of the provider; without a mapping they are called alike.

    >>> roles(["ops", "staff"], {"ops": "operator"}), roles(["admin", "staff"], {})
    ([<Role.OPERATOR: 'operator'>], [<Role.ADMIN: 'admin'>])
    """
    known = called or {role.value: role.value for role in Role}
    return [Role(known[name]) for name in named if name in known]


def _bad(detail: str) -> Refused:
    return Refused("bad-token", detail)


def _at(claims: Mapping[str, Any], path: str) -> object:
    """Return the claim at a path; a whole name wins over its parts.

    >>> _at({"realm": {"roles": ["a"]}}, "realm.roles"), _at({"https://a.b/c": 1}, "https://a.b/c")
    (['a'], 1)
    """
    if path in claims:
        return claims[path]
    found: object = claims
    for part in path.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _names(value: object) -> Sequence[str]:
    """Return names from a list, or from a text with spaces between."""
    if isinstance(value, str):
        return value.split()
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
