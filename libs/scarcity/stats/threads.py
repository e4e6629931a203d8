"""How many threads a matrix product takes: one.

The matrices of a stream are small, so that threads wait for each other longer than they work, and
how a sum is split among them shows in its last bit: with one thread, equal input gives equal
output. More streams at once is what more processors are for.
"""

from threadpoolctl import threadpool_limits


def use_one_thread() -> None:
    """Let the linear algebra of this process run in one thread, from now on."""
    threadpool_limits(limits=1)
