"""The methods we are compared with, each at its usual settings.

    pcmci        Runge et al. 2019, tigramite: partial correlation, alpha 0.05, pc_alpha 0.2
    pcmci_bh     its p-values, Benjamini-Hochberg at 0.05 over lagged cross edges
    pcmci_plus   Runge 2020, tigramite: with lag 0, alpha 0.01
    var_lingam   Hyvärinen et al. 2010, lingam: VAR, then DirectLiNGAM on its residuals, pruned
    var          least squares on all lags, t-tests, Benjamini-Hochberg at 0.05
    lasso        lasso of each target on all lags, penalty by BIC along the LARS path
    correlation  lagged correlation, Benjamini-Hochberg at 0.05

All see standardised columns. Of missing values, tigramite leaves out the samples they touch, and
correlation the pairs; the regressions drop rows, and say nothing when too few are left.
"""

from collections.abc import Callable, Collection
from dataclasses import replace
from importlib import import_module
from types import ModuleType

import numpy as np
from scipy import stats

from bench.mpie.answers import Answer, silence
from worlds.world import Bools, Floats

Peer = Callable[[Floats, int], Answer]

FDR = 0.05
MISSING = 999.0


def ask(values: Floats, max_lag: int, peers: Collection[str]) -> dict[str, Answer]:
    """What these peers say; PCMCI runs once, whatever level its p-values are read at."""
    columns = standardised(values)
    answers = {name: PEERS[name](columns, max_lag) for name in peers if name in PEERS}
    if "pcmci" in answers and "pcmci_bh" in peers:
        answers["pcmci_bh"] = replace(
            answers["pcmci"], accepted=discoveries(answers["pcmci"].p_value)
        )
    return answers


def standardised(values: Floats) -> Floats:
    """Columns (time, variable) of mean 0 and standard deviation 1."""
    columns: Floats = (values - np.nanmean(values, axis=0)) / np.nanstd(values, axis=0)
    return columns


def discoveries(p_value: Floats, level: float = FDR) -> Bools:
    """Benjamini-Hochberg over the cross edges (lag, source, target) that have a p-value."""
    family = ~np.isnan(p_value) & ~np.eye(p_value.shape[-1], dtype=np.bool_)
    found = np.zeros(p_value.shape, dtype=np.bool_)
    found[family] = stats.false_discovery_control(p_value[family]) <= level
    return found


def pcmci(columns: Floats, max_lag: int) -> Answer:
    """Lagged edges only."""
    settings = {"tau_min": 1, "tau_max": max_lag, "pc_alpha": 0.2, "alpha_level": 0.05}
    return _tigramite(_pcmci(columns).run_pcmci(**settings), first_lag=1)


def pcmci_plus(columns: Floats, max_lag: int) -> Answer:
    """Edges at lag 0 too, oriented where that is possible."""
    settings = {"tau_min": 0, "tau_max": max_lag, "pc_alpha": 0.01}
    return _tigramite(_pcmci(columns).run_pcmciplus(**settings), first_lag=0)


def var_lingam(columns: Floats, max_lag: int) -> Answer:
    """A coefficient that was not pruned is an edge; it has no p-values."""
    rows = columns[np.isfinite(columns).all(axis=1)]
    model = import_module("lingam").VARLiNGAM(lags=max_lag, criterion=None, prune=True)
    by_target = np.asarray(model.fit(rows).adjacency_matrices_)
    coefficients = np.zeros((max_lag + 1, *by_target.shape[1:]))
    coefficients[: len(by_target)] = by_target.transpose(0, 2, 1)
    return _selected(coefficients)


def var(columns: Floats, max_lag: int) -> Answer:
    """Every coefficient of the full regression, tested."""
    present, past = lagged_rows(columns, max_lag)
    (rows, width), d = past.shape, present.shape[1]
    freedom = rows - width - 1
    if freedom < 1:
        return silence(max_lag, d)
    past, present = past - past.mean(axis=0), present - present.mean(axis=0)
    inverse = np.linalg.inv(past.T @ past)
    coefficients = inverse @ (past.T @ present)
    variance = np.sum((present - past @ coefficients) ** 2, axis=0) / freedom
    t = coefficients / np.sqrt(np.outer(np.diag(inverse), variance))
    return _tested(t.reshape(max_lag, d, d), freedom)


def lasso(columns: Floats, max_lag: int) -> Answer:
    """A coefficient other than 0 is an edge; it has no p-values."""
    present, past = lagged_rows(columns, max_lag)
    (rows, width), d = past.shape, present.shape[1]
    # BIC estimates the noise by least squares, which takes more rows than coefficients.
    noise = None if rows > width + 1 else 0.5
    coefficients = np.zeros((max_lag + 1, d, d))
    for target in range(d):
        model = _linear_model().LassoLarsIC(criterion="bic", noise_variance=noise)
        fitted = model.fit(past, present[:, target]).coef_
        coefficients[1:, :, target] = fitted.reshape(max_lag, d)
    answer = _selected(coefficients)
    return replace(answer, score=_lagged_only(answer.score[1:]))


def correlation(columns: Floats, max_lag: int) -> Answer:
    """Nothing is held fixed."""
    rows, d = columns.shape
    known, zeroed = np.isfinite(columns).astype(np.float64), np.nan_to_num(columns)
    pairs = [known[: rows - k].T @ known[k:] for k in range(1, max_lag + 1)]
    products = [zeroed[: rows - k].T @ zeroed[k:] for k in range(1, max_lag + 1)]
    count = np.array(pairs).reshape(max_lag, d, d)
    r = np.clip(np.array(products) / count, -1.0 + 1e-12, 1.0 - 1e-12)
    return _tested(r * np.sqrt((count - 2.0) / (1.0 - r**2)), count - 2.0)


PEERS: dict[str, Peer] = {
    "pcmci": pcmci,
    "pcmci_plus": pcmci_plus,
    "var_lingam": var_lingam,
    "var": var,
    "lasso": lasso,
    "correlation": correlation,
}
ALL = ("pcmci", "pcmci_bh", "pcmci_plus", "var_lingam", "var", "lasso", "correlation")
QUICK = ("var", "lasso", "correlation")
"""Those that are quick at 50 variables."""


def lagged_rows(columns: Floats, max_lag: int) -> tuple[Floats, Floats]:
    """x(t), and beside it [x(t-1), …, x(t-L)]; rows with a missing value are dropped."""
    rows = len(columns) - max_lag
    present = columns[max_lag:]
    past = np.hstack([columns[max_lag - k : max_lag - k + rows] for k in range(1, max_lag + 1)])
    whole = np.isfinite(present).all(axis=1) & np.isfinite(past).all(axis=1)
    return present[whole], past[whole]


def _pcmci(columns: Floats) -> ModuleType:
    """A PCMCI of tigramite, ready to run."""
    data = import_module("tigramite.data_processing")
    missing = np.isnan(columns)
    flag = {"missing_flag": MISSING} if missing.any() else {}
    test = import_module("tigramite.independence_tests.parcorr").ParCorr(significance="analytic")
    made: ModuleType = import_module("tigramite.pcmci").PCMCI(
        dataframe=data.DataFrame(np.where(missing, MISSING, columns), **flag),
        cond_ind_test=test,
        verbosity=0,
    )
    return made


def _tigramite(result: dict[str, Floats], *, first_lag: int) -> Answer:
    """Its arrays are (source, target, lag)."""
    p_value, value, graph = (
        np.moveaxis(np.array(result[name]), 2, 0) for name in ("p_matrix", "val_matrix", "graph")
    )
    p_value[:first_lag] = np.nan
    # p-values underflow; among those that did, the larger correlation is surer.
    score = -np.log10(np.maximum(p_value, 1e-300)) + 1e-3 * np.abs(value)
    accepted = graph == "-->"
    accepted[:first_lag] = False
    undirected = np.isin(graph[0], ("o-o", "x-x")) & (first_lag == 0)
    return Answer(score, accepted, p_value, undirected)


def _tested(t: Floats, freedom: int | Floats) -> Answer:
    """From t statistics (lag - 1, source, target)."""
    p_value = _lagged_only(2.0 * stats.t.sf(np.abs(t), freedom))
    undirected = np.zeros(t.shape[1:], dtype=np.bool_)
    return Answer(_lagged_only(np.abs(t)), discoveries(p_value), p_value, undirected)


def _selected(coefficients: Floats) -> Answer:
    """From coefficients (lag, source, target) of which some are 0."""
    unknown = np.full(coefficients.shape, np.nan)
    undirected = np.zeros(coefficients.shape[1:], dtype=np.bool_)
    return Answer(np.abs(coefficients), coefficients != 0.0, unknown, undirected)


def _lagged_only(array: Floats) -> Floats:
    """Put lag 0, of which nothing is said, before (lag - 1, source, target)."""
    return np.concatenate([np.full((1, *array.shape[1:]), np.nan), array])


def _linear_model() -> ModuleType:
    return import_module("sklearn.linear_model")
