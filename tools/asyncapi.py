"""Write docs/api/asyncapi.json from the catalog of events, or prove that it is current.

Usage: python tools/asyncapi.py            writes the document
       python tools/asyncapi.py --check    exits 1 when the committed one differs

Payloads are protobuf in an envelope (proto/); their schemas here are those of protobuf's JSON
mapping, in the names of the fields as the proto files have them.
"""

import json
import sys
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from inspect import getdoc
from pathlib import Path

from scarcity import __version__
from scarcity.events import RAW, Topic, topics
from scarcity.events.catalog import EVENTS

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "api" / "asyncapi.json"
Schema = dict[str, object]
TAKEN_IN = ("scarcity.v1.raw", "scarcity.v1.commands")
"""Topics that others may write to."""
PRIVATE = "scarcity.v1.state-"

PLAIN: Mapping[type, Schema] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bytes: {"type": "string", "contentEncoding": "base64"},
    datetime: {"type": "string", "format": "date-time"},
}
RECORD: Schema = {
    "description": "A raw record; a flat object means the same.",
    "type": "object",
    "properties": {
        "ts": {
            "description": "When it was observed; else when the message was written.",
            "oneOf": [
                {"type": "string", "format": "date-time"},
                {"type": "integer", "description": "Milliseconds since 1970."},
            ],
        },
        "values": {
            "description": "By variable; null and a missing name are a missing value.",
            "type": "object",
            "additionalProperties": {"type": ["number", "string", "boolean", "null"]},
        },
    },
    "required": ["values"],
}


def document() -> Schema:
    """Return the whole document."""
    schemas: dict[str, Schema] = {"Record": RECORD}
    for event in EVENTS:
        _add(event, schemas)
    return {
        "asyncapi": "3.1.0",
        "info": {
            "title": "SCARCITY Runtime Bus",
            "version": __version__,
            "description": "Every topic, and what is on it. Keys are UTF-8 text. All but raw "
            "records is protobuf: `Envelope` of proto/scarcity/v1/envelope.proto around the event.",
            "license": {"name": "Apache-2.0"},
        },
        "channels": {_short(topic): _channel(topic) for topic in _public()},
        "operations": dict(map(_operation, _public())),
        "components": {"messages": dict(_messages()), "schemas": schemas},
    }


def _public() -> Iterator[Topic]:
    return (topic for topic in topics() if not topic.name.startswith(PRIVATE))


def _short(topic: Topic) -> str:
    return topic.name.rsplit(".", 1)[1]


def _names(topic: Topic) -> list[str]:
    if topic == RAW:
        return ["Record"]
    return [event.__name__ for event in EVENTS if event.topic == topic]


def _channel(topic: Topic) -> Schema:
    policy = "compact" if topic.compacted else "delete"
    return {
        "address": topic.name,
        "description": topic.holds,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in _names(topic)},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": {"cleanup.policy": [policy]},
                "bindingVersion": "0.5.0",
            }
        },
    }


def _operation(topic: Topic) -> tuple[str, Schema]:
    action = "receive" if topic.name in TAKEN_IN else "send"
    channel = _short(topic)
    return f"{action}-{channel}", {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": topic.holds,
    }


def _messages() -> Iterator[tuple[str, Schema]]:
    yield "Record", _message("Record", "application/json", RAW.holds)
    for event in EVENTS:
        yield event.__name__, _message(event.__name__, "application/x-protobuf", _said(event))


def _message(name: str, content_type: str, said: str) -> Schema:
    return {
        "name": name,
        "summary": said,
        "contentType": content_type,
        "payload": {"$ref": f"#/components/schemas/{name}"},
    }


def _said(kind: type) -> str:
    return (getdoc(kind) or "").split("\n\n")[0].replace("\n", " ")


def _add(kind: type, schemas: dict[str, Schema]) -> Schema:
    """Put the schema of a dataclass and of all within it in its place; return what names it."""
    name = kind.__name__
    if name not in schemas:
        schemas[name] = {}  # so that what refers to itself ends
        hints = typing.get_type_hints(kind)
        owned = [field for field in fields(kind) if not _is_of_class(hints[field.name])]
        schemas[name] = {
            "type": "object",
            "description": _said(kind),
            "properties": {field.name: _schema(hints[field.name], schemas) for field in owned},
            "required": [
                field.name
                for field in owned
                if field.default is MISSING and not _is_optional(hints[field.name])
            ],
        }
    return {"$ref": f"#/components/schemas/{name}"}


def _schema(hint: object, schemas: dict[str, Schema]) -> Schema:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        (inner,) = (each for each in arguments if each is not type(None))
        return _schema(inner, schemas)
    if origin is tuple:
        return {"type": "array", "items": _schema(arguments[0], schemas)}
    if origin is not None and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _schema(arguments[1], schemas)}
    assert isinstance(hint, type), hint
    if issubclass(hint, StrEnum):
        return {"type": "string", "enum": [each.value for each in hint]}
    return _add(hint, schemas) if is_dataclass(hint) else PLAIN[hint]


def _is_optional(hint: object) -> bool:
    return type(None) in typing.get_args(hint)


def _is_of_class(hint: object) -> bool:
    return typing.get_origin(hint) is typing.ClassVar


def text() -> str:
    """Return the document as it is committed."""
    return json.dumps(document(), indent=1) + "\n"


def check() -> int:
    """Say whether the committed document is the one that the code makes."""
    if TARGET.is_file() and TARGET.read_text() == text():
        return 0
    print(f"{TARGET.relative_to(ROOT)} is not what the code makes: run `make api` and commit it")
    return 1


if __name__ == "__main__":
    if "--check" in sys.argv[1:]:
        sys.exit(check())
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(text())
