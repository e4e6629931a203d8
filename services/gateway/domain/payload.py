"""Any event as plain JSON values, by the types of its fields."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from math import isfinite

from services.gateway.domain.documents import moment


def payload(value: object) -> object:
    """Return a value as JSON can hold it: bytes in base64, times as RFC 3339, no number as null.

    >>> payload((b"{", float("nan"), {"a": 1}))
    ['ew==', None, {'a': 1}]
    """
    if is_dataclass(value):
        return {field.name: payload(getattr(value, field.name)) for field in fields(value)}
    match value:
        case Enum():
            return value.value
        case datetime():
            return moment(value)
        case bytes():
            return b64encode(value).decode()
        case float():
            return value if isfinite(value) else None
        case Mapping():
            return {str(name): payload(each) for name, each in value.items()}
        case tuple() | list():
            return [payload(each) for each in value]
    return value
