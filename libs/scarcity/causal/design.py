"""Which lagged columns explain which targets, and where their numbers belong."""

from dataclasses import dataclass

import numpy as np

from scarcity.stats.arrays import Floats, Ints


@dataclass(frozen=True, slots=True)
class Design:
    """The regressors and targets that are left when redundant ones are taken out.

    A regressor is known by variable · L + lag - 1, a target by its variable.
    """

    variables: int
    max_lag: int
    columns: Ints
    targets: Ints

    @property
    def sources(self) -> Ints:
        """The variable of each column."""
        return self.columns // self.max_lag

    def select(self, values: Floats) -> Floats:
        """(variable, lag - 1, target) -> (column, target)."""
        flat = values.reshape(-1, self.variables)
        return flat[np.ix_(self.columns, self.targets)]

    def place(self, values: Floats, elsewhere: float) -> Floats:
        """(column, target) -> (variable, lag - 1, target)."""
        flat = np.full((self.variables * self.max_lag, self.variables), elsewhere)
        flat[np.ix_(self.columns, self.targets)] = values
        return flat.reshape(self.variables, self.max_lag, self.variables)
