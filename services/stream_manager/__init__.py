"""Stream Manager: raw records in, sealed windows out.

Consumes   raw records; follows explicit stream definitions
Emits      windows, inferred stream definitions, late records
State      the open window of every stream
Recovers   from its last snapshot and the records after it; windows come out the same
"""
