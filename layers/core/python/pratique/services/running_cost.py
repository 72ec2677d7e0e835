"""What the invocation at hand costs."""

from __future__ import annotations

import time
from collections.abc import Callable

from pratique.model.usage import Usage
from pratique.ports.clock import Clock
from pratique.ports.scans import BILLIONTH
from pratique.ports.spending import Spending
from pratique.services.prices import invocation_cost
from pratique.services.scan_gate import MILLIONTH


class RunningCost:
    """Counts from where it is made, at the beginning of an invocation."""

    def __init__(self, take: Callable[[], Usage], spending: Spending, clock: Clock, *, gigabytes: float) -> None:
        """Begin; ``take`` returns what this thread used since it was last asked, which before now is nobody's."""
        take()
        self._take = take
        self._spending = spending
        self._clock = clock
        self._gigabytes = gigabytes
        self._started = time.monotonic()

    def settle(self) -> int:
        """Add the cost so far to the day's spending and return it, in billionths of a US dollar; called once."""
        seconds = time.monotonic() - self._started
        cost = invocation_cost(self._take(), seconds=seconds, gigabytes=self._gigabytes)
        self._spending.add(self._clock.now().date().isoformat(), round(cost * MILLIONTH / BILLIONTH))
        return cost
