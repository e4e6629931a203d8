"""Statistics that know nothing of streams or causes: arrays in, arrays out, no state, no clock.

arrays          the array types the science speaks in
correlation     which variables a correlation matrix can tell apart, and its repair
least_squares   regression from correlations alone
subset          regression on few of many columns, which are chosen
multiplicity    many tests at once: false-discovery control
compiled        loops as machine code
threads         one thread, so that equal input gives equal output
"""
