"""Meta-learning: what the streams of a domain have found out, told to each other's beginnings.

Follows    stream definitions, evidence, outcomes, and its own offers
Emits      what others lead one to expect of each stream's edges and of how fast it should forget,
           and what was made of each domain; tombstones on priors
State      none: everything is read anew from the topics
"""
