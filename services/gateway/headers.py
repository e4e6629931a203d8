"""Headers that commands come with, so that they are done once, and over nobody else's."""

import re
from typing import Annotated

from fastapi import Header

_ETAG = re.compile(r'"([0-9]{1,18})"')
_KEY = Header(
    alias="Idempotency-Key",
    pattern=r"^[\x21-\x7e]{1,128}$",
    description="said twice, it is done once",
)
IdempotencyKey = Annotated[str | None, _KEY]
NeededKey = Annotated[str, _KEY]
IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", max_length=64, description="the ETag that was read"),
]
IfNoneMatch = Annotated[
    str | None,
    Header(alias="If-None-Match", max_length=64, description="* = only if there is none yet"),
]


def etag(version: int) -> str:
    """Return a version as a header holds it."""
    return f'"{version}"'


def version_of(if_match: str) -> int | None:
    """Return the version that an ETag stands for; None for one that was never given out."""
    found = _ETAG.fullmatch(if_match)
    return int(found[1]) if found else None
