"""From raw records to sealed windows: pure, without clock or I/O; events in, events out.

records   one record: bytes -> event time and finite numbers
bodies    an HTTP body or a file -> its records
operator  one stream: records -> definition, windows, late records
policy    what a stream may be called and how it may be cut
counted   COUNT windows
timed     TIME windows
step      one step of a TIME grid, on which many records may fall
batch     what the two kinds of windows have in common
snapshot  the state of an operator as bytes
"""

from scarcity.streams.bodies import CONTENT_TYPES, Line, read_lines
from scarcity.streams.operator import Origin, StreamOperator
from scarcity.streams.policy import MAX_WAITING, check_definition, check_policy, check_stream_id
from scarcity.streams.records import (
    MAX_FUTURE,
    MAX_RECORD_BYTES,
    MAX_VARIABLES,
    Record,
    parse_record,
)

__all__ = [
    "CONTENT_TYPES",
    "MAX_FUTURE",
    "MAX_RECORD_BYTES",
    "MAX_VARIABLES",
    "MAX_WAITING",
    "Line",
    "Origin",
    "Record",
    "StreamOperator",
    "check_definition",
    "check_policy",
    "check_stream_id",
    "parse_record",
    "read_lines",
]
