"""What deployments learn from each other without showing each other their rows.

pooling     the evidence of all peers, put together by each for itself
sealed      sums of statistics that nobody sees one by one
protocol    who may speak, what is said, what is let in, and what a round is
alignment   the evidence of a stream, in the order that peers have agreed upon
node        one deployment: all of this, as a function of what is heard and the time
link        a node on the cluster that its federation shares; chunks, what is too large for it
rule_name   what the ways of putting evidence together are called
membership  what a deployment keeps of its place; founding, how it comes by it
keeping     what a member of sealed rounds must not forget
survey      what is to be seen from outside
"""
