"""A score run is a folder: score.json (what is scored) and reviews.jsonl (append-only, a review per paper).

A run that was stopped, by kill -9 too, goes on when the same command is started again: nothing is reviewed twice.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import aclosing
from pathlib import Path

from ...data.records import Paper
from ...llm.budget import Budget
from ...reviewer.engine import Engine
from ...reviewer.protocol import Reviewer
from ...reviewer.review import Review
from ...reviewer.run_folder import RunFolder
from .records import ScoreRecord


class ScoreRun(RunFolder[ScoreRecord]):
    """An opened folder of a score run."""

    FILE = "score.json"
    RECORD = ScoreRecord
    KIND = "score run"
    COMMAND = "peerassay score --out FOLDER"

    @classmethod
    def conflict(cls, old: ScoreRecord, new: ScoreRecord) -> str:
        """What is by another reviewer, of other papers, or of texts that were read otherwise.

        What was said of them beside that (ideas tried, calibration) may change.
        """
        if old.reviewer.fingerprint != new.reviewer.fingerprint:
            was, now = (f"{record.reviewer.name} {record.reviewer.fingerprint}" for record in (old, new))
            return f"a score by {was}, not by {now}"
        if (old.text, old.scrub_rules) != (new.text, new.scrub_rules):
            return f"a score of {old.text} texts, read otherwise"
        other = sorted({*old.papers()} ^ {*new.papers()})
        return f"a score of other papers (such as {other[0][0]})" if other else ""

    def reviews(self) -> dict[str, Review]:
        """The last review of each idea's paper by the run's reviewer. Raises InputError for a line that is none."""
        ids = {idea.id for idea in self.record.ideas}
        signed = (r for r in self.all_reviews() if r.fingerprint == self.record.reviewer.fingerprint)
        return {review.paper_id: review for review in signed if review.paper_id in ids}

    def take_over(self, reviews: Mapping[str, Review]) -> None:
        """Put reviews that were made elsewhere on record, by idea, but for ideas that have one here."""
        there = self.reviews()
        signature = {"reviewer": self.record.reviewer.name, "fingerprint": self.record.reviewer.fingerprint}
        appender = self.appender()
        for idea, review in reviews.items():
            if idea not in there:
                appender.add(review.model_copy(update={**signature, "paper_id": idea}))

    def spent(self, papers: Collection[str]) -> float:
        """US dollars that reviews of these papers have cost here, failed ones included.

        What language models cost stands in the ledger, see `ledger_path`, and not in this sum.
        """
        if self.record.reviewer.traits.pays != "per review":
            return 0.0
        return sum(review.usage.usd or 0.0 for review in self.all_reviews() if review.paper_id in papers)

    async def review(
        self,
        reviewer: Reviewer,
        papers: Sequence[Paper],
        *,
        concurrency: int = 8,
        budget: Budget | None = None,
        watched: bool = True,
        done: Callable[[Review], None] = lambda _: None,
    ) -> bool:
        """Review the papers, each review on disk before the next; whether the budget put an end to it.

        Raises as `Engine.review`; what was reviewed before is on record.
        """
        appender = self.appender()

        def keep(review: Review) -> None:
            appender.add(review)
            done(review)

        engine = Engine(keep, concurrency, budget or Budget(None))
        engine.know(self.all_reviews())
        async with aclosing(reviewer):
            return await engine.review(reviewer, papers, watched=watched)


def open_score_run(folder: Path) -> tuple[ScoreRecord, dict[str, Review]]:
    """The record of a score run, and its reviews by idea.

    Raises InputError where there is none, or its files are broken.
    """
    run = ScoreRun.open(folder)
    return run.record, run.reviews()


def default_folder(record: ScoreRecord) -> Path:
    """runs/score-DIGITS: the same papers and reviewer give the same folder, so that a run continues."""
    what = [record.papers(), record.reviewer.fingerprint, record.text, record.scrub_rules]
    return Path("runs") / f"score-{hashlib.sha256(json.dumps(what).encode()).hexdigest()[:8]}"
