"""Runs as Hugging Face folders: a row per review, a card, and the record of the run; and back."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..data.errors import InputError, printable
from ..data.files import read_validated, refuse_filled, write_json
from ..data.hub.front_matter import licence_fields, write_card
from ..data.hub.library import require_datasets
from ..data.hub.parquet import write_splits
from ..data.licences import open_licence
from ..data.records import Judgement
from ..reviewer.exported import RECORD, read_exported, review_row
from ..reviewer.review import Review
from ..reviewer.run_folder import locked
from .passages import without_passages
from .run import BenchRecord, Run

if TYPE_CHECKING:
    import datasets

SPLIT = "reviews"
PASSAGES = (
    "what reviews quote of hidden text and of orders to reviewers: the dataset's licence ({licence}) does not let it "
    "be passed on"
)


def export_run(run: Run, folder: Path, *, licence: str = "") -> list[str]:
    """Write all reviews of a run into a new or empty folder; returns what was left out.

    `licence` is the one under which you pass the reviews on; empty: none is named. Command line and settings stay here.

    Raises InputError where there are no reviews, and for a folder that is not empty.
    """
    require_datasets()
    refuse_filled(folder)
    reviews = list(run.all_reviews())
    if not reviews:
        raise InputError(f"{run.folder}: has no reviews yet; continue the run first")
    record = run.record
    bare = reviews if open_licence(record.card.licence) else [without_passages(review) for review in reviews]
    left_out = ["the command line and its settings"]
    if bare != reviews:
        left_out.append(PASSAGES.format(licence=record.card.licence))
    if run.ledger_path.exists():
        left_out.append("the ledger of calls (calls.jsonl); each review keeps what it took")
    human = {judgement.paper_id: judgement for judgement in record.judgements}
    rows = [{**review_row(review), **_human(human.get(review.paper_id))} for review in bare]
    front = {
        **licence_fields(open_licence(licence), licence or "not stated"),
        "pretty_name": f"Reviews of {record.dataset.name}",
        "tags": ["peer-review"],
        **write_splits(folder, {SPLIT: rows}, _features()),
    }
    kept = record.model_copy(update={"command": [], "config": {}})
    write_json(folder / RECORD, kept.model_dump(mode="json"))
    write_card(folder, front, {"run": record.created}, "run", _body(record, reviews, licence))
    return left_out


def import_run(folder: Path, out: Path) -> Run:
    """The run that was exported into `folder`, in a new run folder. Raises InputError as `read_exported`."""
    reviews = [review for _, review in read_exported(folder)]
    return write_run(out, read_validated(BenchRecord, folder / RECORD), reviews)


def write_run(folder: Path, record: BenchRecord, reviews: Iterable[Review]) -> Run:
    """A run with these reviews in a new folder. Raises InputError where the folder holds a run, or something else."""
    if Run.is_there(folder):
        raise InputError(f"{folder}: holds a run already; choose another --out")
    Run.check(folder)
    with locked(folder):
        run = Run.start(folder, record)
        appender = run.appender()
        for review in reviews:
            appender.add(review)
    return run


def _human(judgement: Judgement | None) -> dict[str, Any]:
    """The human side of a paper, for readers of the table."""
    return {
        "human_decision": judgement.decision if judgement else None,
        "human_tier": judgement.tier if judgement else None,
        "human_ratings": list(judgement.ratings) if judgement else [],
        "human_split": judgement.split if judgement else None,
    }


def _features() -> datasets.Features:
    import datasets

    string, number, whole = (datasets.Value(kind) for kind in ("string", "float64", "int64"))
    strings = ("paper_id", "reviewer", "fingerprint", "status", "reason", "decision", "recall", "fields")
    kinds: dict[str, Any] = {
        **dict.fromkeys((*strings, "human_decision", "human_tier", "human_split"), string),
        **dict.fromkeys(("overall", "p_accept", "usd", "seconds"), number),
        **dict.fromkeys(("repeat", "calls", "tokens_in", "tokens_cached", "tokens_out"), whole),
        "p_calibrated": datasets.Value("bool"),
        "human_ratings": datasets.List(number),
    }
    order = [*review_row(Review(paper_id="x", overall=0)), *_human(None)]
    return datasets.Features({name: kinds[name] for name in order})


def _body(record: BenchRecord, reviews: list[Review], licence: str) -> str:
    """The card's words."""
    counts = {entry.name: sum(r.reviewer == entry.name for r in reviews) for entry in record.reviewers}
    table = "\n".join(f"| {printable(name).replace('|', chr(92) + '|')} | {count} |" for name, count in counts.items())
    papers = record.dataset
    lines = [
        f"# Reviews of {papers.name}",
        f"Reviews of {papers.papers} papers (split {papers.split}, {papers.text} text) by reviewers of `peerassay "
        f"bench`, with the human decisions. No text of a paper is in here but what reviews quote.",
        f"Dataset: {printable(record.card.title or papers.name)}, {printable(record.card.licence)}, hash "
        f"`{papers.hash}`. Licence of the reviews: {printable(licence) or 'not stated'}.",
        f"| reviewer | reviews |\n|---|---|\n{table}",
        "`fields` is the rest of the review's form as JSON; `repeat` 0 is the review that counts. `status` is `failed` "
        "where there is no review: it counts as wrong.",
        "## Use",
        '```python\nfrom datasets import load_dataset\n\nreviews = load_dataset("FOLDER")\n```',
        f"```sh\npeerassay bench -d {papers.name} -r 'replay:FOLDER?reviewer=NAME'\n"
        "peerassay import FOLDER --out runs/back\n```",
    ]
    return "\n\n".join(lines) + "\n"
