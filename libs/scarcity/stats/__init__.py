"""Statistics that know nothing of streams or causes: arrays in, arrays out, no state, no clock.

arrays          the array types the science speaks in
correlation     which variables a correlation matrix can tell apart, and its repair
least_squares   regression from correlations alone
multiplicity    many tests at once: false-discovery control
"""
