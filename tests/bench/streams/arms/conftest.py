"""Keeps the tests away from what needs the peers, which are installed elsewhere."""

collect_ignore = ["faust.py", "quix.py"]
