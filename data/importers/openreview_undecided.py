"""The papers of a venue that is under review, from OpenReview, for sealed forecasts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from ..dataset import Dataset, build_undecided
from ..errors import InputError
from ..records import Paper
from ..undecided import first_papers
from .openreview_decisions import GONE, judge
from .openreview_listing import Listing, Progress, card_of
from .openreview_notes import Submission
from .openreview_texts import StoredText


def under_review(
    listing: Listing,
    submissions: Sequence[Submission],
    paper_of: Callable[[Submission], Paper],
    text_of: Callable[[Submission], StoredText] | None,
    limit: int | None,
    report: Progress,
) -> Dataset:
    """The papers that are neither decided nor withdrawn, with the texts of their PDFs, or with title and abstract.

    Raises InputError where the venue shows accepted papers, and where no paper has a text.
    """
    venue = listing.venue
    judgements, _ = judge(submissions, venue)
    if any(judgement.accepted for judgement in judgements):
        raise InputError(f"{venue.title} is decided already; pull it without --undecided")
    excluded = Counter(listing.closed) + Counter(s.status for s in submissions if s.status in GONE)
    open_ones = [s for s in submissions if s.status not in GONE]
    there = {s.id: s for s in open_ones if s.title or s.abstract}
    excluded["no title and no abstract"] = len(open_ones) - len(there)
    note = "Papers under review, with the texts that OpenReview showed on the day of the pull."
    card = card_of(listing, submissions, notes=[note, *venue.notes])
    dataset = first_papers(build_undecided(card, [paper_of(submission) for submission in there.values()]), limit)
    papers = list(dataset.papers)
    if text_of is not None:
        papers = []
        for count, paper in enumerate(dataset.papers, start=1):
            text = text_of(there[paper.id])
            report(count, len(dataset), "texts")
            if text.missing:
                excluded[text.missing] += 1
            else:
                changes = {"text": text.text, "source": "pdf", "text_version": text.version}
                papers.append(paper.model_copy(update=changes))
    counts = {reason: count for reason, count in sorted(excluded.items()) if count}
    return build_undecided(card.model_copy(update={"excluded": counts}), papers)
