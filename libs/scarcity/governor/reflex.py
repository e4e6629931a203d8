"""The governor inside a process: measures many times a second, and decides without asking anybody.

It needs no bus, because the bus may be what is sick, and no event loop, because that may be busy:
it is a thread. What it decides is read at any time (`allowance`); what it has to tell is collected
until somebody asks (`news`).
"""

import ctypes
import gc
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from scarcity.events import BudgetDecided, BudgetGranted, ResourceSample, ResourcesSampled
from scarcity.governor.account import Account
from scarcity.governor.law import TICK_S, Decision, State, decide
from scarcity.governor.lease import FULL, Allowance, Lease
from scarcity.governor.policy import Level, Policy

MOST_NEWS = 1000
"""Decisions waiting to be told; the oldest go first."""
SMALLEST_NEWS = 0.05
"""A share that changed by less is not told, unless a level or a rule did."""
EVICT_EVERY_S = 1.0
EVICT_AT_LEAST_EVERY_S = 60.0
CALM = 0.5
"""A load, reserve included, below which looking half as often will do."""
CALM_TICK_S = 2.0 * TICK_S


@dataclass(frozen=True, slots=True)
class Told:
    """What was told last."""

    share: float
    level: Level = Level.NORMAL
    rule: str = "keep"


def give_back() -> None:
    """Give freed memory back to the system, which neither Python nor malloc does by itself."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


@dataclass(frozen=True, slots=True)
class Senses:
    """How a reflex knows and acts."""

    measure: Callable[[], ResourceSample]
    """what there is and what is used"""
    now: Callable[[], datetime]
    """the time, for what is told"""
    clock: Callable[[], float] = time.monotonic
    evict: Callable[[], None] = give_back
    """gives back what can be; called while the law asks for it, at most once a second"""


class Reflex:
    """Governs one process."""

    def __init__(self, policy: Policy, senses: Senses, *, component: str, instance: str) -> None:
        self._policy = policy
        self._senses = senses
        self._component = component
        self._instance = instance
        self._account = Account("reflex", component, instance, is_dry_run=policy.dry_run)
        self._state = State(share=policy.safe)
        self._lease = Lease()
        self._own = Allowance(1.0, is_paused=False, intake=policy.safe)
        self._begins = True
        self._sample = ResourceSample()
        self._told = Told(policy.safe)
        self._news: deque[BudgetDecided] = deque(maxlen=MOST_NEWS)
        self._evict_at = float("-inf")
        self._evict_wait = EVICT_EVERY_S
        self._bug: Exception | None = None
        self._ended = threading.Event()

    @property
    def policy(self) -> Policy:
        """What it holds."""
        return self._policy

    def retune(self, policy: Policy) -> None:
        """Hold something else, from the next look on."""
        self._account = replace(self._account, is_dry_run=policy.dry_run)
        self._policy = policy

    @property
    def allowance(self) -> Allowance:
        """What may be spent now. RuntimeError when nobody governs any more, because of a bug."""
        if self._bug is not None:
            raise RuntimeError("the governor has failed") from self._bug
        if self._policy.dry_run:
            return FULL
        return self._lease.bound(self._policy, self._own, self._senses.clock())

    def start(self) -> None:
        """Begin to govern, or go on; ends with the process, or with `stop`."""
        self._ended = ended = threading.Event()
        threading.Thread(target=self._run, args=(ended,), name="reflex", daemon=True).start()

    def stop(self) -> None:
        """Stop governing."""
        self._ended.set()

    def grant(self, grant: BudgetGranted) -> None:
        """Take note of what is granted; what is for others, or outdated, changes nothing."""
        if grant.instance == self._instance:
            self._lease = self._lease.after(grant, self._senses.clock())

    def report(self) -> ResourcesSampled:
        """What there is now."""
        share = self.allowance.share
        at = self._senses.now()
        return ResourcesSampled(self._instance, self._component, at, self._sample, share)

    def news(self) -> list[BudgetDecided]:
        """What was decided since this was asked last."""
        return [self._news.popleft() for _ in range(len(self._news))]

    def tick(self) -> Decision:
        """Measure and decide once."""
        self._sample = sample = self._senses.measure()
        now = self._senses.clock()
        self._state, decision = decide(self._policy, self._state, sample, now)
        self._own = self._allowed(decision)
        self._note(decision, sample)
        self._give_back(decision, now)
        return decision

    def _allowed(self, decision: Decision) -> Allowance:
        """What a decision leaves.

        At the beginning, as long as nothing was cut, little is taken in hand, but all that can be
        found in it is looked for: who starts anew says what he would have said before.
        """
        is_rising = decision.rule in ("raise", "hold", "keep") and decision.share < 1.0
        self._begins = self._begins and is_rising
        share = 1.0 if self._begins else decision.share
        return Allowance(share, decision.is_paused, intake=decision.share)

    def _give_back(self, decision: Decision, now: float) -> None:
        """Evict if that is asked for, ever more rarely: what was given back is not there again."""
        if self._policy.dry_run or not decision.evict:
            self._evict_wait = EVICT_EVERY_S
        elif now >= self._evict_at:
            self._evict_at = now + self._evict_wait
            self._evict_wait = min(2.0 * self._evict_wait, EVICT_AT_LEAST_EVERY_S)
            self._senses.evict()

    def _run(self, ended: threading.Event) -> None:
        wait = TICK_S
        while not ended.wait(wait):
            try:
                decision = self.tick()
            except Exception as bug:  # noqa: BLE001 - told to whoever relies on being governed
                self._bug = bug
                return
            is_calm = decision.load is None or decision.load < CALM
            wait = CALM_TICK_S if is_calm else TICK_S

    def _note(self, decision: Decision, sample: ResourceSample) -> None:
        told = self._told
        is_same = decision.level is told.level and decision.rule == told.rule
        if is_same and abs(decision.share - told.share) < SMALLEST_NEWS:
            return
        self._told = Told(decision.share, decision.level, decision.rule)
        if decision.share == told.share and decision.level is told.level:
            return
        before = (told.share, told.level)
        self._news.append(self._account.of(decision, before, sample, self._senses.now()))
