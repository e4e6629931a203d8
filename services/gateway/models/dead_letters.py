"""Dead letters, and sending them again."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from services.gateway.models.base import BodyModel, Strict, Whole

Encoding = Literal["text", "base64"]
MOST_CHARACTERS = 2 * 1024 * 1024
"""Of an edited value: what is kept of a dead letter, in base64, and some more."""


class ReplayedModel(Strict):
    """When a dead letter was sent again, or why it was not."""

    request: str
    by: str
    at: datetime
    topic: str
    key: str
    edited: bool
    refused: str | None


class DeadLetterModel(Strict):
    """A message that can never be handled, as lists show it."""

    id: str
    origin_topic: str
    partition: int
    offset: int
    key: str
    reason: str = Field(description="a code; the message says it in words")
    message: str
    component: str = Field(description="who refused it")
    at: datetime
    bytes: int
    preview: str = Field(description="how it begins")
    trace_id: str | None
    replays: list[ReplayedModel] = Field(description="newest first")


class DeadLettersModel(Strict):
    """A page of dead letters, newest first."""

    items: list[DeadLetterModel]
    counts: dict[str, int] = Field(description="of all there were, by reason")
    origins: dict[str, int] = Field(description="of all there were, by the topic they came from")
    sent: dict[str, int] = Field(
        description="of those that are kept: how many were sent again, by reason"
    )
    unsent: dict[str, int] = Field(
        description="of those that are kept: how many never were, by reason"
    )
    next: str | None


class HeaderModel(Strict):
    """A header of the message that was refused."""

    name: str
    value: str
    encoding: Encoding


class DeadLetterDetailsModel(DeadLetterModel):
    """A dead letter with all that it holds."""

    value: str = Field(description="what was refused, up to 1 MiB of it")
    encoding: Encoding
    truncated: bool = Field(description="whether there was more of it")
    headers: list[HeaderModel] = Field(description="of what was refused, up to 64 KiB of them")
    headers_truncated: bool = Field(description="whether there were more of them")
    replayable: bool
    why_not: str | None = Field(description="why it cannot be sent again")


class ReplayModel(BodyModel):
    """How a dead letter is to be sent again; what is left out stays as it was."""

    key: str | None = Field(None, max_length=1000, description="the stream")
    value: str | None = Field(None, max_length=MOST_CHARACTERS)
    encoding: Encoding = Field("text", description="of the value")
    dry_run: bool = Field(default=False, description="only say whether it would be accepted now")


class RehearsedModel(Strict):
    """Whether a dead letter would be accepted now; nothing was sent."""

    dry_run: Literal[True] = True
    letter: str
    topic: str
    key: str
    edited: bool
    accepted: bool
    reason: str | None = Field(description="the code that it would be refused with")
    message: str | None
    flaws: dict[str, str] = Field(description="variables that would be missing, and why")


class LetterJudgedModel(Strict):
    """What became of one dead letter of a request."""

    letter: str
    topic: str
    key: str
    edited: bool
    refused: str | None = Field(description="why it was not sent; null when it was")


class SentModel(Strict):
    """What became of a request to send dead letters again."""

    request: str = Field(description="its Idempotency-Key")
    by: str
    at: datetime
    sent: int
    refused: int
    letters: list[LetterJudgedModel]


class ReplayAllModel(BodyModel):
    """Which dead letters are to be sent again: the oldest that never were."""

    reason: str = Field(min_length=1, max_length=200)
    limit: Whole = Field(100, ge=1, le=500)
