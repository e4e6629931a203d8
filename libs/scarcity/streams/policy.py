"""What may be asked of a stream: its name, and how it is cut into windows."""

import math
import re
from typing import Final

from scarcity.errors import ConfigError
from scarcity.events import StreamDefined, Variable, WindowKind, WindowPolicy
from scarcity.streams.records import MAX_VARIABLES

MIN_SIZE: Final = 8
MAX_SIZE: Final = 65_536
"""Steps of a window."""
MAX_WAITING: Final = 65_536
"""How many records (COUNT) or steps (TIME) beyond one window may wait for the lateness to pass.
When there are more, the oldest window is sealed early: memory is bounded whatever the policy."""
MAX_CELLS: Final = 2**20
"""Steps times variables of a window: 8 MiB of values, half of what the bus takes at once."""
MAX_OPEN_VALUES: Final = MAX_CELLS
"""How many values may be open in all, names that no window keeps included. When there are more,
everything is sealed early: the state of a stream must fit a message of the bus."""
MIN_CADENCE_S: Final = 1e-6
MAX_WINDOW_S: Final = 100 * 365.25 * 86_400
"""A window of a century: its end must still be a date."""

_STREAM_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,200}")


def check_stream_id(name: str) -> None:
    """Raise ConfigError unless the name can be a stream's.

    >>> check_stream_id("plant-1:line_2")
    """
    if not _STREAM_ID.fullmatch(name) or set(name) == {"."}:
        raise ConfigError(
            f"{name[:40]!r} cannot name a stream: use 1 to 200 letters, digits, "
            "dots, dashes, underscores or colons, and not dots alone"
        )


def check_policy(policy: WindowPolicy) -> None:
    """Raise ConfigError, saying what to change, unless windows can be cut this way."""
    if not MIN_SIZE <= policy.size <= MAX_SIZE:
        raise ConfigError(
            f"a window of {policy.size} steps: choose a size from {MIN_SIZE} to {MAX_SIZE}"
        )
    if not 0.0 <= policy.lateness_s < math.inf:
        raise ConfigError(
            f"a lateness of {policy.lateness_s} s: choose 0 or a finite number of seconds above"
        )
    if policy.hop is not None and not 1 <= policy.hop <= policy.size:
        raise ConfigError(
            f"a hop of {policy.hop} steps with windows of {policy.size}: choose 1 to the size"
        )
    gap = policy.session_gap_s
    if gap is not None and not MIN_CADENCE_S <= gap < math.inf:
        raise ConfigError(f"a session gap of {gap} s: choose a finite number of seconds above 0")
    if policy.kind is WindowKind.TIME and policy.cadence_s is not None:
        _check_cadence(policy.cadence_s, policy)


def check_definition(definition: StreamDefined) -> None:
    """Raise ConfigError, saying what to change, unless a stream can be what it says."""
    check_stream_id(definition.stream)
    check_policy(definition.window)
    names = [variable.name for variable in definition.variables]
    if len(names) > MAX_VARIABLES:
        raise ConfigError(f"{len(names)} variables: define at most {MAX_VARIABLES}")
    if len(definition.columns) * definition.window.size > MAX_CELLS:
        raise ConfigError(
            f"windows of {definition.window.size} steps of {len(names)} variables are too large: "
            f"choose a size of at most {MAX_CELLS // len(names)}"
        )
    for variable in definition.variables:
        _check_variable(variable)
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ConfigError(f"two variables are named {twice[:40]!r}: rename one")


def _check_variable(variable: Variable) -> None:
    low, high = variable.low, variable.high
    if any(bound is not None and math.isnan(bound) for bound in (low, high)):
        raise ConfigError(f"the range of {variable.name[:40]!r} is no number: correct it")
    if low is not None and high is not None and low > high:
        raise ConfigError(
            f"{variable.name[:40]!r} ranges from {low:g} to {high:g}: exchange the two"
        )


def _check_cadence(cadence: float, policy: WindowPolicy) -> None:
    if not MIN_CADENCE_S <= cadence < math.inf:
        raise ConfigError(
            f"TIME windows with a cadence of {cadence} s: give the seconds between two steps, "
            f"{MIN_CADENCE_S:g} or more, or leave it out to have it read off the records"
        )
    if cadence * policy.size > MAX_WINDOW_S:
        raise ConfigError(
            f"{policy.size} steps of {cadence:g} s span more than a century: "
            "choose a shorter cadence or a smaller size"
        )
    if policy.session_gap_s is not None and policy.session_gap_s < 2 * cadence:
        raise ConfigError(
            f"a session gap of {policy.session_gap_s:g} s with a cadence of {cadence:g} s: "
            "choose twice the cadence or more"
        )
