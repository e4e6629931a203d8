"""Traces, metrics and logs: how the system is seen from outside."""
