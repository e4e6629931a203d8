"""Sealed mode: the sum of the peers' statistics becomes known, and nothing else.

Peers add up integers modulo 2^64 under masks that cancel, so that whoever adds them up sees only
the sum; from the sum of lagged products comes the regression that all rows together would give.

statistics      what one peer seals: lagged products of its rows
evidence        what the sum says: effect, standard error and z of every edge
fixedpoint      real numbers as integers, so that sums are exact
noise           discrete Gaussian noise, shared out among the peers
accountant      what releases cost in differential privacy, and what is left
release         the five above put together: rows to integers, the sum of integers to evidence
terms           what all members of a round have agreed on
agreement       the two above, as they follow from a contract and the opening of a round
keys            key agreement, derivation, signatures, boxes for one receiver
shamir          a secret in shares, of which t are needed
masking         key streams that hide an input
peer            one member's part, as a state machine
coordinator     the other part, as a fold over the messages

And on a federation's cluster, where a round is many topics and members come, go and are killed:

progress        a round as its coordinator tells it
answers         what members have answered, in whatever order it is read
rows            what may be released, each row once
memory          what a member must not forget
part            one member in one round; member, in all of them
convening       who opens rounds and closes their stages

What is protected. Nobody takes the masks off one member's statistic as long as fewer than t members
collude with the coordinator, and 2 t > n + c for c members who sign whatever the coordinator asks
(c < n / 5 at t = 0.6 n). Not covered: what the sum says to those who subtract their own inputs,
which is the sum of the others, and of t inputs may be the one that is left; that an input is
honest; who takes part, and when; members admitted under several names.

Source: K. Bonawitz et al., "Practical secure aggregation for privacy-preserving machine learning",
CCS 2017; with a sparse graph J. H. Bell et al., "Secure single-server aggregation with
(poly)logarithmic overhead", CCS 2020.
"""
