"""Reviews made earlier, read from a file: the AI-Scientist release's CSV, any table of scores, or our reviews.jsonl,
also as `peerassay export RUN --to hf` wrote it."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from ..data.errors import InputError, unknown
from ..data.files import read_json, read_jsonl, validated
from ..data.importers.rows import read_rows
from ..data.lines import Lines
from ..data.records import Paper
from ..data.spool import KeptRows
from .exported import is_exported_run, read_exported
from .protocol import Reviewer, Traits
from .replay_columns import opened_row
from .replay_table import read_reviews
from .review import Review, failed
from .stored_reviews import StoredReviews

QUERY = re.compile(r"^https?://\S*?[?&](?:id|forum|noteId)=(?P<id>[^&#\s]+)")
ENDING = re.compile(r"(?:\.(?:pdf|txt|text|md|markdown|tex|ltx|json|docx|html?))+$", re.IGNORECASE)
UNSEEN = re.compile("[\u200b-\u200d\u2060\ufeff]")


def id_key(paper_id: str) -> str:
    """The id without folder, ending of a file, case, and what Excel and pandas do to numbers (007 as 7 or 7.0)."""
    text = UNSEEN.sub("", unicodedata.normalize("NFKC", paper_id)).strip()
    query = QUERY.match(text)
    text = query["id"] if query else re.split(r"[\\/]", text.rstrip("\\/"))[-1]
    text = ENDING.sub("", text).casefold()
    number = re.fullmatch(r"0*(\d+)(?:\.0)?", text)
    return number[1] if number else text


def match_ids(theirs: Iterable[str], ours: Collection[str]) -> dict[str, str]:
    """The dataset's id by the file's, for those that are the same paper: exactly, else by `id_key` on both sides.

    A key that two ids of one side share says nothing, and is not used.
    """
    theirs = list(theirs)
    found = {one: one for one in theirs if one in ours}
    left, open_ = [one for one in theirs if one not in found], [one for one in ours if one not in found]
    counts, by_key = Counter(map(id_key, left)), _unique(open_)
    return found | {one: by_key[key] for one in left if counts[key := id_key(one)] == 1 and key in by_key}


def _unique(ids: Iterable[str]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for one in ids:
        found.setdefault(id_key(one), []).append(one)
    return {key: there[0] for key, there in found.items() if len(there) == 1}


SMALL = 2**22
"""Bytes of a table below which its rows are held as they are."""
NEURIPS_COLUMNS = {"Overall", "Soundness", "Presentation", "Contribution", "Confidence"}
NEURIPS_TRAITS = Traits(kind="replay", scale=(1, 10), accept_at=6, decision_rule="own decision")


class ReplayReviewer(Reviewer):
    """Answers with the review that the file holds for a paper's id."""

    reads_text = False

    def __init__(
        self,
        path: Path,
        *,
        reviewer: str | None = None,
        columns: Mapping[str, str] | None = None,
        rows: Sequence[Mapping[str, Any]] | None = None,
    ) -> None:
        """Read the whole file. `reviewer` chooses one where it holds several; `columns` names those of a table by
        field, see `replay_columns`; `rows` are those of the table where it was read already.

        Raises InputError for missing or ambiguous columns, papers that stand there twice, or cells that are wrong.
        """
        self.path = path
        self._notes: list[str] = []
        exported = rows is None and is_exported_run(path)
        own = exported or (rows is None and path.suffix.lower() == ".jsonl" and is_our_own(path))
        if own and columns:
            raise InputError(f"{path}: is a run's own file, without columns to map")
        if own:
            self.reviews, self.traits = _read_our_own(path, reviewer)
        else:
            self.reviews = self._read_table(table_rows(path) if rows is None else rows, columns or {}, reviewer)
        if not self.traits.text:
            self.traits = self.traits.model_copy(update={"text": "unknown"})
        if not self.reviews:
            raise InputError(f"{path}: holds no reviews")
        self.name = f"replay:{reviewer if own and reviewer else path.stem}"
        chosen = (reviewer or "") + "".join(f"\n{field}={column}" for field, column in sorted((columns or {}).items()))
        digest = hashlib.sha256()
        for file in sorted(path.rglob("*.parquet")) if exported else [path]:
            with file.open("rb") as stream:
                hashlib.file_digest(stream, lambda: digest)
        digest.update(chosen.encode())
        self.fingerprint = digest.hexdigest()[:12]

    def _read_table(
        self, rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str], reviewer: str | None
    ) -> StoredReviews:
        table = read_reviews(rows, str(self.path), mapped=columns, reviewer=reviewer)
        self._notes = table.notes
        neurips = {str(name) for row in rows for name in row} >= NEURIPS_COLUMNS
        score = columns.get("score", columns.get("overall", "Overall"))
        self.traits = NEURIPS_TRAITS if neurips and score == "Overall" else Traits(kind="replay")
        return table.reviews

    @property
    def notes(self) -> list[str]:
        """What was assumed on reading the file, and on matching its papers."""
        return self._notes

    @property
    def paper_ids(self) -> frozenset[str]:
        """The ids of the papers that the file has a review of."""
        return frozenset(self.reviews)

    def match_papers(self, known: Collection[str], dataset: str) -> None:
        """Call the papers by their ids in a dataset, whatever case, folder or ending the file has them with; reviews of
        other papers are told and left out.

        Raises InputError where less than half of the papers are the dataset's.
        """
        ours = match_ids(self.reviews, known)
        strangers = [theirs for theirs in self.reviews if theirs not in ours]
        if len(strangers) > len(ours):
            raise InputError(_of_other_papers(self, strangers, known, dataset))
        renamed = [theirs for theirs, our in ours.items() if theirs != our]
        if renamed:
            self._notes.append(f"{len(renamed)} ids were matched without folder, ending or case (such as {renamed[0]})")
        if strangers:
            some = ", ".join(strangers[:3])
            self._notes.append(
                f"{len(strangers)} of its reviews are of papers that {dataset} has not ({some}): not used"
            )
        self.reviews = self.reviews.renamed(ours)

    @property
    def knows_recall(self) -> bool:
        """Whether the file says of any of the papers what the reviewer recalled of it."""
        return bool(self.reviews.recalling)

    async def review(self, paper: Paper) -> Review:
        """The stored review; a failed one where the file has none for this paper."""
        return self.reviews.get(paper.id) or failed(paper.id, f"{self.path.name} has no review of this paper")


def table_rows(path: Path) -> Sequence[dict[str, Any]]:
    """The rows of a table, objects within them opened. Raises InputError for a file that is none."""
    rows = (opened_row(row, f"{path}: row {number}") for number, row in enumerate(read_rows(path), start=1))
    return [*rows] if _size(path) < SMALL else KeptRows(rows)


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def is_our_own(path: Path) -> bool:
    """Whether a file of JSON lines is one that a run has written: its lines say whether a review failed."""
    return any({"status", "fingerprint"} <= {*value} for _, value in islice(read_jsonl(path), 1))


def _read_our_own(path: Path, reviewer: str | None) -> tuple[StoredReviews, Traits]:
    """The reviews of one reviewer, and its traits; the last review of a paper counts, where those before it failed."""
    stand: dict[str, dict[str, bool]] = {}
    lines, places, recalling = Lines.of(Review, (), id_key), dict[str, int](), set[str]()
    folder = path if path.is_dir() else path.parent
    for place, review in read_exported(path) if path.is_dir() else _own_lines(path):
        if review.repeat:
            continue
        known = stand.setdefault(review.reviewer, {})
        paper = review.paper_id
        if known.get(paper):
            raise InputError(f"{place}: paper {paper} is there twice; keep one review per paper")
        known[paper] = review.status == "ok"
        if review.reviewer == (next(iter(stand)) if reviewer is None else reviewer):
            places[paper] = lines.append(review, paper)
            (recalling.discard if review.recall is None else recalling.add)(paper)
    if reviewer is None and len(stand) > 1:
        names = ", ".join(sorted(stand))
        raise InputError(f"{path}: holds several reviewers ({names}); choose one with ?reviewer=NAME")
    if reviewer is not None and reviewer not in stand:
        raise unknown("reviewer", reviewer, stand)
    name = reviewer if reviewer is not None else next(iter(stand), "")
    return StoredReviews(lines, places, recalling), _traits_on_record(folder / "run.json", name)


def _own_lines(path: Path) -> Iterator[tuple[str, Review]]:
    """Each review of a run's own file with its place."""
    for number, value in read_jsonl(path):
        yield f"{path}:{number}", validated(Review, value, f"{path}:{number}")


def _traits_on_record(path: Path, reviewer: str) -> Traits:
    """The traits that the run beside the reviews has for the reviewer: what it was fitted on stays known."""
    record = read_json(path) if path.is_file() else {}
    for entry in record.get("reviewers", []):
        if entry.get("name") == reviewer:
            traits = Traits.model_validate(entry["traits"])
            text = traits.text or record.get("dataset", {}).get("text", "")
            return traits.model_copy(update={"kind": "replay", "text": text})
    return Traits(kind="replay")


def _of_other_papers(replay: ReplayReviewer, strangers: Sequence[str], known: Collection[str], dataset: str) -> str:
    listed = [", ".join(sorted(some)[:3]) for some in (strangers, known)]
    return (
        f"{replay.name}: {len(strangers)} of its {len(replay.reviews)} papers are not in dataset {dataset}: it has "
        f"{listed[0]}, the dataset {listed[1]}; choose the right dataset, or name the column of ids "
        f"(--map paper_id=COLUMN)"
    )
