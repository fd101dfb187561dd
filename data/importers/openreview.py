"""Pull a venue from OpenReview: papers, ratings and decisions, resumably.

The folder holds what was got, so that an interrupted pull repeats no finished download:

    listing.json     the venue, the date, and whether listing.jsonl is whole
    listing.jsonl    one submission per line, appended page by page
    texts/ID.json    the text of one paper's PDF, and which version it is
    ratings/ID.json  the first ratings of its reviews
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ..dataset import Dataset, build, sampled
from ..errors import InputError
from ..files import make_folder
from ..records import Judgement, Paper
from .openreview_decisions import check_layout, first_decision, judge, notes_on_reviews, sample_of, year_of
from .openreview_listing import Listing, Progress, card_of, submissions_of
from .openreview_notes import Submission
from .openreview_ratings import Stage, stages_in_words, with_initial
from .openreview_texts import text_of
from .openreview_undecided import under_review
from .openreview_venues import Venue, wanted_venue

if TYPE_CHECKING:
    from .openreview_client import OpenReview

FOUR_HOURS = 4 * 3600.0


def pull(
    name: str,
    folder: Path,
    *,
    group: str | None = None,
    fields: Mapping[str, str] | None = None,
    ratings: Stage | None = None,
    base_url: str | None = None,
    pdfs: bool = True,
    undecided: bool = False,
    limit: int | None = None,
    progress: Progress | None = None,
    max_wait: float = FOUR_HOURS,
    sleep: Callable[[float], None] = time.sleep,
) -> Dataset:
    """The dataset `name`: every paper of the venue's main track that was accepted or rejected, as far as it is shown.

    `name` is a venue and year (`iclr2024`, `tmlr`), or any with `group`, a venue's id on OpenReview; `fields` names
    what is called otherwise there. `pdfs` gets each paper's PDF as it was submitted, where OpenReview shows its
    revisions (some 36 an hour); without, the text is title and abstract. `ratings` says which are used: the `initial`
    ones (default with `pdfs`), for which the versions of each review are asked for, or the `final` ones, as shown.
    `limit` takes that many papers, both classes in proportion; a larger limit later adds to them. `max_wait` is the
    longest time in seconds to wait for rate limits in this call, `base_url` another server. The login is read from
    OPENREVIEW_USERNAME and OPENREVIEW_PASSWORD or OPENREVIEW_TOKEN and never written.

    With `undecided`, the papers of a venue under review instead, see `under_review`.

    Raises InputError for an unknown venue or year, where openreview-py or the login is missing, where the venue is not
    decided or shows accepted papers only, where its layout is not the one known, and where OpenReview asks for a longer
    wait: what was got is kept, and the same call continues.
    """
    wanted = wanted_venue(name, group, fields)
    try:
        from .openreview_client import OpenReview, WaitBudget
    except ModuleNotFoundError as error:
        raise InputError(f"OpenReview needs {error.name}: pip install 'peerassay[openreview]'") from None
    done = (0, 0)

    def report(finished: int, total: int, what: str) -> None:
        nonlocal done
        done = finished, total
        if progress:
            progress(finished, total, what)

    server = OpenReview(wanted.form.api, base_url, WaitBudget(max_wait, sleep, lambda what: report(*done, what)))
    listing, submissions = submissions_of(server, wanted, make_folder(folder), report)
    if undecided:
        kept = make_folder(folder / "texts")
        texts = (lambda submission: text_of(submission, False, server, kept)) if pdfs else None
        papers = partial(_paper, venue=listing.venue)
        return under_review(listing, submissions, papers, texts, limit, report)
    dataset = sampled(_decided(listing, submissions, folder), limit)
    by_id = {submission.id: submission for submission in submissions}
    if pdfs:
        dataset = _with_texts(dataset, by_id, server, make_folder(folder / "texts"), report)
    stage = ratings or ("initial" if pdfs else "final")
    if listing.venue.rating and (pdfs or stage == "initial"):
        return _with_stages(dataset, by_id, listing.venue, server, make_folder(folder / "ratings"), stage, report)
    return dataset


def _decided(listing: Listing, submissions: list[Submission], folder: Path) -> Dataset:
    """The decided papers with title and abstract as their text.

    Raises InputError where there are none: the listing is forgotten then, so that a later pull makes it anew.
    """
    venue = listing.venue
    judgements, excluded = judge(submissions, venue)
    try:
        check_layout(submissions, venue)
        if not any(judgement.accepted for judgement in judgements):
            raise InputError(_undecided(venue, len(submissions)))
        sample = sample_of(judgements, venue)
    except InputError:
        (folder / "listing.json").unlink()
        raise
    by_id = {submission.id: submission for submission in submissions}
    judged = [by_id[judgement.paper_id] for judgement in judgements]
    card = card_of(
        listing,
        submissions,
        decided=first_decision(judged),
        scale=venue.scale,
        sample=sample,
        excluded=_sorted(excluded + Counter(listing.closed)),
        notes=[*_notes(venue, judgements), *notes_on_reviews(judged, judgements, venue)],
    )
    papers = [_paper(submission, venue) for submission in judged]
    return build(card, papers, judgements)


def _undecided(venue: Venue, submissions: int) -> str:
    return (
        f"{venue.title} is not decided yet: OpenReview shows no accepted paper among {submissions} submissions; "
        "try again after the decisions, or forecast them: `peerassay data pull NAME --undecided`, then `bench --seal`"
    )


def _notes(venue: Venue, judgements: list[Judgement]) -> list[str]:
    """What to know of the ratings, and how sure the names and the scale are."""
    notes = venue.notes
    if venue.recommendation:
        told = sum(bool(judgement.recommendations) for judgement in judgements)
        notes.append(
            f"No ratings: {venue.title} asks reviewers for yes or no ({venue.recommendation}), "
            f"which is on record for {told} papers."
        )
    elif not venue.rating:
        notes.append("No ratings: none were asked for.")
    elif not any(judgement.ratings for judgement in judgements):
        notes.append(f"No ratings: OpenReview shows no reviews of {venue.title} to this login.")
    else:
        notes.append(
            "Ratings are those shown on the day of the pull: reviewers may have changed them in the discussion."
        )
    return notes


def _paper(submission: Submission, venue: Venue) -> Paper:
    made = submission.created if venue.rolling else None
    return Paper(
        id=submission.id,
        title=submission.title,
        abstract=submission.abstract,
        text=f"# {submission.title}\n\nABSTRACT\n\n{submission.abstract}\n",
        source="table",
        text_version="latest",
        venue=venue.title.removesuffix(f" {venue.year}"),
        year=year_of(made) if made else venue.year,
    )


def _with_texts(
    dataset: Dataset, submissions: dict[str, Submission], server: OpenReview, folder: Path, report: Progress
) -> Dataset:
    """The dataset with the texts of the PDFs; papers without one are excluded and counted."""
    papers: list[Paper] = []
    judgements: list[Judgement] = []
    excluded = Counter(dataset.card.excluded)
    versions: Counter[str] = Counter()
    for count, (paper, judgement) in enumerate(zip(dataset.papers, dataset.judgements, strict=True), start=1):
        text = text_of(submissions[paper.id], judgement.accepted, server, folder)
        report(count, len(dataset), "texts")
        if text.missing:
            excluded[text.missing] += 1
            continue
        versions[text.version] += 1
        papers.append(paper.model_copy(update={"text": text.text, "source": "pdf", "text_version": text.version}))
        judgements.append(judgement)
    if not papers:
        raise InputError(f"{dataset.card.name}: no paper has a text ({_counts(excluded)})")
    only = next(iter(versions)) if len(versions) == 1 else "latest"
    notes = [
        *dataset.card.notes,
        f"Versions of the text: {_counts(versions)}. `submission` is the last revision before the first review; "
        "`camera-ready` is later than the acceptance; `latest` is the current one, its stage not known.",
    ]
    update = {"excluded": _sorted(excluded), "text_version": only, "notes": notes}
    return build(dataset.card.model_copy(update=update), papers, judgements)


def _with_stages(
    dataset: Dataset,
    submissions: dict[str, Submission],
    venue: Venue,
    server: OpenReview,
    folder: Path,
    stage: Stage,
    report: Progress,
) -> Dataset:
    """The dataset with initial and final ratings, and those of `stage` as the ratings that are used."""
    judgements: list[Judgement] = []
    for count, judgement in enumerate(dataset.judgements, start=1):
        judgements.append(with_initial(judgement, submissions[judgement.paper_id], venue, server, folder, stage))
        report(count, len(dataset), "ratings")
    if not any(judgement.ratings for judgement in judgements):
        return dataset
    said = [note for note in dataset.card.notes if not note.startswith("Ratings are those shown")]
    card = dataset.card.model_copy(update={"notes": [*said, stages_in_words(judgements, stage)]})
    return build(card, dataset.papers, judgements)


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return {reason: count for reason, count in sorted(counts.items()) if count}


def _counts(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {reason}" for reason, count in counts.most_common()) or "none"
