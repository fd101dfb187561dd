"""A score run is a folder: score.json (what is scored) and reviews.jsonl (append-only, a review per paper).

A run that was stopped, by kill -9 too, goes on when the same command is started again: nothing is reviewed twice.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import aclosing
from pathlib import Path

from ...data.errors import InputError
from ...data.files import make_folder, read_json, validated, write_json
from ...data.records import Paper
from ...llm.budget import Budget
from ...reviewer.engine import Engine
from ...reviewer.protocol import Reviewer
from ...reviewer.review import Review
from ..run import RunFolder, check_folder
from .records import ScoreRecord

RECORD = "score.json"


class ScoreRun(RunFolder):
    """An opened folder of a score run."""

    def __init__(self, folder: Path, record: ScoreRecord) -> None:
        super().__init__(folder)
        self.record = record

    def save(self) -> None:
        """Write score.json."""
        write_json(self.folder / RECORD, self.record.model_dump(mode="json"))

    def note(self, lines: Iterable[str]) -> None:
        """Keep what happened on the way, each line once."""
        self.record.notes = list(dict.fromkeys([*self.record.notes, *lines]))
        self.save()

    def reviews(self) -> dict[str, Review]:
        """The last review of each idea's paper by the run's reviewer. Raises InputError for a line that is none."""
        ids = {idea.id for idea in self.record.ideas}
        signed = (r for r in self.all_reviews() if r.fingerprint == self.record.reviewer.fingerprint)
        return {review.paper_id: review for review in signed if review.paper_id in ids}

    def take_over(self, reviews: Mapping[str, Review]) -> None:
        """Put reviews that were made elsewhere on record, by idea, but for ideas that have one here."""
        there = self.reviews()
        signature = {"reviewer": self.record.reviewer.name, "fingerprint": self.record.reviewer.fingerprint}
        with self.appending() as appender:
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
        with self.appending() as appender:

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
    run = _opened(folder)
    return run.record, run.reviews()


def _opened(folder: Path) -> ScoreRun:
    path = folder / RECORD
    if not path.is_file():
        raise InputError(f"{folder}: no score run there (no {RECORD}); make one with `peerassay score --out {folder}`")
    return ScoreRun(folder, validated(ScoreRecord, read_json(path), str(path)))


def start_score_run(folder: Path, record: ScoreRecord) -> ScoreRun:
    """A new run in the folder, or the one that is there when it is of the same papers by the same reviewer.

    What was said of them beside that (ideas tried, calibration) may change, and is as in `record` from then on.

    Raises InputError where the folder holds something else.
    """
    if (folder / RECORD).exists():
        old = _opened(folder).record
        _refuse_another(folder, old, record)
        record = record.model_copy(update={"created": old.created, "notes": old.notes})
    else:
        check_folder(folder, RECORD)
        make_folder(folder)
    run = ScoreRun(folder, record)
    run.save()
    return run


def _refuse_another(folder: Path, old: ScoreRecord, new: ScoreRecord) -> None:
    if old.reviewer.fingerprint != new.reviewer.fingerprint:
        was, now = ((r.reviewer.name, r.reviewer.fingerprint) for r in (old, new))
        raise InputError(f"{folder}: holds a score by {' '.join(was)}, not by {' '.join(now)}; choose another --out")
    if (old.text, old.scrub_rules) != (new.text, new.scrub_rules):
        raise InputError(f"{folder}: holds a score of {old.text} texts, read otherwise; choose another --out")
    was, now = dict(_papers(old)), dict(_papers(new))
    other = sorted(was.items() ^ now.items())
    if other:
        raise InputError(f"{folder}: holds a score of other papers (such as {other[0][0]}); choose another --out")


def _papers(record: ScoreRecord) -> list[tuple[str, str]]:
    """What makes two runs be of the same papers: the ideas, and the content of their papers."""
    return sorted((idea.id, idea.sha256 or ("there" if idea.finished else "")) for idea in record.ideas)


def default_folder(record: ScoreRecord) -> Path:
    """runs/score-DIGITS: the same papers and reviewer give the same folder, so that a run continues."""
    what = [_papers(record), record.reviewer.fingerprint, record.text, record.scrub_rules]
    return Path("runs") / f"score-{hashlib.sha256(json.dumps(what).encode()).hexdigest()[:8]}"
