"""Pull one year of ICLR from OpenReview: papers, ratings and decisions, resumably.

The folder holds what was got, so that an interrupted pull repeats no finished download:

    listing.json     the venue, the date, and whether listing.jsonl is whole
    listing.jsonl    one submission per line, appended page by page
    texts/ID.json    the text of one paper's PDF, and which version it is
"""

from __future__ import annotations

import datetime
import re
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ValidationError

from ..dataset import Dataset, build
from ..errors import InputError
from ..files import make_folder, read_json, read_jsonl, repair_last_line, write_json
from ..papers.invisible import clean
from ..papers.pdf.document import UnreadablePdfError, read_pdf
from ..records import DatasetCard, Judgement, Paper, TextVersion
from .openreview_decisions import judge
from .openreview_notes import Submission, submission_of
from .openreview_venues import LAST_YEAR_OF_API_1, Venue, api_2_id, check_year, venue_of_api_1, venue_of_api_2

if TYPE_CHECKING:
    from .openreview_client import OpenReview

Record = TypeVar("Record", bound=BaseModel)
Progress = Callable[[int, int, str], None]
FOUR_HOURS = 4 * 3600.0


class Listing(BaseModel):
    """What is known of a venue's submissions as a whole."""

    venue: Venue
    date: str
    complete: bool = False
    closed: dict[str, int] = {}


class StoredText(BaseModel):
    """The text of one paper's PDF; empty, with the reason in `missing`, where there is none."""

    id: str
    text: str = ""
    version: TextVersion = "unknown"
    missing: str = ""


def pull(
    year: int,
    folder: Path,
    *,
    base_url: str | None = None,
    pdfs: bool = True,
    limit: int | None = None,
    progress: Progress | None = None,
    max_wait: float = FOUR_HOURS,
    sleep: Callable[[float], None] = time.sleep,
) -> Dataset:
    """The dataset `iclr{year}`: every paper of the main track that was accepted or rejected.

    `pdfs` gets each paper's PDF as it was submitted, where OpenReview shows its revisions (some 36 an hour); without,
    the text is title and abstract. `limit` takes that many papers, both classes in proportion; a larger limit later
    adds to them. `max_wait` is the longest time in seconds to wait for rate limits in this call, `base_url` another
    server. The login is read from OPENREVIEW_USERNAME and OPENREVIEW_PASSWORD or OPENREVIEW_TOKEN and never written.

    Raises InputError where openreview-py or the login is missing, where the venue is not decided, and where
    OpenReview asks for a longer wait: what was got is kept, and the same call continues.
    """
    check_year(year)
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

    api = 1 if year <= LAST_YEAR_OF_API_1 else 2
    server = OpenReview(api, base_url, WaitBudget(max_wait, sleep, lambda what: report(*done, what)))
    listing, submissions = _listed(server, year, make_folder(folder), report)
    judgements, excluded = judge(submissions, listing.venue)
    if not any(judgement.accepted for judgement in judgements):
        (folder / "listing.json").unlink()
        raise InputError(
            f"ICLR {year} is not decided yet: OpenReview shows no accepted paper among {len(submissions)} submissions; "
            "try again after the decisions"
        )
    dataset = _dataset_of_abstracts(listing, submissions, judgements, excluded)
    if limit is not None and limit < len(dataset):
        note = f"A sample of {limit} of {len(dataset)} decided papers, both classes in proportion."
        part = dataset.subset(limit=limit)
        card = part.card.model_copy(update={"notes": [*part.card.notes, note]})
        dataset = build(card, part.papers, part.judgements)
    if not pdfs:
        return dataset
    return _with_texts(dataset, {s.id: s for s in submissions}, server, make_folder(folder / "texts"), report)


def _listed(server: OpenReview, year: int, folder: Path, report: Progress) -> tuple[Listing, list[Submission]]:
    """All submissions of the year, from the folder as far as they are there."""
    state, lines = folder / "listing.json", folder / "listing.jsonl"
    if state.exists():
        listing = _record(Listing, state)
    else:
        venue = venue_of_api_1(year) if server.api == 1 else venue_of_api_2(year, server.group(api_2_id(year)))
        listing = Listing(venue=venue, date=datetime.datetime.now(datetime.UTC).date().isoformat())
        lines.unlink(missing_ok=True)
        write_json(state, listing.model_dump())
    if listing.venue.year != year:
        raise InputError(f"{folder}: holds a pull of ICLR {listing.venue.year}; choose another folder for {year}")
    submissions = _read_whole_lines(lines)
    if not listing.complete:
        with lines.open("a", encoding="utf-8") as stream:
            for page in server.pages(listing.venue.submissions, submissions[-1].id if submissions else None):
                new = [submission_of(note, listing.venue) for note in page]
                stream.write("".join(f"{submission.model_dump_json()}\n" for submission in new))
                stream.flush()
                submissions += new
                report(len(submissions), 0, "submissions")
        closed = {reason: server.count(invitation) for reason, invitation in listing.venue.closed.items()}
        listing = listing.model_copy(update={"complete": True, "closed": closed})
        if submissions:
            write_json(state, listing.model_dump())
    if not submissions:
        raise InputError(f"ICLR {year}: OpenReview shows no submissions ({listing.venue.submissions}) to this login")
    return listing, submissions


def _read_whole_lines(path: Path) -> list[Submission]:
    """The submissions in the file, after a line that an interruption left half-written is cut off."""
    if not path.exists():
        return []
    repair_last_line(path)
    try:
        return [Submission.model_validate(line) for _, line in read_jsonl(path)]
    except ValidationError:
        raise InputError(f"{path}: not what a pull writes; remove the folder and pull again") from None


def _dataset_of_abstracts(
    listing: Listing, submissions: list[Submission], judgements: list[Judgement], excluded: Counter[str]
) -> Dataset:
    """The decided papers with title and abstract as their text."""
    venue = listing.venue
    card = DatasetCard(
        name=f"iclr{venue.year}",
        title=f"ICLR {venue.year}",
        source=f"OpenReview, API {venue.api}, {venue.submissions}",
        licence="papers: their authors' terms, stated on OpenReview; for research, not for passing on",
        revision=listing.date,
        text_version="latest",
        scale=venue.scale,
        excluded=_sorted(excluded + Counter(listing.closed)),
        hash="",
        notes=["Ratings are those shown on the day of the pull: reviewers may have changed them in the discussion."],
    )
    by_id = {submission.id: submission for submission in submissions}
    papers = [_paper(by_id[judgement.paper_id], venue.year) for judgement in judgements]
    return build(card, papers, judgements)


def _paper(submission: Submission, year: int) -> Paper:
    return Paper(
        id=submission.id,
        title=submission.title,
        abstract=submission.abstract,
        text=f"# {submission.title}\n\nABSTRACT\n\n{submission.abstract}\n",
        source="table",
        text_version="latest",
        venue="ICLR",
        year=year,
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
        text = _text(submissions[paper.id], judgement, server, folder)
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


def _text(submission: Submission, judgement: Judgement, server: OpenReview, folder: Path) -> StoredText:
    """The text of the paper's PDF, from the folder where it is there, else got and kept."""
    if not re.fullmatch(r"[\w-]+", submission.id):
        raise InputError(f"OpenReview: {submission.id!r} is no id of a submission")
    path = folder / f"{submission.id}.json"
    if path.exists():
        return _record(StoredText, path)
    content, version = _best_pdf(submission, judgement, server)
    text = pdf_text(content) if content else ""
    missing = "" if text else "PDF without text" if content else "no PDF"
    kept = StoredText(id=submission.id, text=text, version=version, missing=missing)
    write_json(path, kept.model_dump())
    return kept


def _best_pdf(submission: Submission, judgement: Judgement, server: OpenReview) -> tuple[bytes | None, TextVersion]:
    """The last PDF before the first review, which is what the reviewers were given; else the current one."""
    revisions = server.revisions(submission.id)
    reviewed, decided = submission.reviewed_from, submission.decided_at
    before = [revision for revision in revisions if reviewed is not None and revision.created < reviewed]
    for revision in reversed(before):
        content = server.pdf(submission.id, revision.id)
        if content:
            return content, "submission"
    late = bool(revisions) and decided is not None and revisions[-1].created > decided
    return server.pdf(submission.id), "camera-ready" if judgement.accepted and late else "latest"


def _record(kind: type[Record], path: Path) -> Record:
    try:
        return kind.model_validate(read_json(path))
    except ValidationError:
        raise InputError(f"{path}: not what a pull writes; remove it and pull again") from None


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return {reason: count for reason, count in sorted(counts.items()) if count}


def _counts(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {reason}" for reason, count in counts.most_common()) or "none"


def pdf_text(content: bytes) -> str:
    """The visible text of all pages, joined by blank lines; empty for a file that is broken or holds only images.

    Hidden text is left out. Raises InputError where pypdfium2 is not installed.
    """
    try:
        return clean(read_pdf(content, "PDF").text)[0].strip()
    except UnreadablePdfError:
        return ""
