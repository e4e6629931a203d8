#!/bin/sh
# Runs a service: what was compiled ahead goes to where a process can add to it, for a container
# writes nowhere else. Without it, the first window waits for the compiler.
set -eu
mkdir -p "$NUMBA_CACHE_DIR" && cp -R /opt/scarcity/compiled/. "$NUMBA_CACHE_DIR" || true
exec scarcity run "$@"
