"""What may be spent on a window, beyond keeping the evidence."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits on discovery; in the order in which lowering them does harm, the least first.

    Evidence is kept whatever the budget: what is not looked at now is looked at later, with nothing
    lost. ValueError when a value makes no sense.

    every         the graph is brought up to date at every so manieth window
    targets       of so many targets, at most, edges are tested then; None = all
    most_parents  how many lagged parents a target can have
    nonlinear     whether squares are looked at
    single        multiply evidence in single precision: seven digits, in half of the time where
                  rows are wide
    """

    every: int = 1
    targets: int | None = None
    most_parents: int = 20
    nonlinear: bool = True
    single: bool = False

    def __post_init__(self) -> None:
        if self.every < 1:
            raise ValueError(f"every must be at least 1 window, not {self.every}")
        if self.targets is not None and self.targets < 1:
            raise ValueError(f"targets must be at least 1, or None for all, not {self.targets}")
        if self.most_parents < 1:
            raise ValueError(f"most_parents must be at least 1, not {self.most_parents}")

    def within(self, other: "Budget") -> "Budget":
        """What both budgets allow."""
        targets = [each for each in (self.targets, other.targets) if each is not None]
        return Budget(
            max(self.every, other.every),
            min(targets, default=None),
            min(self.most_parents, other.most_parents),
            self.nonlinear and other.nonlinear,
            self.single or other.single,
        )


UNLIMITED = Budget()
