"""From raw records to sealed windows: pure, without clock or I/O; events in, events out.

records      one record: bytes -> event time and finite numbers
reading      many records of a stream: bytes -> rows
bodies       an HTTP body or a file -> its records
rows         records side by side
operator     one stream: rows -> definition, windows, late records
watermark    how far its event time has come
sessions     where it was silent for long
definitions  what its variables are, and how they change
quality      what the values of a window look like
counted      COUNT windows
timed        TIME windows; `paced` when nobody declared their cadence; `grid` resamples
batch        what the kinds of windows have in common
policy       what a stream may be called and how it may be cut
snapshot     the state of an operator as bytes
"""

from scarcity.streams.bodies import CONTENT_TYPES, Line, read_lines
from scarcity.streams.operator import Late, Outcome, StreamOperator
from scarcity.streams.policy import MAX_WAITING, check_definition, check_policy, check_stream_id
from scarcity.streams.reading import Reading, read_records
from scarcity.streams.records import (
    MAX_FUTURE,
    MAX_RECORD_BYTES,
    MAX_VARIABLES,
    Record,
    parse_record,
)
from scarcity.streams.rows import Rows

__all__ = [
    "CONTENT_TYPES",
    "MAX_FUTURE",
    "MAX_RECORD_BYTES",
    "MAX_VARIABLES",
    "MAX_WAITING",
    "Late",
    "Line",
    "Outcome",
    "Reading",
    "Record",
    "Rows",
    "StreamOperator",
    "check_definition",
    "check_policy",
    "check_stream_id",
    "parse_record",
    "read_lines",
    "read_records",
]
