"""Gateway: the thin front door. HTTP in, live events out, and the dashboard's files.

Follows    stream definitions, windows, late records, graphs, edge changes, component states,
           dead letters
Emits      raw records (HTTP ingest), explicit stream definitions
State      read models, rebuilt from the topics at every start
"""
