"""Gateway: the thin front door. HTTP in, live events out, and the dashboard's files.

Follows    what the screens show, topic by topic (`main`), and who may come in
Emits      raw records (HTTP ingest, dead letters sent again), explicit stream definitions,
           commands, trials, keys, and the record of what was sent again
State      read models, rebuilt from the topics at every start
"""
