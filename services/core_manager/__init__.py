"""Core Manager: what is wanted of each component, and what its heartbeats say.

Consumes   commands
Follows    heartbeats
Emits      what is wanted of components, what became of commands, how components do
State      per component: what is wanted of it, and the commands judged last
"""
