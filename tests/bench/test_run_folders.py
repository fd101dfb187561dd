"""Runs as Hugging Face folders, back as runs and as reviewers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

datasets = pytest.importorskip("datasets", reason="needs the extra peerassay[hf]")

from peerassay.bench.measure import BenchSettings, prepare_bench  # noqa: E402
from peerassay.bench.passages import without_passages  # noqa: E402
from peerassay.bench.run import Run  # noqa: E402
from peerassay.bench.run_folders import export_run, import_run  # noqa: E402
from peerassay.bench.summary import summarise  # noqa: E402
from peerassay.cli.exchange import export_command, import_command  # noqa: E402
from peerassay.data.errors import InputError  # noqa: E402
from peerassay.data.records import Paper  # noqa: E402
from peerassay.data.registry import load_dataset  # noqa: E402
from peerassay.llm.session import Session  # noqa: E402
from peerassay.reviewer.review import Review  # noqa: E402
from peerassay.reviewer.spec import load_reviewer  # noqa: E402


def digits(paper: Paper) -> dict[str, object]:
    """Scores by the digits of a text, fails on some papers, and quotes what it found."""
    count = sum(character.isdigit() for character in paper.text)
    if count % 7 == 0:
        raise ValueError("seven")
    found = {"hidden": [{"kind": "white", "page": 1, "text": "secret words"}]}
    told = {"fields": {"findings": found}, "usage": {"usd": 0.25}}
    return {"overall": count / 100, "decision": "accept" if count > 300 else "reject", **told}


def reviewed(reviewer: object, out: Path, repeats: int = 1) -> Run:
    asked = BenchSettings(split="all", floors=False, audit=False, repeats=repeats, out=out)
    return prepare_bench("sample", [reviewer], Session(), asked).review(["peerassay"])[0]  # type: ignore[list-item]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return reviewed(digits, tmp_path_factory.mktemp("run") / "run", repeats=2)


def test_a_run_comes_back_as_it_was(run: Run, tmp_path: Path) -> None:
    left_out = export_run(run, tmp_path / "hf")
    assert any("command line" in words for words in left_out)
    back = import_run(tmp_path / "hf", tmp_path / "back")
    assert [*back.all_reviews()] == [*run.all_reviews()]
    assert {review.status for review in back.all_reviews()} == {"ok", "failed"}
    assert back.record == run.record.model_copy(update={"command": [], "config": {}, "notes": back.record.notes})
    assert summarise(back, draws=100)[0].reviewers == summarise(run, draws=100)[0].reviewers


def test_its_reviews_are_a_reviewer_with_the_same_figures(run: Run, tmp_path: Path) -> None:
    export_run(run, tmp_path / "hf")
    replayed = reviewed(f"replay:{tmp_path / 'hf'}", tmp_path / "again")
    was, now = (summarise(one, draws=100)[0].reviewers[0] for one in (run, replayed))
    assert now.name == "replay:hf" and now.n == was.n and now.reviewed == was.reviewed < was.n
    assert (now.scores, now.decisions) == (was.scores, was.decisions)


def test_the_library_reads_it_with_the_human_side(run: Run, tmp_path: Path) -> None:
    export_run(run, tmp_path / "hf", licence="CC-BY-4.0")
    datasets.disable_progress_bars()
    rows = datasets.load_dataset(str(tmp_path / "hf"), cache_dir=str(tmp_path / "cache"))["reviews"]
    human = {judgement.paper_id: judgement.decision for judgement in load_dataset("sample").judgements}
    assert len(rows) == 64 and {row["paper_id"]: row["human_decision"] for row in rows} == human
    assert "license: cc-by-4.0" in (tmp_path / "hf" / "README.md").read_text()
    assert '"command": []' in (tmp_path / "hf" / "run.json").read_text()


def test_what_reviews_quote_of_hidden_text_stays_here_where_texts_do(run: Run, tmp_path: Path) -> None:
    closed = run.record.model_copy(update={"card": run.record.card.model_copy(update={"licence": "unknown"})})
    left_out = export_run(Run(run.folder, closed), tmp_path / "closed")
    assert any("quote of hidden text" in words for words in left_out)
    kept = list(import_run(tmp_path / "closed", tmp_path / "back").all_reviews())
    assert not any("secret" in review.model_dump_json() for review in kept)
    assert [review.overall for review in kept] == [review.overall for review in run.all_reviews()]
    export_run(run, tmp_path / "open")
    assert any("secret" in r.model_dump_json() for r in import_run(tmp_path / "open", tmp_path / "all").all_reviews())


def test_a_review_without_passages_is_left_as_it_is() -> None:
    review = Review(paper_id="p", overall=1, fields={"findings": "none", "summary": "s"})
    assert without_passages(review) is review


def test_wrong_folders_are_refused_in_a_line(run: Run, tmp_path: Path) -> None:
    export_run(run, tmp_path / "hf")
    with pytest.raises(InputError, match="is there already and not empty"):
        export_run(run, tmp_path / "hf")
    with pytest.raises(InputError, match="holds a run already"):
        import_run(tmp_path / "hf", run.folder)
    path = tmp_path / "hf" / "data" / "reviews.parquet"
    table = datasets.Dataset.from_parquet(str(path), cache_dir=str(tmp_path / "cache"))
    card = tmp_path / "hf" / "README.md"
    card.write_text(card.read_text().replace("dataset_info:", "other_info:"))
    for change, words in (
        (table.remove_columns(["overall"]), "no column overall"),
        (table.map(lambda _: {"status": "perhaps"}), "reviews, row 1: field status"),
        (table.map(lambda _: {"fields": "{"}), "reviews, row 1: fields is no JSON"),
    ):
        change.to_parquet(path)
        with pytest.raises(InputError, match=words):
            load_reviewer(f"replay:{tmp_path / 'hf'}")
    card.unlink()
    with pytest.raises(InputError, match="is a folder"):
        load_reviewer(f"replay:{tmp_path / 'hf'}")


def test_the_commands(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(export_command, [str(run.folder), "--to", "hf", "--out", "hf", "--json"])
    assert json.loads(done.stdout)["written"] == ["hf"]
    done = CliRunner().invoke(import_command, ["hf", "--out", "back", "--draws", "100", "--json"])
    assert json.loads(done.stdout)["n"] == 32 and Path("back", "report.html").exists()
    for given, words in (
        ([str(run.folder), "--to", "hf", "--texts"], "--texts goes with --to inspect alone"),
        ([str(run.folder), "--to", "inspect", "--licence", "MIT"], "--licence goes with --to hf alone"),
    ):
        with pytest.raises(InputError, match=words):
            CliRunner().invoke(export_command, given, catch_exceptions=False)
