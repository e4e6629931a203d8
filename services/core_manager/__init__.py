"""Core Manager: what is wanted of each component, and what its heartbeats say.

Follows    heartbeats
Emits      component states
State      none: rebuilt from the newest heartbeats
"""
