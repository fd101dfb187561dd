"""The published search: one experiment after another, each from the code of the last that ran."""

from __future__ import annotations

from ..lab import Lab
from ..scientist import Scientist
from .steps import begin, experiment


class Linear:
    """Up to `runs` experiments in a row; one that fails for good is left behind, its code too."""

    async def explore(self, lab: Lab, scientist: Scientist) -> None:
        """Make the experiments; a stopped search goes on with the next."""
        journal = await begin(lab)
        while not journal.done:
            if len(journal.nodes) - 1 >= lab.settings.runs:
                break
            if await experiment(lab, scientist, journal, journal.finished[-1]) is None:
                break
        journal.done = True
        journal.write(lab.journal_path)
