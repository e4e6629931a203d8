"""The document of the HTTP surface: what FastAPI derives, and what holds for every call.

Every refusal is a problem document, whoever refuses: the door, a parameter, or the route. Links say
where an answer leads: which call takes what is in it.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from fastapi import FastAPI

Json = dict[str, Any]

PROBLEM = "application/problem+json"
OF_THE_DOOR = {
    "401": "no credential that counts",
    "403": "the role is not enough, or the stream is another's",
    "429": "too many calls; `Retry-After` says when to go on",
    "503": "the bus cannot be reached or is full; `Retry-After` says when to try again",
}
"""What any call may be answered, by status."""
OF_BODIES = "the body is too large"
OF_PAGES = "the cursor is none that this call has handed out: begin again without one"
FIRST_REFUSAL = 400
PROBLEM_MODEL = "ProblemModel"
"""Says only what helps."""

_STREAM = ("getStream", "getGraph", "ingestRecords", "pauseStream", "resumeStream", "forgetStream")
_LETTER = ("getDeadLetter", "replayDeadLetter")
LINKS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "listStreams": ("stream", "/items/0/id", _STREAM),
    "defineStream": ("stream", "/id", _STREAM),
    "listComponents": ("name", "/items/0/name", ("getComponent", "configureComponent")),
    "listDeadLetters": ("id", "/items/0/id", _LETTER),
    "listEvents": ("id", "/items/0/id", ("getEvent",)),
    "listTraces": ("trace_id", "/items/0/trace_id", ("getTrace",)),
    "issueKey": ("key", "/id", ("revokeKey",)),
    "listKeys": ("key", "/items/0/id", ("revokeKey",)),
}
"""By call: the parameter, where in the answer it is, and the calls that take it."""


def install(app: FastAPI) -> None:
    """Make the app publish the document."""
    app.openapi = cache(lambda: document(app))  # type: ignore[method-assign]


def document(app: FastAPI) -> Json:
    """Return the document of an app whose routes are complete."""
    found = FastAPI.openapi(app)
    for operation in _operations(found):
        _say_what_is_sent(operation)
        if "requestBody" in operation:
            operation["responses"]["413"] = {"description": OF_BODIES}
        _say_refusals(operation["responses"])
        _say_links(operation)
        operation["responses"] = dict(sorted(operation["responses"].items()))
    components: Json = found["components"]
    for of_fastapi in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(of_fastapi, None)
    _say_what_is_always_there(found)
    components["securitySchemes"] = {
        "credential": {
            "type": "http",
            "scheme": "bearer",
            "description": "The access token, a key, or a token of the identity provider.",
        },
    }
    found["security"] = [{"credential": []}]
    return found


def _operations(found: Json) -> Iterator[Json]:
    return (operation for path in found["paths"].values() for operation in path.values())


def _say_what_is_always_there(found: Json) -> None:
    """An answer leaves nothing out: what is not known is null. What is sent may leave out a lot."""
    schemas: Json = found["components"]["schemas"]
    asked = _named([operation.get("requestBody", {}) for operation in _operations(found)], schemas)
    for name, schema in schemas.items():
        if name not in asked and name != PROBLEM_MODEL and "properties" in schema:
            schema["required"] = list(schema["properties"])


def _named(part: object, schemas: Json) -> set[str]:
    """Return the schemas that a part of the document refers to, and those that they refer to."""
    found: set[str] = set()
    waiting = [part]
    while waiting:
        match waiting.pop():
            case {"$ref": str(reference)} if (name := reference.split("/")[-1]) not in found:
                found.add(name)
                waiting.append(schemas.get(name))
            case dict(inner):
                waiting.extend(inner.values())
            case list(inner):
                waiting.extend(inner)
    return found


def _say_what_is_sent(operation: Json) -> None:
    """A parameter is there or not: there is no null in a header or a query. Pages are linked."""
    parameters: list[Json] = operation.get("parameters", [])
    for parameter in parameters:
        schema: Json = parameter["schema"]
        kinds = [kind for kind in schema.pop("anyOf", []) if kind != {"type": "null"}]
        schema.update(*kinds)
    if any(parameter["name"] == "cursor" for parameter in parameters):
        operation["responses"]["400"] = {"description": OF_PAGES}
        operation["responses"]["200"]["headers"] = {
            "Link": {
                "description": 'the next page, as rel="next"; left out at the end',
                "schema": {"type": "string"},
            }
        }


def _say_refusals(responses: Json) -> None:
    for status, said in OF_THE_DOOR.items():
        responses.setdefault(status, {"description": said})
    for status, response in responses.items():
        if int(status) >= FIRST_REFUSAL:
            schema = {"$ref": f"#/components/schemas/{PROBLEM_MODEL}"}
            response["content"] = {PROBLEM: {"schema": schema}}


def _say_links(operation: Json) -> None:
    linked = LINKS.get(operation["operationId"])
    if linked is None:
        return
    parameter, pointer, calls = linked
    success = min(operation["responses"])
    operation["responses"][success]["links"] = {
        call: {"operationId": call, "parameters": {parameter: f"$response.body#{pointer}"}}
        for call in calls
    }
