"""Dynamic Resource Governor: what every instance has left, and what it may spend.

Consumes   what instances have and use
Emits      budgets under a lease, and decisions with their reasons
State      per instance: the epoch and sequence of its budgets, and what the law remembers
"""
