"""Ports for processes that tests start."""

import random
import socket

OURS = range(20_000, 32_000)
"""Below the ports that outgoing connections get (from 32,768 on Linux).

A port that the kernel hands out may be some client's own before the process that it was meant for
has started.
"""
TRIES = 100


def free_port() -> int:
    """Return a TCP port that nobody listens on at this moment, and no client gets by chance."""
    for port in random.SystemRandom().sample(OURS, TRIES):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError(f"{TRIES} ports of {OURS} tried, none is free")
