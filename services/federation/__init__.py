"""Federation: evidence of this deployment to its peers, and theirs put together with its own.

Or, where a federation is sealed, its rows put into sums that nobody sees one by one.

Follows    evidence, stream definitions, for sums windows; and, on the federation's cluster, what
           every peer says, for sums the coordinator alone
Emits      what it makes of each round; and, on that cluster, its own statements
State      none: everything is read anew from the logs. But for what a member of sealed rounds must
           not forget, which is a file in the folder of its membership
"""
