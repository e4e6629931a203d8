"""What reads messages that anybody may have written, each with real ones to mutate."""

from fuzz.credentials import CREDENTIALS, CURSORS
from fuzz.messages import BODIES, EVENTS, HEADERS, RECORDS, WINDOWS
from fuzz.snapshots import SNAPSHOTS

TARGETS = (*RECORDS, BODIES, HEADERS, EVENTS, WINDOWS, CURSORS, *CREDENTIALS, *SNAPSHOTS)
