"""An identity provider on this machine: real keys, real tokens, real HTTP."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson
from joserfc import jwt
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

AUDIENCE = "scarcity"


class Registry(JWSRegistry):
    """Signs with whatever a test asks for, also what nobody should."""

    def get_alg(self, name: str) -> Any:
        return self.algorithms[name]


@dataclass
class IdentityProvider:
    """Answers at `url`, and counts how often its keys were asked for."""

    url: str = ""
    keys: dict[str, tuple[str, Key]] = field(default_factory=dict)
    """By id: the algorithm, and the private key."""
    asked: int = 0
    is_well: bool = True
    issuer: str = ""
    """What discovery says; its address unless a test sets it."""

    def add(self, kid: str, algorithm: str) -> None:
        """Make another key, beside those that are there."""
        made: Key
        if algorithm == "RS256":
            made = RSAKey.generate_key(2048, {"kid": kid})
        elif algorithm == "ES256":
            made = ECKey.generate_key("P-256", {"kid": kid})
        else:
            made = OKPKey.generate_key("Ed25519", {"kid": kid})
        self.keys[kid] = (algorithm, made)

    def claims(self, at: float, **changes: object) -> dict[str, object]:
        """Return the claims of a good token of that time; None leaves one out."""
        good = {
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": "alice",
            "roles": ["operator"],
            "iat": int(at),
            "exp": int(at) + 300,
        }
        return {name: value for name, value in (good | changes).items() if value is not None}

    def token(self, kid: str, claims: dict[str, object], **header: object) -> str:
        """Return a token that is signed with a key."""
        algorithm, key = self.keys[kid]
        registry = Registry(strict_check_header=False)
        return jwt.encode({"alg": algorithm, "kid": kid, **header}, claims, key, registry=registry)

    def document(self, path: str) -> dict[str, object] | None:
        """Return what is at a path."""
        if path == "/.well-known/openid-configuration":
            return {"issuer": self.issuer or self.url, "jwks_uri": f"{self.url}/jwks"}
        if path == "/jwks":
            self.asked += 1
            return {"keys": [key.as_dict(private=False) for _, key in self.keys.values()]}
        return None


@contextmanager
def identity_provider() -> Iterator[IdentityProvider]:
    """Run one with a key of each kind: `rsa`, `ec`, `ed`."""
    provider = IdentityProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = provider.document(self.path) if provider.is_well else None
            body = orjson.dumps(found)
            self.send_response(200 if found else 503)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider.url = f"http://127.0.0.1:{server.server_address[1]}"
        for kid, algorithm in (("rsa", "RS256"), ("ec", "ES256"), ("ed", "EdDSA")):
            provider.add(kid, algorithm)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()
