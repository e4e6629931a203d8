"""Pages of lists that grow while they are read.

A cursor names a place in the order of a list, not a number of items passed over: whatever comes
meanwhile shifts nothing, and no item is seen twice. It is signed, and good for the call alone that
handed it out, on every gateway that has the same key.
"""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, TypeAlias, TypeVar
from urllib.parse import urlencode

import orjson
from fastapi import Query, Request, Response

from services.gateway.problems import Problem

T = TypeVar("T")
Place: TypeAlias = tuple[int | str, ...]
"""Where an item stands. Places of one list have one shape; it is listed as they sort."""

MOST = 500
SALT = b"scarcity cursors 1"
MAC_BYTES = 16


class Cursors:
    """Makes places into cursors and back."""

    def __init__(self, secret: str) -> None:
        # Slow on purpose: who holds a cursor could otherwise guess a weak secret in his own time.
        self._key = hashlib.scrypt(secret.encode(), salt=SALT, n=2**14, r=8, p=1, dklen=32)

    def seal(self, call: str, place: Place) -> str:
        """Return the cursor of a place in what a call lists."""
        named = orjson.dumps(place)
        return urlsafe_b64encode(self._mac(call, named) + named).rstrip(b"=").decode()

    def place(self, call: str, cursor: str) -> Place:
        """Return the place that a cursor names.

        Raises Problem 400 when the call did not hand it out.
        """
        try:
            data = urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4))
        except (NotBase64, UnicodeEncodeError):
            data = b""
        mac, named = data[:MAC_BYTES], data[MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(call, named)):
            raise Problem(
                400, "this cursor is none that this call has handed out: begin again without one"
            )
        return tuple(orjson.loads(named))

    def _mac(self, call: str, named: bytes) -> bytes:
        said = call.encode() + b"\0" + named
        return hmac.digest(self._key, said, "sha256")[:MAC_BYTES]


@dataclass(frozen=True, slots=True)
class Pager:
    """The page that a request asks for."""

    cursors: Cursors
    request: Request
    response: Response
    limit: int
    cursor: str | None

    def cut(self, items: Iterable[T], place: Callable[[T], Place]) -> tuple[list[T], str | None]:
        """Return the items of the page, in the order of their places, and the next cursor.

        None says that there is no more now. Names the next page in the header Link as well.
        """
        call = self.request.url.path
        after = None if self.cursor is None else self.cursors.place(call, self.cursor)
        found = sorted((i for i in items if after is None or place(i) > after), key=place)
        page = found[: self.limit]
        if len(found) <= self.limit:
            return page, None
        following = self.cursors.seal(call, place(page[-1]))
        self.response.headers["Link"] = f'<{self._address(following)}>; rel="next"'
        return page, following

    def _address(self, cursor: str) -> str:
        asked = [each for each in self.request.query_params.multi_items() if each[0] != "cursor"]
        return f"{self.request.url.path}?{urlencode([*asked, ('cursor', cursor)])}"


def pager(cursors: Cursors, *, usual: int = 50) -> Callable[..., Awaitable[Pager]]:
    """Return the dependency that reads from a request which page is asked for."""

    async def asked(
        request: Request,
        response: Response,
        limit: Annotated[int, Query(ge=1, le=MOST, description="items on the page")] = usual,
        cursor: Annotated[
            str | None,
            Query(max_length=2000, description="`next` of the page before; left out: the first"),
        ] = None,
    ) -> Pager:
        return Pager(cursors, request, response, limit, cursor)

    return asked
