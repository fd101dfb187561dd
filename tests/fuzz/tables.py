"""Random changes to tables of papers and of reviews, read by all that reads them: `python tests/fuzz/tables.py`.

Anything but a dataset, reviews or an error of one line of ours is a crash; so are a dataset or reviews that cannot be
written and read again, and input that takes longer than `SLOWEST` seconds. Each is kept as a file in `--keep`; the test
of `tests/data/test_table_kinds.py` reads those that stand in `tests/fuzz/kept/tables`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path
from types import FrameType

from peerassay.bench.scores.sources import find_entries
from peerassay.data.dataset import load, save
from peerassay.data.errors import InputError, printable
from peerassay.data.importers.scores import import_scores
from peerassay.data.records import DatasetCard
from peerassay.data.registry import open_path
from peerassay.reviewer.replay import ReplayReviewer
from peerassay.reviewer.review import Review

SLOWEST = 10
KEPT = Path(__file__).parent / "kept" / "tables"
PAPERS = [
    {"paper_id": f"p{i}", "title": f"On {i}", "abstract": 'We, too; say "it".', "ratings": "6;8;5",
     "decision": ("Accept (Oral)", "Reject")[i % 2], "year": 2024, "split": "test"}
    for i in range(4)
]  # fmt: skip
REVIEWS = [
    {"paper_id": f"p{i}", "Overall": i + 3, "Decision": "Accept", "reviewer": "x", "p_accept": 0.5, "recall": "no"}
    for i in range(4)
]
SCORES = [{"id": f"p{i}", "decision": i % 2, "gpt4": i + 0.5, "claude": 3, "ratings": "[6, 8]"} for i in range(4)]
NESTED = [
    {"forum": f"p{i}", "content": {"title": {"value": "T"}, "venue": {"value": "ICLR 2025 Poster"}},
     "reviews": [{"rating": "6: weak accept", "confidence": 3}, {"initial_score": {"rating": 5}}]}
    for i in range(4)
]  # fmt: skip
OURS = [
    json.loads(Review(paper_id=f"p{i}", reviewer="x", fingerprint="abc", overall=i).model_dump_json()) for i in range(4)
]
TOKENS = [
    ",", ";", "\t", "|", "\n", "\r\n", "\r", '"', '""', "'", "[", "]", "{", "}", ":", "nan", "NaN", "null", "None",
    "inf", "1e400", "-1e400", "Infinity", "1e999", "6/10", "6;8", "6,5", "1,234", "75%", "6: weak accept",
    "weak accept (6)", "Accept", "Reject", "Withdrawn", "Borderline", "True", "False", "\ufeff", "\0", "\ud83d", "é",
    "数",
    "\u2028", "½", "٣", "sep=;\n", "../../etc/passwd", "text_file", "paper_id", "id", "Overall", "score", "rating",
    "decision", "ratings", "split", "validation", "-", "", " ", "\\ud83d", "\\u0000", '{"value": 3}', "[[[", "1" * 400,
    "1_000",
    "0x10", "\x0c", "reviewer", "reviews", '"": ', "year", "2024.0", "_folder", "text", "tier", "oral", "group",
    "p1.pdf", "P1", "a" * 3000, "1" * 5000, '{"a": {"b": ', "²", "status", "model", "failed",
]  # fmt: skip


def written(rows: list[dict[str, object]], kind: str, draw: random.Random) -> str:
    """The rows as a file of this kind."""
    if kind == ".jsonl":
        return "\n".join(json.dumps(row) for row in rows) + "\n"
    if kind == ".json":
        shape = draw.choice(("array", "by id", "columns"))
        if shape == "array":
            return json.dumps(rows)
        if shape == "by id":
            return json.dumps({str(i): row for i, row in enumerate(rows)})
        return json.dumps({name: [row[name] for row in rows] for name in rows[0]})
    sign = "\t" if kind == ".tsv" else draw.choice((",", ";"))
    cells = [[str(cell) for cell in row.values()] for row in rows]
    lines = [list(rows[0]), *cells]
    return "\n".join(
        sign.join('"' + c.replace('"', '""') + '"' if sign in c or '"' in c else c for c in line) for line in lines
    )


def changed(draw: random.Random, text: str) -> str:
    """The text with some of its pieces deleted, doubled, moved, or replaced by tokens."""
    for _ in range(draw.choice((0, 1, 1, 2, 4, 8))):
        start = draw.randint(0, len(text))
        end = min(len(text), start + draw.choice((0, 0, 1, 2, 5, 20, 80)))
        piece = draw.choice(("", text[start:end] * 2, *[draw.choice(TOKENS) for _ in range(4)], text[end : end + 40]))
        text = text[:start] + piece + text[end:]
    return text


def read_everything(folder: Path, path: Path) -> int:
    """Read a file as a dataset, as reviews, as a table of scores and as scored papers; how many times it was taken."""
    taken = 0
    for read in (_as_dataset, _as_reviews, _as_scores, _as_entries):
        try:
            read(folder, path)
            taken += 1
        except InputError as error:
            line = printable(str(error))
            assert line, "an empty message"
            assert "Traceback" not in line
            line.encode("utf-8", "replace").decode()
    return taken


def _as_dataset(folder: Path, path: Path) -> None:
    dataset = open_path(path, "fuzz")
    assert dataset.card.papers == len(dataset) > 0
    assert not any("{'" in paper.title or paper.title == "nan" for paper in dataset.papers)
    save(dataset, folder / "saved")
    again = load(folder / "saved")
    assert again.papers == dataset.papers, "papers are not the same when read again"
    assert again.judgements == dataset.judgements


def _as_reviews(_: Path, path: Path) -> None:
    replay = ReplayReviewer(path)
    replay.match_papers({f"p{i}" for i in range(4)} | {"0", "1", "2", "3"}, "fuzz")
    for review in replay.reviews.values():
        again = Review.model_validate_json(review.model_dump_json())
        assert (again.overall, again.decision, again.status) == (review.overall, review.decision, review.status)


def _as_scores(_: Path, path: Path) -> None:
    table = import_scores(path, DatasetCard(name="fuzz"))
    for column in table.scores:
        ReplayReviewer(path, columns={"paper_id": table.paper_id, "score": column, "decision": ""})


def _as_entries(_: Path, path: Path) -> None:
    find_entries([str(path)], reviewed_by="somebody")


def _stop(_: int, __: FrameType | None) -> None:
    raise TimeoutError(f"longer than {SLOWEST} s")


def main() -> None:
    """Change tables for some seconds and tell what became of them; exit code 1 where something crashed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, default=KEPT, help="folder of inputs that crashed")
    options = parser.parse_args()
    draw = random.Random(options.seed)
    signal.signal(signal.SIGALRM, _stop)
    read, taken, crashes, seen = 0, 0, 0, set[str]()
    until = time.monotonic() + options.seconds
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        while time.monotonic() < until:
            kind = draw.choice((".csv", ".tsv", ".json", ".jsonl"))
            rows = draw.choice((PAPERS, REVIEWS, SCORES, NESTED, OURS))
            path = folder / f"table{kind}"
            content = changed(draw, written(rows, kind, draw)).encode("utf-8", "surrogatepass")
            if not draw.randrange(20):
                content = content.decode("utf-8", "replace").encode("utf-16")
            path.write_bytes(content)
            read += 1
            signal.alarm(SLOWEST)
            try:
                taken += read_everything(folder, path) > 0
            except Exception:
                trace = traceback.format_exc()
                where = trace.splitlines()[-3:]
                if "".join(where) not in seen:
                    seen.add("".join(where))
                    crashes += 1
                    options.keep.mkdir(parents=True, exist_ok=True)
                    kept = options.keep / f"{hashlib.sha256(content).hexdigest()[:10]}{kind}"
                    kept.write_bytes(content)
                    print(f"{kept}\n{trace}", file=sys.stderr)
            finally:
                signal.alarm(0)
    print(f"{read} tables, {taken} taken by one reader or more, {crashes} kinds of crashes")
    sys.exit(crashes > 0)


if __name__ == "__main__":
    main()
