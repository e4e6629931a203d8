"""MPIE, the Multi-Path Inference Engine: windows in, a live causal graph out.

Consumes   windows
Follows    priors: what the evidence of others leads one to expect
Emits      edge changes, graphs; evidence for peers; an outcome of every window
State      one engine per stream: its sufficient statistics, and how far it trusts each prior
Recovers   from its last snapshot and the windows after it; a window seen twice counts once
"""
