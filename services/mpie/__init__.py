"""MPIE, the Multi-Path Inference Engine: windows in, a live causal graph out.

Consumes   windows
Emits      edge changes, graphs; evidence for peers; an outcome of every window
State      one engine per stream: its sufficient statistics
Recovers   from its last snapshot and the windows after it; a window seen twice counts once
"""
