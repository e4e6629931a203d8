"""What a call brings along to say who sends it."""

from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address, ip_network

from fastapi import Request

COOKIE = "scarcity_session"
SAFE_COOKIE = "__Host-scarcity_session"
"""Browsers take it over https alone, and from this very host."""
PREFIX_BITS = 64
"""Of an IPv6 address; the rest is whatever its network likes."""


@dataclass(frozen=True, slots=True)
class Credential:
    """A bearer credential, or the cookie of a session."""

    text: str = field(repr=False)
    is_cookie: bool


def is_secure(request: Request, *, always: bool) -> bool:
    """Say whether a browser is to send its cookie over https alone."""
    return always or request.url.scheme == "https"


def cookie_name(*, secure: bool) -> str:
    """Return what the cookie is called."""
    return SAFE_COOKIE if secure else COOKIE


def credential_of(request: Request, *, always_secure: bool) -> Credential | None:
    """Return what a call shows; a header wins, and one of another scheme is worth nothing."""
    header = request.headers.get("authorization")
    if header is not None:
        scheme, _, text = header.partition(" ")
        return Credential(text.strip() if scheme.lower() == "bearer" else "", is_cookie=False)
    secure = is_secure(request, always=always_secure)
    cookie = request.cookies.get(cookie_name(secure=secure))
    return Credential(cookie, is_cookie=True) if cookie else None


def address_of(request: Request) -> str:
    """Return where a call comes from: an address, or the network of one of IPv6."""
    host = request.client.host if request.client else ""
    return network(host)


def network(host: str) -> str:
    """Return what counts as one place.

    >>> network("192.0.2.1"), network("2001:db8::1"), network("::ffff:192.0.2.1"), network("")
    ('192.0.2.1', '2001:db8::/64', '192.0.2.1', 'somewhere')
    """
    try:
        address = ip_address(host)
    except ValueError:
        return host or "somewhere"
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ip_network((int(address), PREFIX_BITS), strict=False))
