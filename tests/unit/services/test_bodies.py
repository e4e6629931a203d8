"""Bodies that are too large are refused, however they come, before they are kept."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI, Request
from pydantic import BaseModel

from services.gateway import problems
from services.gateway.bodies import MOST_BYTES, Bodies

RECORDS = 5 * 1024 * 1024
SENDS_RECORDS, OTHER = "/api/v1/streams/a/records", "/api/v1/streams/records"


class Anything(BaseModel):
    """A body in JSON."""

    text: str


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.add_middleware(Bodies, records=RECORDS)
    problems.install(app)

    @app.post(SENDS_RECORDS)
    async def records(request: Request) -> int:
        return len(await request.body())

    @app.post(OTHER)
    async def other(wanted: Anything) -> int:
        return len(wanted.text)

    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        yield client


class Endless:
    """A body without a declared length; counts what was taken of it."""

    def __init__(self) -> None:
        self.taken = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            self.taken += 65536
            yield b" " * 65536


@pytest.mark.parametrize(("path", "limit"), [(SENDS_RECORDS, RECORDS), (OTHER, MOST_BYTES)])
async def test_a_body_is_refused_at_its_declared_length_or_as_soon_as_it_is_too_long(
    http: httpx.AsyncClient, path: str, limit: int
) -> None:
    endless = Endless()
    headers = {"Content-Type": "application/json"}

    declared = await http.post(path, content=b" " * (limit + 1), headers=headers)
    streamed = await http.post(path, content=endless, headers=headers)

    for answer in (declared, streamed):
        assert answer.status_code == 413
        assert answer.headers["content-type"] == problems.MEDIA_TYPE
        assert f"over {limit} bytes" in answer.json()["detail"]
    assert endless.taken <= limit + 2 * 65536


async def test_a_body_of_the_largest_size_is_taken(http: httpx.AsyncClient) -> None:
    text = "x" * (MOST_BYTES - len('{"text":""}'))

    records = await http.post(SENDS_RECORDS, content=b"x" * RECORDS)
    other = await http.post(OTHER, json={"text": text})

    assert (records.status_code, records.json()) == (200, RECORDS)
    assert (other.status_code, other.json()) == (200, len(text))
