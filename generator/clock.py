"""The time that all experiments of an idea may take together, over all starts."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field, replace

from .lab import Lab
from .progress import time_in_words

LEAST = 1.0
"""Seconds that an experiment is still begun for."""


@dataclass(frozen=True)
class Clock:
    """Seconds: `before` were taken in earlier starts, `limit` may be taken in all; None: as many as it takes."""

    before: float
    limit: float | None
    _start: float = field(default_factory=time.monotonic)

    @property
    def taken(self) -> float:
        """The seconds that were taken so far."""
        return self.before + time.monotonic() - self._start

    @property
    def left(self) -> float:
        """The seconds that are left."""
        return math.inf if self.limit is None else self.limit - self.taken

    def ended(self, lab: Lab) -> bool:
        """Whether no further experiment is to be begun, which is told."""
        if self.limit is None or self.left >= LEAST:
            return False
        lab.tell(f"no further experiment: the {time_in_words(self.limit)} for all of them are used up")
        return True

    def within(self, lab: Lab) -> Lab:
        """The lab with the time of one experiment within what is left."""
        seconds = min(lab.settings.run_seconds, max(self.left, LEAST))
        return replace(lab, settings=lab.settings.model_copy(update={"run_seconds": seconds}))
