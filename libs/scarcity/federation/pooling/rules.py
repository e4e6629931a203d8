"""The rules that evidence can be put together by, under the names that a configuration uses.

name               withstands                    needs
mean               nobody                        -
inverse-variance   nobody                        -
random-effects     nobody                        -
trimmed-mean       f bad peers, edge by edge     K > 2 f, and f
median             fewer than half               -
geometric-median   fewer than half               -
krum               f                             K ≥ 2 f + 3, and f
multi-krum         f                             K ≥ 2 f + 3, and f
bulyan             f                             K ≥ 4 f + 3, and f
centred-clipping   fewer than half               -
fltrust            any number that is seen       own evidence
trusted            any number that is seen       own evidence; the default

Each is told what the beliefs are, and on what terms, and tells effects, standard errors, and whom
it did not use. A bound that does not hold is a ValueError that says what is needed.
"""

from collections.abc import Callable

from scarcity.federation.pooling.averages import inverse_variance, mean, random_effects
from scarcity.federation.pooling.beliefs import Beliefs
from scarcity.federation.pooling.combining import Combined, Terms
from scarcity.federation.pooling.coordinates import median, trimmed_mean
from scarcity.federation.pooling.trusted import trusted
from scarcity.federation.pooling.vectors import (
    bulyan,
    centred_clipping,
    fltrust,
    geometric_median,
    krum,
    multi_krum,
)
from scarcity.federation.rule_name import RuleName

Rule = Callable[[Beliefs, Terms], Combined]


def _bounded(rule: Rule) -> Rule:
    """The rule, shown only what no peer can own the result by."""

    def bounded(beliefs: Beliefs, terms: Terms) -> Combined:
        return rule(beliefs.bounded(), terms)

    return bounded


RULES: dict[RuleName, Rule] = {
    "mean": _bounded(mean),
    "inverse-variance": _bounded(inverse_variance),
    "random-effects": _bounded(random_effects),
    "trimmed-mean": _bounded(trimmed_mean),
    "median": _bounded(median),
    "geometric-median": _bounded(geometric_median),
    "krum": _bounded(krum),
    "multi-krum": _bounded(multi_krum),
    "bulyan": _bounded(bulyan),
    "centred-clipping": _bounded(centred_clipping),
    "fltrust": _bounded(fltrust),
    # It bounds claims by those of the peers it trusts: most of the others may lie.
    "trusted": trusted,
}
