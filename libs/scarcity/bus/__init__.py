"""The Runtime Bus: the only place where services meet.

`base` is the port and its promises, `embedded` the executable specification on SQLite,
`kafka` the adapter to Apache Kafka.
"""
