"""A bench on decisions and scores alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import peerassay as pa
import pytest
from peerassay.bench.measure import BenchSettings, prepare_bench
from peerassay.bench.report import _verdict
from peerassay.bench.summary import RunMetrics, summarise
from peerassay.data.dataset import Dataset
from peerassay.data.errors import InputError
from peerassay.data.records import Paper
from peerassay.data.registry import load_dataset, open_path
from peerassay.llm.session import Session
from peerassay.reviewer.bundled import bundled_replays

pytestmark = pytest.mark.usefixtures("drawings_unseen")

SETTINGS: dict[str, Any] = {"draws": 100}


def figures_of(source: str | Dataset, reviewers: Sequence[str] = (), **settings: Any) -> RunMetrics:
    """What a bench finds, without the drawings of its report."""
    prepared = prepare_bench(source, reviewers, Session(), BenchSettings(**SETTINGS | settings))
    run, _ = prepared.review([])
    return summarise(run, draws=100, audit=prepared.audit()[0])[0]


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> RunMetrics:
    return figures_of("iclr2022-scores", out=tmp_path_factory.mktemp("run") / "run")


def test_without_reviewers_it_takes_the_bundled_ones(figures: RunMetrics) -> None:
    asked = [r.name for r in figures.reviewers if not r.automatic]
    assert asked == [f"replay:{name}" for name, r in bundled_replays().items() if r.source]
    assert {r.name for r in figures.reviewers if r.automatic} == {
        *("floor:always-reject", "floor:length", "floor:header", "floor:surface", "learned:iclr2022", "floor:constant"),
    }
    by_name = {r.name: r for r in figures.reviewers}
    one_shot = by_name["replay:gpt-4o-1shot"]
    assert one_shot.scores["auc"].value == pytest.approx(0.691, abs=5e-4)
    form = next(row for row in one_shot.decisions if row.kind == "form")
    values = [form.metrics[name].value for name in ("balanced_accuracy", "accuracy", "f1", "fpr", "fnr")]
    assert values == pytest.approx([0.651, 0.662, 0.570, 0.307, 0.391], abs=5e-4)
    assert by_name["learned:iclr2022"].seconds_per_review is None and not by_name["learned:iclr2022"].in_sample


def test_the_leak_audit_is_on_file_and_says_how_it_is_made_anew(figures: RunMetrics) -> None:
    audit = figures.audit
    assert audit is not None and audit.verdict == "leak" and audit.text == "raw"
    header = next(probe for probe in audit.probes if "header" in probe.name)
    assert header.raw.balanced_accuracy.value == pytest.approx(0.997, abs=5e-4)
    assert "`peerassay data audit iclr2022`" in audit.in_words
    assert not any(sign.example or sign.paper for hunt in audit.hunts.values() for sign in hunt.signs)
    assert "where its texts are, `peerassay data audit iclr2022`" in _verdict(figures)


def test_what_has_to_be_known_of_the_texts_is_said(figures: RunMetrics) -> None:
    notes = " ".join(figures.notes)
    assert "No texts here, only numbers; get the texts by `peerassay data pull iclr2022`" in notes
    assert "replay:gpt-4o-1shot: its reviews were written on raw text" in notes
    assert "learned:iclr2022: stored scores, on text scrubbed by rules" in notes


def test_figures_are_those_of_the_released_files_on_the_dataset_with_texts(shared_data: Path, tmp_path: Path) -> None:
    dataset = open_path(shared_data / "iclr2022", "iclr2022")
    folder = shared_data / "iclr2022" / "llm_reviews"
    replays = [bundled_replays()[name] for name in ("gpt-4o-1shot", "gpt-4o-plain")]
    files = [f"replay:{folder / replay.source}?name={replay.name}" for replay in replays]
    bundled = [f"{replay.spec}?name={replay.name}" for replay in replays]
    there = figures_of(dataset, files, raw=True, floors=False, audit=False, out=tmp_path / "there")
    here = figures_of("iclr2022-scores", bundled, floors=False, audit=False, out=tmp_path / "here")
    wanted = {"n", "accepted", "reviewers", "ceilings", "ranks", "pairs", "terms"}
    a, b = (found.model_dump(mode="json", include=wanted) for found in (there, here))
    assert a == b and len(a["reviewers"]) == 2


def test_who_reads_is_refused_before_anything_is_paid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")

    def mine(paper: Paper) -> float:
        return len(paper.text)

    for reviewer in (mine, "floor:length", "learned:iclr2022", "openai/gpt-4o"):
        with pytest.raises(InputError, match="iclr2022-scores has no texts, and .* reads them; get them by `peerassay"):
            pa.bench("iclr2022-scores", reviewer, out=tmp_path / "run")
    with pytest.raises(InputError, match="iclr2022-scores has no texts, and --raw reads them"):
        pa.bench("iclr2022-scores", raw=True, out=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_reviewer_that_needs_no_text_may_say_so(tmp_path: Path) -> None:
    class Lookup:
        name, fingerprint, reads_text = "lookup", "1", False

        async def review(self, paper: Paper) -> Any:
            return {"overall": len(paper.id)}

    settings = BenchSettings(floors=False, audit=False, out=tmp_path / "run")
    run, outcome = prepare_bench("iclr2022-scores", [Lookup()], Session(), settings).review([])
    assert (outcome.reviewed, outcome.failed, run.record.dataset.text) == (500, 0, "none")


@pytest.mark.parametrize("split", ["calibration", "all"])
def test_released_reviews_do_not_stand_for_papers_that_they_are_not_of(split: str, tmp_path: Path) -> None:
    settings = BenchSettings(split=split, out=tmp_path / "run")
    prepared = prepare_bench("iclr2022-scores", [], Session(), settings)
    assert all(entrant.automatic for entrant in prepared.entrants) and len(prepared.entrants) == 6


def test_other_commands_that_read_say_it_too(tmp_path: Path) -> None:
    from peerassay.bench.plan import planned_costs
    from peerassay.reviewer.learned.train import train

    dataset = load_dataset("iclr2022-scores")
    for call in (
        lambda: train(dataset, out=tmp_path / "x.npz"),
        lambda: planned_costs(["openai/gpt-4o"], dataset, 100),
    ):
        with pytest.raises(InputError, match="has no texts"):
            call()
    assert pa.audit("iclr2022-scores").verdict == "clean"
    assert pa.audit("iclr2022-scores", raw=True).verdict == "leak"


def test_a_stress_test_is_refused() -> None:
    from peerassay.bench.stress.papers import dataset_papers

    with pytest.raises(InputError, match="iclr2022-scores has no texts, and a stress test reads them"):
        dataset_papers("iclr2022-scores", "test", None)
