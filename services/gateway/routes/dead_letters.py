"""Dead letters: what was refused and why, and sending it again."""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Sequence
from hashlib import sha256
from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from scarcity.events import DeadLettersReplayed, Role
from services.gateway.access.declaring import Caller, allow
from services.gateway.access.identity import Identity
from services.gateway.context import Context
from services.gateway.domain.documents import moment
from services.gateway.domain.letters import Wanted, original_document
from services.gateway.headers import IdempotencyKey, NeededKey
from services.gateway.letterbox import LetterBox
from services.gateway.models import (
    NOT_FOUND,
    REFUSED,
    UNUSABLE,
    DeadLetterDetailsModel,
    DeadLettersModel,
    RehearsedModel,
    ReplayAllModel,
    ReplayModel,
    SentModel,
)
from services.gateway.models.base import Moment
from services.gateway.paging import Pager, pager
from services.gateway.problems import Problem
from services.gateway.replay import Again, Asked, why_not


def router(context: Context) -> APIRouter:
    """Return the routes about dead letters."""
    api = APIRouter(tags=["dead letters"], dependencies=[allow(Role.OPERATOR)])
    letters = context.views.letters
    box = LetterBox(context)

    @api.get("/dead-letters", operation_id="listDeadLetters", response_model=DeadLettersModel)
    async def list_dead_letters(
        page: Annotated[Pager, Depends(pager(context.cursors))],
        wanted: Annotated[Wanted, Depends(_wanted)],
    ) -> dict[str, object]:
        """Return what was refused, newest first, of the newest 1000 that are kept."""
        found, following = page.cut(letters.matching(wanted), lambda entry: entry.place)
        return {
            "items": [letters.document(entry) for entry in found],
            "counts": dict(letters.reasons),
            "origins": dict(letters.origins),
            **letters.tallies(),
            "next": following,
        }

    # Before the address of one of them: an id may hold slashes.
    @api.post(
        "/dead-letters/replay",
        operation_id="replayDeadLetters",
        response_model=SentModel,
        responses={**REFUSED, **UNUSABLE},
    )
    async def replay_all(
        wanted: ReplayAllModel, caller: Caller, idempotency_key: NeededKey
    ) -> dict[str, object]:
        """Send all that was refused for a reason again, oldest first, what never was before.

        Each is judged first, and what would be refused once more is left. All of it goes out, or
        nothing.
        """

        async def prepare() -> Sequence[Again]:
            return await box.unsent(wanted.reason, most=wanted.limit)

        asked = _asked("replay", wanted, caller, idempotency_key)
        return _sent(await context.replays.send(asked, prepare))

    @api.post(
        "/dead-letters/{id:path}/replay",
        operation_id="replayDeadLetter",
        response_model=RehearsedModel | SentModel,
        responses={**NOT_FOUND, **REFUSED, **UNUSABLE},
    )
    async def replay_one(
        id: str,  # noqa: A002 - a path parameter
        wanted: ReplayModel,
        caller: Caller,
        idempotency_key: IdempotencyKey = None,
    ) -> dict[str, object]:
        """Send a dead letter back onto the topic that refused it, as it was or edited.

        What would be refused once more is not sent. It counts as a record that comes now.
        """
        value = _value(wanted)

        async def one() -> Again:
            return await box.again(box.entry(id), key=wanted.key, value=value)

        async def prepare() -> Sequence[Again]:
            found = await one()
            if found.message is None:
                raise Problem(422, found.judged.refused, reason=found.reason)
            return [found]

        if wanted.dry_run:
            return _rehearsed(await one())
        asked = _asked(id, wanted, caller, idempotency_key)
        return _sent(await context.replays.send(asked, prepare))

    @api.get(
        "/dead-letters/{id:path}",
        operation_id="getDeadLetter",
        response_model=DeadLetterDetailsModel,
        responses=NOT_FOUND,
    )
    async def get_dead_letter(
        id: str,  # noqa: A002 - a path parameter
    ) -> dict[str, object]:
        """Return a dead letter with all that it holds, and what became of it."""
        entry = box.entry(id)
        said = await box.said(entry)
        refusal = why_not(said, edited=False)
        return {
            **letters.document(entry),
            **original_document(said),
            "replayable": refusal is None,
            "why_not": refusal,
        }

    return api


async def _wanted(
    reason: Annotated[str | None, Query(description="the code")] = None,
    origin_topic: Annotated[str | None, Query(description="the topic it came from")] = None,
    key: Annotated[str | None, Query(description="the stream, if it was a record")] = None,
    since: Annotated[Moment | None, Query(description="refused then or later")] = None,
    until: Annotated[Moment | None, Query(description="refused before")] = None,
) -> Wanted:
    return Wanted(reason, origin_topic, key, since, until)


def _value(wanted: ReplayModel) -> bytes | None:
    """Return the edited value, if there is one."""
    if wanted.value is None:
        return None
    if wanted.encoding == "text":
        return wanted.value.encode()
    try:
        return b64decode(wanted.value, validate=True)
    except (NotBase64, ValueError) as error:
        raise Problem(422, f"the value is not base64: {error}") from error


def _asked(about: str, wanted: BaseModel, caller: Identity, key: str | None) -> Asked:
    if key is None:
        raise Problem(
            400,
            "send an Idempotency-Key of your own, such as a new UUID: said twice, it is done once",
        )
    said = orjson.dumps([about, wanted.model_dump()])
    return Asked(key, sha256(said).hexdigest(), caller.name)


def _rehearsed(found: Again) -> dict[str, object]:
    return {
        "dry_run": True,
        "letter": found.judged.letter,
        "topic": found.judged.topic,
        "key": found.judged.key,
        "edited": found.judged.edited,
        "accepted": found.message is not None,
        "reason": found.reason,
        "message": found.judged.refused or None,
        "flaws": found.flaws,
    }


def _sent(event: DeadLettersReplayed) -> dict[str, object]:
    refused = sum(bool(each.refused) for each in event.letters)
    return {
        "request": event.request,
        "by": event.by,
        "at": moment(event.at),
        "sent": len(event.letters) - refused,
        "refused": refused,
        "letters": [
            {
                "letter": each.letter,
                "topic": each.topic,
                "key": each.key,
                "edited": each.edited,
                "refused": each.refused or None,
            }
            for each in event.letters
        ],
    }
