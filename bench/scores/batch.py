"""All that is scored in one table, ready to be reviewed, and its record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version

from ...data.papers.load import shortness
from ...data.records import Paper
from ...reviewer.review import Review
from ..records import Calibration
from .entries import Entry
from .given import read_tried
from .grouping import groups_of, same_papers
from .one_reviewer import Choice
from .reading import read_papers
from .records import Group, ScoreRecord


@dataclass(frozen=True)
class Batch:
    """The ideas in their groups."""

    entries: Sequence[Entry]
    groups: Sequence[Group]
    papers: Mapping[str, Paper]
    """By idea, those to be reviewed, as given to the reviewer."""
    notes: Sequence[str]

    def reviews(self) -> dict[str, Review]:
        """By idea, the reviews that were made earlier."""
        return {entry.idea.id: entry.review for entry in self.entries if entry.review}

    def still_to_review(self, reviews: Mapping[str, Review], *, retry_failed: bool = False) -> list[Paper]:
        """The papers of which there is no review yet, or with `retry_failed` only a failed one."""
        there = {idea for idea, review in reviews.items() if not (retry_failed and review.status == "failed")}
        return [paper for idea, paper in self.papers.items() if idea not in there]


def read_batch(choice: Choice, tried: Sequence[str], *, raw: bool, done: Callable[[], None] = lambda: None) -> Batch:
    """Read the files of what was chosen; `tried` is what the user says of groups, see `read_tried`.

    Raises InputError where that does not fit what is there; a file that cannot be read is a note.
    """
    said = read_tried(tried, {f"{e.idea.template}/{e.idea.configuration}" for e in choice.entries})
    groups, versions = groups_of(choice.entries, said)
    entries, papers = read_papers(choice.entries, raw=raw, done=done)
    unread = [f"not read: {e.idea.ended}" for e in entries if e.idea.finished and e.idea.ended]
    short = [f"{idea}: {warning}" for idea, paper in papers.items() if (warning := shortness(paper.text))]
    return Batch(entries, groups, papers, [*versions, *same_papers(entries), *unread, *short])


def record_of(
    batch: Batch, choice: Choice, command: Sequence[str], calibration: Calibration | None = None
) -> ScoreRecord:
    """score.json of a run that begins now."""
    another = calibration is not None and calibration.fingerprint != choice.record.fingerprint
    return ScoreRecord(
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        peerassay=version("peerassay"),
        command=list(command),
        reviewer=choice.record,
        text=choice.text,
        scrub_rules=choice.scrub_rules,
        calibration=calibration,
        calibrated_as=calibration.reviewer if calibration and another else "",
        groups=list(batch.groups),
        ideas=[entry.idea for entry in batch.entries],
    )
