"""How a service lives: settings, the handling loop, state, heartbeats, probes, drain."""
