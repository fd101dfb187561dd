"""`bench` and `score` with a reviewer that sees: PDFs arrive scrubbed, papers without one are named and fail."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from peerassay.bench.measure import BenchSettings, prepare_bench
from peerassay.bench.pdf_files import pdfs_first, pdfs_of
from peerassay.bench.plan import planned_costs
from peerassay.bench.scores.batch import ScoreSettings, choose_scored, prepare_scores
from peerassay.bench.stress.settings import StressSettings
from peerassay.bench.stress.stress import prepare_stress
from peerassay.data.errors import InputError
from peerassay.data.registry import load_dataset
from peerassay.llm.config import BatchPace, Config
from peerassay.llm.session import Session
from PIL import Image

from tests.data.made_pdfs import pdf, text
from tests.loopback.arrivals import arrivals
from tests.loopback.calls import ModelCall
from tests.loopback.running import Loopback

SENTENCE = (
    "We study how far simple rules of thumb carry in the sorting of pebbles by weight and by colour when the light is "
    "poor and the pebbles are many and wet and the sorter is tired but willing to go on for as long as it takes"
)
ROWS = [" ".join(SENTENCE.split()[i : i + 9]) for i in range(0, 36, 9)]
PAPERS = {"a": "accept", "b": "reject", "c": "accept", "d": "reject"}
PACE = BatchPace(quiet=0.05, first_poll=0.05, longest_poll=0.1)


def paper(number: int) -> bytes:
    """A paper with an author block above its abstract."""
    rows = [
        (f"Rules of Thumb for Pebbles {number}", 740.0),
        ("Ada Author", 715.0),
        ("ada@pebbles.example", 700.0),
        ("Abstract", 670.0),
        *zip(ROWS, (650.0, 635.0, 620.0, 605.0), strict=True),
        ("1 Introduction", 570.0),
        *((row.replace("pebbles", "stones"), y) for row, y in zip(ROWS, (550.0, 535.0, 520.0, 505.0), strict=True)),
    ]
    return pdf("".join(text(words, y=y, size=10) for words, y in rows))  # fmt: skip


@pytest.fixture(scope="module")
def running() -> Iterator[Loopback]:
    with Loopback(batch_seconds=0.05) as server:
        yield server


@pytest.fixture
def calls(running: Loopback, monkeypatch: pytest.MonkeyPatch) -> list[ModelCall]:
    """What reaches the model, as it arrives."""
    return arrivals(running, monkeypatch)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A dataset of three PDFs and, as the first paper, a text."""
    folder = tmp_path / "pebbles"
    (folder / "papers").mkdir(parents=True)
    rows = "".join(f"{name}\t{decision}\n" for name, decision in PAPERS.items())
    (folder / "decisions.tsv").write_text(f"paper_id\tdecision\n{rows}")
    (folder / "papers" / "a.txt").write_text(f"# A Text\n\nAbstract\n\n{SENTENCE}\n\n1 Introduction\n\n{SENTENCE}\n")
    for number, name in enumerate("bcd"):
        (folder / "papers" / f"{name}.pdf").write_bytes(paper(number))
    return folder


def spec(server: Loopback, provider: str = "openai", model: str = "m") -> str:
    url = server.openai_url if provider == "openai" else server.anthropic_url
    return f"{provider}/{model}@{url}?vision=true&price_in=1&price_out=1"


def pages(call: ModelCall) -> list[bytes]:
    """The images of a request."""
    parts = [part for turn in call.body["messages"] if isinstance(turn["content"], list) for part in turn["content"]]
    urls = [part["image_url"]["url"] for part in parts if part["type"] == "image_url"]
    data = [url.partition(";base64,")[2] for url in urls]
    data += [part["source"]["data"] for part in parts if part["type"] == "image"]
    return [base64.b64decode(one) for one in data]


def ink(image: bytes, y: float) -> bool:
    """Whether anything is drawn on the line of text at this height, in points from the bottom of the page."""
    grey = np.asarray(Image.open(io.BytesIO(image)).convert("L"))
    scale = grey.shape[1] / 612
    return bool((grey[round((784 - y) * scale) : round((794 - y) * scale), round(60 * scale) :] < 128).any())


def settings(**given: Any) -> BenchSettings:
    return BenchSettings(floors=False, audit=False, **given)


@pytest.mark.parametrize(("provider", "batch"), [("openai", True), ("anthropic", True), ("openai", False)])
def test_bench_shows_scrubbed_pages_and_names_the_paper_without_any(
    running: Loopback, calls: list[ModelCall], folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    provider: str, *, batch: bool,
) -> None:  # fmt: skip
    monkeypatch.setenv("PEERASSAY_CACHE", str(tmp_path / "cache"))
    before = running.stats()["batch"]["requests"]
    session = Session.within(cached=True, batch=batch, config=Config(batches=PACE))
    asked = spec(running, provider)
    bench = prepare_bench(str(folder), [asked], session, settings(out=tmp_path / "out"))
    [note] = bench.notes
    assert note.startswith("1 of 4 papers have no PDF") and note.endswith("not made from the text alone: a.")
    run, _ = bench.review(["test"])
    reviews = {review.paper_id: review for review in run.all_reviews()}
    assert {name: review.status for name, review in reviews.items()} == {"a": "failed", **dict.fromkeys("bcd", "ok")}
    assert "as a PDF, and only its text is at hand" in reviews["a"].reason
    assert note in run.record.notes
    seen = [pages(call) for call in calls if "paper-" in call.prompt]
    assert len(seen) == 3 and all(len(images) == 1 and images[0].startswith(b"\xff\xd8") for images in seen)
    assert sum("five digits" in call.prompt or "5 digits" in call.prompt for call in calls) == 1
    assert running.stats()["batch"]["requests"] - before == (3 if batch else 0), "the question is never batched"
    assert all(ink(images[0], 650) and not ink(images[0], 715) and not ink(images[0], 700) for images in seen)


def test_the_dry_run_counts_the_pages_and_the_question(running: Loopback, folder: Path) -> None:
    session = Session.within(dry=True)
    blind = spec(running).replace("vision=true&", "")
    expected = [
        next(iter(prepare_bench(str(folder), [one], session, settings()).expect().values()))
        for one in (spec(running, "anthropic"), blind.replace("openai/", "anthropic/"))
    ]
    saw, text_alone = expected
    assert (saw.calls, text_alone.calls) == (4, 4), "three reviews and the question, against four reviews"
    assert saw.tokens.input > text_alone.tokens.input + 3 * 1500 - 1000


def test_pdfs_of_a_dataset_may_lie_elsewhere(running: Loopback, folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "pdfs" / "2021"
    elsewhere.mkdir(parents=True)
    (elsewhere / "a.pdf").write_bytes(paper(9))
    session = Session.within(dry=True)
    bench = prepare_bench(str(folder), [spec(running)], session, settings(pdfs=tmp_path / "pdfs"))
    assert bench.notes[0].startswith("3 of 4 papers have no PDF") and bench.notes[0].endswith("b, c, d.")
    assert pdfs_of("x", tmp_path / "pdfs", ["a", "2021/a"]) == {"a": elsewhere / "a.pdf"}
    assert [*pdfs_first("bcda", [entrant.reviewer for entrant in bench.entrants])] == [3, 0, 1, 2]
    with pytest.raises(InputError, match="no folder"):
        prepare_bench(str(folder), [spec(running)], session, settings(pdfs=tmp_path / "nowhere"))
    with pytest.raises(InputError, match="no reviewer here looks at pages"):
        prepare_bench(str(folder), ["floor:length"], session, settings(pdfs=tmp_path / "pdfs"))
    (tmp_path / "pdfs" / "a.pdf").write_bytes(paper(9))
    with pytest.raises(InputError, match="have the same name"):
        pdfs_of("x", tmp_path / "pdfs", ["a"])


def test_a_dataset_without_pdfs_is_refused_before_anything_is_paid(running: Loopback) -> None:
    with pytest.raises(InputError, match="needs the papers as PDFs, and there is none of the .*--pdfs"):
        prepare_bench("sample", [spec(running)], Session.within(dry=True), settings())


def scored(trees: list[Path], asked: str, session: Session, **given: Any) -> Any:
    wanted = ScoreSettings(out=trees[0].parent / "score", **given)
    return prepare_scores(
        choose_scored([str(tree) for tree in trees], asked, session, wanted), session, wanted, ["test"]
    )


def test_score_shows_pages_and_names_papers_of_other_formats(
    running: Loopback, calls: list[ModelCall], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PEERASSAY_CACHE", str(tmp_path / "cache"))
    tree = tmp_path / "papers"
    other = tmp_path / "texts"
    for folder in (tree, other):
        (folder / "pebbles" / "one").mkdir(parents=True)
    (tree / "pebbles" / "one" / "x.pdf").write_bytes(paper(1))
    written = f"# On Stones\n\n## Abstract\n\n{SENTENCE}\n\n## Introduction\n\n{SENTENCE}\n"
    (other / "pebbles" / "one" / "y.md").write_text(written)
    scoring = scored([tree, other], spec(running), Session.within(cached=True))
    [note] = scoring.batch.unseen
    assert note.startswith("1 of 2 papers have no PDF") and "pebbles/one/y" in note
    run, _ = scoring.review()
    reviews = run.reviews()
    assert [reviews[f"pebbles/{name}"].status for name in ("one/x", "one/y")] == ["ok", "failed"]
    [images] = [pages(call) for call in calls if "paper-" in call.prompt]
    assert len(images) == 1 and note in run.record.notes
    with pytest.raises(InputError, match="--floor shuffles texts, of which there are no pages"):
        scored([tree, other], spec(running), Session.within(dry=True), floor=True)
    with pytest.raises(InputError, match="none of the 1; give PDFs"):
        scored([other], spec(running), Session.within(dry=True))


def test_what_has_no_pages_refuses_a_reviewer_that_sees(running: Loopback) -> None:
    with pytest.raises(InputError, match="a plan knows no pages.*leave .vision out"):
        planned_costs([spec(running)], load_dataset("sample"), 100)
    with pytest.raises(InputError, match="a stress test changes texts, of which there are no pages"):
        prepare_stress("sample", [spec(running)], Session.within(dry=True), StressSettings())
