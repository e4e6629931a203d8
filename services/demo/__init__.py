"""Demo: two streams worth watching, so that a newcomer sees a graph within a minute.

Emits      raw records of `host`, this machine's own metrics, and of `world`, a synthetic system
           whose true causes are known; and the definitions of both
State      none
"""
