"""What the governor is told to hold, as validated configuration.

Loads are numbers without a unit: 1 is the limit, `target` is where the governor holds a resource.
Of memory the load is the share of the limit that is predicted to be used. Of everything else it is
`target` times the value over what `Tolerances` allows.
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Share = Annotated[float, Field(gt=0.0, le=1.0)]
Tolerance = Annotated[float, Field(gt=0.0)] | None


class Level(IntEnum):
    """How things stand, from good to bad."""

    NORMAL = 0
    CAUTION = 1
    THROTTLE = 2
    CRITICAL = 3
    PAUSE = 4


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Tolerances(_Frozen):
    """What is still well, per resource other than memory; None = not looked at."""

    memory_pressure: Tolerance = 0.40
    """share of time in which some task waited for memory"""
    memory_pressure_full: Tolerance = 0.20
    """share of time in which all of them did"""
    cpu_throttled: Tolerance = 0.5
    """share of scheduling periods in which the quota ran out"""
    cpu_pressure: Tolerance = None
    """a busy machine is no harm by itself"""
    io_pressure_full: Tolerance = None
    """that disks are busy is no harm by itself either"""
    loop_lag: Tolerance = 1.0
    """seconds"""
    consumer_lag: Tolerance = None
    """messages that wait; with a number, work is cut to what lets them be handled sooner"""
    latency: Tolerance = None
    """seconds that handling a message may take"""
    gpu_memory: Tolerance = 0.90
    """share of its memory"""
    gpu_temperature: Tolerance = 85.0
    """degrees Celsius"""


class Rung(_Frozen):
    """What may be spent while the share of full work is at least `at`."""

    at: float = Field(ge=0.0, le=1.0)
    """share of full work"""
    every: int = Field(1, ge=1)
    """graphs are brought up to date at every so manieth window"""
    targets: Share = 1.0
    """share of the variables of a stream"""
    most_parents: int = Field(20, ge=1)
    """lagged parents that a variable can have"""
    nonlinear: bool = True
    """whether squares of variables are looked at"""
    single: bool = False
    """whether evidence is multiplied in single precision"""


LADDER = (
    Rung(at=0.9),
    Rung(at=0.75, every=2),
    Rung(at=0.6, every=2, targets=0.5),
    Rung(at=0.45, every=4, targets=0.5, most_parents=10),
    Rung(at=0.3, every=4, targets=0.25, most_parents=8, nonlinear=False),
    Rung(at=0.15, every=8, targets=0.25, most_parents=8, nonlinear=False),
    Rung(at=0.0, every=16, targets=0.1, most_parents=5, nonlinear=False, single=True),
)
"""In the order of harm: freshness first, then breadth, then depth. Evidence is always taken."""


class Policy(_Frozen):
    """How to govern one instance."""

    target: Share = 0.87
    """load that is held, with no reserve"""
    deadband: float = Field(0.01, ge=0.0)
    """load below `target` from which on nothing is raised"""
    ceiling: Share = 0.91
    """memory load that the largest surprise known must not pass"""
    distrust: float = Field(0.14, ge=0.0)
    """load kept free at first, while it is not known what surprises there are"""
    trust_s: float = Field(15.0, gt=0.0)
    """time constant with which that is given up"""
    most_reserve: float = Field(0.2, ge=0.0)
    """load kept free for surprises, however large they were"""
    remember_s: float = Field(120.0, gt=0.0)
    """time constant with which a surprise is forgotten"""
    enter: tuple[Share, Share, Share, Share] = (0.70, 0.88, 0.90, 0.915)
    """loads at which CAUTION, THROTTLE, CRITICAL and PAUSE begin"""
    leave: tuple[Share, Share, Share, Share] = (0.60, 0.80, 0.84, 0.86)
    """loads below which they end"""
    dwell_s: float = Field(1.0, ge=0.0)
    """a level is not left before; from each to the next lower one"""
    horizon_s: float = Field(0.5, gt=0.0)
    """how far ahead memory is predicted"""
    gain: float = Field(3.0, gt=0.0)
    """share of work cut per load above `target`"""
    deepest_cut: float = Field(0.5, gt=0.0, lt=1.0)
    """factor below which one tick does not cut"""
    raise_per_s: float = Field(0.27, gt=0.0)
    """share of work given back in a second"""
    hold_s: float = Field(0.5, ge=0.0)
    """after a cut nothing is given back for so long"""
    floor: float = Field(0.05, gt=0.0, le=1.0)
    """least share of work while not paused"""
    safe: float = Field(0.3, gt=0.0, le=1.0)
    """share of work when nothing is known: at the start, and after a lease ran out"""
    patience_s: float = Field(3.0, gt=0.0)
    """a cut that has changed nothing after so long is ineffective"""
    longest_pause_s: float = Field(5.0, ge=0.0)
    """after a pause of so long, if memory does not rise, the floor is worked at in spite of it"""
    last_resort: Share = 0.97
    """load of memory from which on a pause has no end"""
    dry_run: bool = False
    """decide and tell, and change nothing"""
    tolerances: Tolerances = Tolerances()
    """what is still well, of everything but memory"""
    ladder: tuple[Rung, ...] = LADDER
    """what is left out at which share of full work"""

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if list(self.enter) != sorted(self.enter) or list(self.leave) != sorted(self.leave):
            raise ValueError("enter and leave must rise from CAUTION to PAUSE")
        if any(low >= high for low, high in zip(self.leave, self.enter, strict=True)):
            raise ValueError("each level must be left below where it is entered")
        if self.floor > self.safe:
            raise ValueError(f"safe ({self.safe}) must be at least floor ({self.floor})")
        at = [rung.at for rung in self.ladder]
        if not at or at != sorted(set(at), reverse=True) or at[-1] != 0.0:
            raise ValueError("the ladder must fall from rung to rung, and end at 0")
        return self

    def rung(self, share: float) -> Rung:
        """What may be spent at this share of full work."""
        return next(rung for rung in self.ladder if share >= rung.at)


def policy(settings: Mapping[str, object]) -> Policy:
    """The policy that a document describes; pydantic.ValidationError that names what is wrong."""
    return Policy.model_validate(settings)
