"""What a stored reviewer said it recalled of each paper, as a row of its own: a floor that has read nothing."""

from __future__ import annotations

from ..data.records import Paper
from .protocol import Reviewer, Traits, fingerprint_of
from .replay import ReplayReviewer
from .review import Review, failed

PREFIX = "recall:"


class RecallFlag(Reviewer):
    """Scores 1 where the stored review says that the outcome was recalled, 0 where it was not."""

    def __init__(self, replay: ReplayReviewer) -> None:
        self.replay = replay
        self.name = f"{PREFIX}{replay.name.removeprefix('replay:')}"
        self.fingerprint = fingerprint_of(recall=replay.fingerprint)
        self.traits = Traits(kind="floor", decision_rule="accept where the outcome is recalled")

    async def review(self, paper: Paper) -> Review:
        """The flag of the paper; a failed review where the file does not say what was recalled."""
        stored = self.replay.reviews.get(paper.id)
        if stored is None or stored.recall is None:
            return failed(paper.id, f"{self.replay.path.name} does not say what was recalled of this paper")
        return Review(paper_id=paper.id, overall=float(stored.recall == "outcome"), recall=stored.recall)
