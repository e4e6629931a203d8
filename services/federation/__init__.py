"""Federation: evidence of this deployment to its peers, and theirs put together with its own.

Follows    evidence, stream definitions; and, on the federation's cluster, what every peer says
Emits      what it makes of each round; and, on that cluster, its own statements
State      none: everything is read anew from the logs
"""
