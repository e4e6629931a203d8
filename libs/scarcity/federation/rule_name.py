"""What the rules are called, apart from them: who only names one need not load the arithmetic."""

from typing import Literal

RuleName = Literal[
    "mean",
    "inverse-variance",
    "random-effects",
    "trimmed-mean",
    "median",
    "geometric-median",
    "krum",
    "multi-krum",
    "bulyan",
    "centred-clipping",
    "fltrust",
    "trusted",
]
