"""The life of a sealed forecast: undecided, sealed, published, decided, opened, on a board, checked."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from peerassay.bench.measure import BenchSettings
from peerassay.bench.report import sections, subject
from peerassay.bench.sealing.opening import prepare_opening
from peerassay.bench.sealing.sealing import prepare_sealing
from peerassay.bench.summary import RunMetrics, summarise
from peerassay.data.errors import InputError
from peerassay.leaderboards.adding import add_results
from peerassay.leaderboards.assemble import assemble
from peerassay.leaderboards.records import digest_of_body
from peerassay.leaderboards.selection import Selection
from peerassay.leaderboards.site.build import write_site
from peerassay.leaderboards.submission import results_of
from peerassay.leaderboards.validation import check_results
from peerassay.llm.session import Session

from tests.bench.sealed_papers import DECIDED, Clock, N, decisions_table, import_undecided
from tests.loopback.running import Loopback

PART = 20
"""Papers that are sealed, of those of the venue."""


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole life once, with paid reviewers through both SDKs; `results` is the board's folder."""
    folder = tmp_path_factory.mktemp("life")
    clock = Clock()
    with pytest.MonkeyPatch.context() as patch, Loopback() as server:
        for name, value in (("DATA", "data"), ("CACHE", "cache")):
            patch.setenv(f"PEERASSAY_{name}", str(folder / value))
        for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
            patch.setenv(name, "a-key-for-the-loopback-server")
        import_undecided(folder)
        specs = [
            f"openai/gpt-4o@{server.openai_url}?price_in=1&price_out=4&name=gpt",
            f"anthropic/claude-sonnet-4-5@{server.anthropic_url}?price_in=2&price_out=8&name=claude",
        ]
        settings = BenchSettings(out=folder / "run", floors=False, limit=PART)
        sealing = prepare_sealing("venue27", [*specs, "floor:length"], Session.within(5.0), settings, clock=clock)
        sealing.review(["peerassay", "bench", "--seal"])
        clock.move(2)
        line = sealing.seal().line
        assert server.stats()["calls"] == 2 * PART
        left = int(sealing.dataset.papers[3].id[1:])
    table = decisions_table(folder / "decisions.csv", words={left: "Withdrawn"})
    clock.move(120)
    settings = BenchSettings(draws=100, dataset_date=DECIDED)
    opening = prepare_opening(folder / "run", str(table), settings, published=line, clock=clock)
    run, _ = opening.review(["peerassay", "bench", "--open"])
    metrics, _, _ = summarise(run, draws=100)
    assert metrics.seal is not None and metrics.seal.line == line
    assert list(metrics.seal.withdrawn) == [f"p{left:02}"]
    add_results(folder / "results", *results_of(run.folder, Selection()))
    return folder


@pytest.fixture
def results(life: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(life / "results", tmp_path / "results"))


def test_the_report_says_what_was_sealed_and_opened(life: Path) -> None:
    metrics = json.loads((life / "run" / "opened" / "metrics.json").read_text())
    shown = RunMetrics.model_validate(metrics)
    leaks = next(section for section in sections(shown, set()) if section.name == "leaks")
    assert leaks.intro == "No leak audit: the texts were read before the decisions came out, and cannot tell them."
    assert "sealed before the decisions were opened" in subject(shown)
    assert {key: metrics["seal"][key] for key in ("sealed", "opened", "n", "decided", "memory")} == {
        "sealed": "2026-10-03T12:00:00Z",
        "opened": "2027-01-31T12:00:00Z",
        "n": PART,
        "decided": PART - 1,
        "memory": "impossible",
    }
    assert all(reviewer["n"] == PART - 1 for reviewer in metrics["reviewers"])
    assert len({reviewer["usd_per_review"] for reviewer in metrics["reviewers"]}) == 3


def test_the_board_of_sealed_results_is_sound_and_shown(results: Path, tmp_path: Path) -> None:
    checked = check_results([results])
    assert not checked.refused and len(checked.reviewers) == 3
    (dataset,) = checked.datasets.values()
    assert (dataset.sealed, len(dataset.papers)) == (True, PART - 1)
    index = write_site(assemble([results]), tmp_path / "site")
    board = (index.parent / "reviewers.html").read_text()
    assert ", sealed forecasts, scrubbed text" in board and "sealed 2026-10-03" in board
    entry = next((index.parent / "entries").glob("gpt-*.html")).read_text()
    assert "peerassay-seal-1 2026-10-03T12:00:00Z sha256:" in entry and "1 of them withdrawn since" in entry


def one_score(body: Any) -> None:
    paper = next(p for p in body["papers"] if p["score"] is not None)
    paper["score"] += 1


def two_papers(body: Any) -> None:
    first = body["papers"][0]
    other = next(p for p in body["papers"] if p["score"] != first["score"])
    first["key"], other["key"] = other["key"], first["key"]


def other_text(body: Any) -> None:
    body["scrub_rules"] = "another"


CHANGES: list[tuple[Callable[[Any], object], str]] = [
    (one_score, "the scores of gpt are not those that were sealed"),
    (two_papers, "the scores of gpt are not those that were sealed"),
    (lambda b: b["seal"].update(salt="0" * 64), "the scores of gpt are not those"),
    (lambda b: b["seal"]["withdrawn"].clear(), "the decided and the withdrawn papers are not, each once"),
    (lambda b: b["seal"]["withdrawn"][0].update(score=1.0), "the scores of gpt are not those"),
    (lambda b: b["seal"]["seal"].update(sealed="2026-10-01T13:00:00Z"), "changed after it was sealed"),
    (lambda b: b["seal"]["seal"]["reviewers"][0].update(fingerprint="0" * 12), "changed after it was sealed"),
    (lambda b: b["seal"].update(decided_on="2026-10"), r"no earlier than the decisions \(2026-10\): no forecast"),
    (lambda b: b["seal"].update(opened="2026-09-01T13:00:00Z"), "before it was sealed"),
    (lambda b: b["traits"].update(model="another"), "was sealed with another model, scale or rule"),
    (other_text, "sealed on scrubbed text .*, the result is not"),
    (lambda b: b.update(seal=None), "takes sealed forecasts alone, and this result has no seal"),
]


@pytest.mark.parametrize(("change", "words"), CHANGES)
def test_a_row_that_is_not_what_was_sealed_is_refused(
    results: Path, change: Callable[[Any], object], words: str
) -> None:
    (path,) = results.glob("reviewers/*/gpt-*.json")
    for other in {*path.parent.glob("*.json")} - {path}:
        other.unlink()
    body = json.loads(path.read_text())
    change(body)
    path.write_text(json.dumps({**body, "digest": digest_of_body(body)}))
    (refused,) = check_results([results]).refused
    assert any(re.search(words, reason) for reason in refused.reasons), refused.reasons


def test_a_sealed_result_is_on_no_other_board(results: Path) -> None:
    (path,) = results.glob("datasets/*.json")
    body = json.loads(path.read_text())
    body["sealed"] = False
    path.write_text(json.dumps({**body, "digest": digest_of_body(body)}))
    refused = check_results([results]).refused
    assert len(refused) == 3 and all("is no dataset of sealed forecasts" in one.reason for one in refused)


def test_what_is_not_opened_cannot_be_added(life: Path) -> None:
    with pytest.raises(InputError, match="sealed, not opened"):
        results_of(life / "run", Selection())


def test_no_id_and_no_title_of_a_paper_is_published(results: Path) -> None:
    text = "".join(file.read_text() for file in results.rglob("*.json"))
    assert "for problem" not in text
    assert not any(f'"p{number:02}"' in text for number in range(N))
