#!/bin/sh
# Runs a service: what was compiled ahead goes to where a process can add to it, for a container
# writes nowhere else. Without it, the first window waits for the compiler.
set -eu
kept=${NUMBA_CACHE_DIR:-/tmp/compiled}
mkdir -p "$kept" && cp -R /opt/scarcity/compiled/. "$kept" || true
exec scarcity run "$@"
