"""SCARCITY: a live, calibrated causal graph for every stream.

The libraries, from the ground up; each may import only what stands below it:

    errors  clock           what can go wrong, and what time it is
    stats   wire            online statistics; the generated protobuf code
    bus  causal  events  telemetry
                            the Runtime Bus; the science; typed events; traces, metrics, logs
    streams                 raw records to sealed windows
    runtime                 how a service lives: settings, loop, state, probes
    cli                     the command `scarcity`
"""

__version__ = "0.1.0"
