"""The files in data/numbers/, made from the data: numbers alone, no title and no text.

    PEERASSAY_DATA=FOLDER python bench/studies/bundle_scores.py

FOLDER holds iclr2022/ (texts, decisions and llm_reviews/) and generated_papers/ratings/. Half a minute, and some
minutes more where the leak audit of the texts is not in the cache.
"""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path

from peerassay.bench.audit.leaks import stored_audit
from peerassay.bench.audit.on_file import AUDIT, without_text
from peerassay.bench.scores.bundled import FOLDER as GENERATED
from peerassay.data.dataset import Dataset
from peerassay.data.files import make_folder, write_atomic, write_json, write_lines
from peerassay.data.iclr2022_scores import FOLDER, write_judgements
from peerassay.data.registry import data_home, load_dataset
from peerassay.reviewer.bundled import FLOORS, MADE, bundled_replays, stored_cell
from peerassay.reviewer.engine import review_papers
from peerassay.reviewer.protocol import paper_key
from peerassay.reviewer.scrub import rules_fingerprint, scrub_paper
from peerassay.reviewer.spec import load_reviewer

NUMBERS = (
    *("Overall", "Decision", "Confidence", "Soundness", "Presentation", "Contribution"),
    *("Originality", "Quality", "Clarity", "Significance"),
)
"""Columns of the released reviews that hold no sentences."""


def main() -> None:
    """Write all of them; the replays' list and the card are written by hand."""
    dataset = load_dataset("iclr2022")
    write_judgements(dataset.judgements, FOLDER / "papers.tsv")
    for replay in bundled_replays().values():
        if replay.source:
            rows = _rows(data_home() / "iclr2022" / "llm_reviews" / replay.source)
            _write(replay.file, [{**_numbers(row), "paper_id": row["paper_id"]} for row in rows])
    for path in sorted((data_home() / "generated_papers" / "ratings").glob("*/*.csv")):
        name = path.name.replace("-runs_ratings", "")
        rows = [{**_numbers(row), "paper_id": paper_key(row["paper_id"])} for row in _rows(path)]
        _write(GENERATED / path.parent.name / name, rows)
    _write_floors(dataset)
    write_atomic(AUDIT, without_text(stored_audit(dataset, progress=print)).model_dump_json() + "\n")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _numbers(row: dict[str, str]) -> dict[str, str]:
    """The cells that hold numbers, whole ones without a point, and the decision. Raises ValueError for others."""
    numbers = {name: f"{float(row[name]):.17g}" for name in NUMBERS if name != "Decision"}
    if row["Decision"] not in ("Accept", "Reject"):
        raise ValueError(f"{row['paper_id']}: decision {row['Decision']!r}")
    return {**numbers, "Decision": row["Decision"]}


def _write(path: Path, rows: Sequence[dict[str, str]]) -> None:
    make_folder(path.parent)
    stream = io.StringIO()
    writer = csv.DictWriter(stream, ("paper_id", *NUMBERS), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_atomic(path, stream.getvalue())


def _write_floors(dataset: Dataset) -> None:
    """What the reviewers of ours say of the scrubbed texts."""
    papers = [scrub_paper(paper) for paper in dataset.papers]
    reviewers = {replay.of: load_reviewer(replay.of) for replay in bundled_replays().values() if replay.of}
    cells = {spec: asyncio.run(review_papers(reviewer, papers))[0] for spec, reviewer in reviewers.items()}
    rows: Iterable[list[str]] = (
        [paper.id, *(stored_cell(found[paper.id]) for found in cells.values())] for paper in papers
    )
    write_lines(FLOORS, ("\t".join(row) for row in (["paper_id", *cells], *rows)))
    fingerprints = {spec: reviewer.fingerprint for spec, reviewer in reviewers.items()}
    write_json(
        MADE, {"peerassay": version("peerassay"), "scrub_rules": rules_fingerprint(), "fingerprints": fingerprints}
    )


if __name__ == "__main__":
    main()
