"""From runs to result files: what they keep, what they leave behind, what is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from made_results import COMMAND, add, bench_run, careful_reviewer, human_dataset, score_run
from peerassay.bench.run import Run
from peerassay.bench.summary import summarise
from peerassay.data.errors import InputError
from peerassay.data.registry import load_dataset
from peerassay.leaderboards.adding import add_results
from peerassay.leaderboards.generator_submission import generator_results
from peerassay.leaderboards.records import BoardDataset, GeneratorResult, ReviewerResult, digest_of
from peerassay.leaderboards.redaction import redact_command, redact_paths, redact_spec
from peerassay.leaderboards.selection import Selection
from peerassay.leaderboards.store import read_record, record_path, slug
from peerassay.leaderboards.submission import reviewer_results
from peerassay.reviewer.floors import make_floor
from peerassay.reviewer.function_reviewer import FunctionReviewer


def one(results: Path, pattern: str) -> Path:
    (path,) = results.glob(pattern)
    return path


def test_each_run_becomes_files_at_their_places(results: Path) -> None:
    found = sorted(path.relative_to(results).as_posix().rsplit("-", 1)[0] for path in results.rglob("*.json"))
    assert [name for name in found if name.startswith("reviewers/sample-all/")] == [
        "reviewers/sample-all/careful",
        "reviewers/sample-all/floor-always-reject",
        "reviewers/sample-all/floor-length",
    ]
    assert found.count("generators/diffusion/strong") == found.count("generators/grokking/weak") == 1
    assert (results / "datasets" / "made-up-all.json").is_file()


def test_the_figures_are_those_of_bench_but_for_the_human_ratings(made_once: Path) -> None:
    run = Run.open(made_once.parent / "human")
    figures, *_ = summarise(run)
    mine = next(r for r in figures.reviewers if r.name == "careful")
    result = read_record(one(made_once, "reviewers/made-up-all/careful-*.json"), ReviewerResult)
    assert mine.reviewed < mine.n, "the reviewer has to fail on some papers"
    assert result.figures.decisions == mine.decisions
    assert set(mine.scores) - set(result.figures.scores) >= {"spearman", "kendall"}
    assert all(mine.scores[name] == estimate for name, estimate in result.figures.scores.items())
    assert (result.figures.coverage, result.figures.worded) == (mine.coverage, mine.worded)
    assert result.seconds_per_review == mine.seconds_per_review
    assert result.worth == next(row.humans for row in figures.terms.worth if row.name == "careful")


def test_the_dataset_has_keys_and_ceilings_but_no_ratings(made_once: Path) -> None:
    path = made_once / "datasets" / "made-up-all.json"
    dataset = read_record(path, BoardDataset)
    text = path.read_text(encoding="utf-8")
    assert len(dataset.papers) == 40
    assert dataset.accepted == 14
    assert {c.name for c in dataset.ceilings} >= {"human halves, 2 vs 2", "mean human rating vs decision"}
    assert "p01" not in text
    assert '"ratings"' not in text


def test_groups_of_papers_stay_groups(made_once: Path) -> None:
    dataset = read_record(made_once / "datasets" / "sample-all.json", BoardDataset)
    assert len({paper.group for paper in dataset.papers}) == len(dataset.papers) / 2


def test_nothing_of_this_machine_or_user_is_in_a_result(made_once: Path) -> None:
    for path in made_once.rglob("*.json"):
        text = path.read_text(encoding="utf-8")
        for private in ("somebody", "secret project/", "a/b/private", str(made_once.parent), str(Path.home()) + "/"):
            assert private not in text, f"{private} in {path.name}"
    result = read_record(one(made_once, "reviewers/sample-all/careful-*.json"), ReviewerResult)
    assert result.made.command == (*COMMAND[:4], "-r", "replay:reviews.csv?name=x", "--out", "private", "--seed=1")
    assert any(paper.failed.startswith("FileNotFoundError: ") for paper in result.papers)


def test_samples_are_of_bundled_or_generated_papers_only_and_cut(made_once: Path) -> None:
    bundled = read_record(one(made_once, "reviewers/sample-all/careful-*.json"), ReviewerResult)
    human = read_record(one(made_once, "reviewers/made-up-all/careful-*.json"), ReviewerResult)
    generated = read_record(one(made_once, "generators/diffusion/weak-*.json"), GeneratorResult)
    assert (len(bundled.samples), len(human.samples), len(generated.samples)) == (3, 0, 3)
    scores = [sample.score for sample in bundled.samples]
    assert scores == sorted(scores, reverse=True)
    assert bundled.samples[0].fields["Strengths"] == "- clear\n- short"
    assert len(bundled.samples[0].fields["Summary"]) <= 2000
    assert set(bundled.samples[0].fields) == {"Summary", "Strengths", "Soundness"}


def test_samples_can_be_asked_for(made_once: Path, tmp_path: Path) -> None:
    (path,) = add(made_once.parent / "human", tmp_path / "r", samples=5, reviewers=("careful",), note=" a remark ")
    result = read_record(path, ReviewerResult)
    assert len(result.samples) == 5
    assert result.notes == ("a remark",)


def test_a_generators_result_keeps_what_never_finished(made_once: Path) -> None:
    result = read_record(one(made_once, "generators/diffusion/strong-*.json"), GeneratorResult)
    assert (result.group.tried, len(result.ideas), result.figures.finished, result.figures.reviewed) == (14, 12, 10, 10)
    assert result.threshold == 6
    assert result.figures.usd_per_paper == pytest.approx(28 * 6 / 10)
    assert any("never became papers" in note for note in result.notes)


def test_automatic_rows_only_when_asked_or_alone(made_once: Path, tmp_path: Path) -> None:
    run = made_once.parent / "sample"
    assert [r.name for r in reviewer_results(run, Selection())[1]] == ["careful"]
    assert len(reviewer_results(run, Selection(floors=True))[1]) == 3
    assert [r.name for r in reviewer_results(run, Selection(reviewers=("floor:length",)))[1]] == ["floor:length"]
    bench_run(tmp_path / "floors", load_dataset("sample"), [make_floor("header")])
    assert [r.name for r in reviewer_results(tmp_path / "floors", Selection())[1]] == ["floor:header"]


def test_results_come_out_the_same_twice_but_for_nothing(made_once: Path) -> None:
    first, again = (reviewer_results(made_once.parent / "sample", Selection())[1][0] for _ in range(2))
    assert first == again
    assert first.digest == digest_of(again)


def test_a_result_that_is_there_is_overwritten_only_on_demand(made_once: Path, results: Path) -> None:
    dataset, made = reviewer_results(made_once.parent / "sample", Selection(note="second"))
    with pytest.raises(InputError, match="there already; pass --replace"):
        add_results(results, dataset, made)
    (added,) = add_results(results, dataset, made, overwrite=True)
    assert read_record(added.path, ReviewerResult).notes == ("second",)


def test_the_same_result_under_another_name_is_refused(made_once: Path, results: Path) -> None:
    dataset, (result,) = reviewer_results(made_once.parent / "sample", Selection())
    renamed = result.model_copy(update={"name": "other"})
    assert record_path(renamed) != record_path(result)
    with pytest.raises(InputError, match="same result under another name"):
        add_results(results, dataset, [renamed], overwrite=True)


def test_what_the_check_would_refuse_is_not_written(tmp_path: Path) -> None:
    cheap, dear = {"usd": 1.0}, {"usd": 2.0}
    score_run(
        tmp_path / "run",
        change=lambda record: record.model_copy(
            update={
                "groups": [group.model_copy(update=cheap) for group in record.groups],
                "ideas": [idea.model_copy(update=dear) for idea in record.ideas],
            }
        ),
    )
    with pytest.raises(InputError, match=r"cannot be on the boards: group.usd: 1 for all ideas, but .* cost 24"):
        add(tmp_path / "run", tmp_path / "r")
    assert not (tmp_path / "r").exists()


def test_nothing_is_written_where_one_of_several_is_there(made_once: Path, tmp_path: Path) -> None:
    add(made_once.parent / "sample", tmp_path / "r")
    with pytest.raises(InputError, match="there already"):
        add(made_once.parent / "sample", tmp_path / "r", floors=True)
    assert len(list((tmp_path / "r").rglob("*.json"))) == 2


def test_another_dataset_of_the_same_name_is_refused(results: Path, tmp_path: Path) -> None:
    bench_run(tmp_path / "run", human_dataset(38), [careful_reviewer()])
    with pytest.raises(InputError, match=r"made-up-all\.json: not the dataset of this run: hash"):
        add(tmp_path / "run", results)


def test_a_run_on_some_of_the_papers_is_refused(tmp_path: Path) -> None:
    part = load_dataset("sample").subset("test", 8)
    bench_run(tmp_path / "run", part, [make_floor("length")], split="test", limit=8)
    with pytest.raises(InputError, match="on 8 of 16 papers.*without --limit"):
        add(tmp_path / "run", tmp_path / "r")
    assert not (tmp_path / "r").exists()


def test_an_unfinished_reviewer_is_refused(made_once: Path, tmp_path: Path) -> None:
    run = Path(shutil.copytree(made_once.parent / "sample", tmp_path / "run"))
    lines = (run / "reviews.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (run / "reviews.jsonl").write_text("".join(lines[:-3]), encoding="utf-8")
    with pytest.raises(InputError, match="careful has reviewed 29 of 32 papers; start the same bench command"):
        add(run, tmp_path / "r")


def test_an_unfinished_score_run_is_refused(made_once: Path, tmp_path: Path) -> None:
    run = Path(shutil.copytree(made_once.parent / "score", tmp_path / "run"))
    lines = (run / "reviews.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (run / "reviews.jsonl").write_text("".join(lines[1:]), encoding="utf-8")
    with pytest.raises(InputError, match="1 papers are not reviewed yet, e.g. diffusion/strong/idea_0"):
        add(run, tmp_path / "r")


def test_an_unknown_reviewer_and_a_folder_without_a_run_are_refused(made_once: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="unknown reviewer 'carefull'; did you mean careful"):
        add(made_once.parent / "sample", tmp_path / "r", reviewers=("carefull",))
    with pytest.raises(InputError, match="no run there"):
        add(tmp_path, tmp_path / "r")


@pytest.mark.parametrize("name", ["two\nlines", "../../up", "n" * 201])
def test_a_reviewer_whose_name_cannot_be_one_is_refused(tmp_path: Path, name: str) -> None:
    bench_run(tmp_path / "run", load_dataset("sample"), [FunctionReviewer(name, lambda _: 1.0, fingerprint="x")])
    if name.startswith(".."):
        assert reviewer_results(tmp_path / "run", Selection())[1][0].name == "up"
        return
    with pytest.raises(InputError, match="field name"):
        add(tmp_path / "run", tmp_path / "r")


def test_one_configuration_under_two_settings_is_two_results(tmp_path: Path) -> None:
    score_run(tmp_path / "a", ("diffusion",))
    score_run(
        tmp_path / "b",
        ("diffusion",),
        change=lambda record: record.model_copy(
            update={"groups": [g.model_copy(update={"settings": {"runs": "3"}}) for g in record.groups]}
        ),
    )
    first, second = (generator_results(tmp_path / name, Selection())[0] for name in "ab")
    assert first.name == second.name
    assert first.id != second.id


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("no file /home/me/x/y.csv here", "no file y.csv here"),
        ("~/runs/a and ../up/b and ./c", "a and b and c"),
        (r"C:\Users\me\file.txt is gone", "file.txt is gone"),
        ("and/or 3/4 https://host/a/b openai/gpt-4o@http://10.0.0.1:8000/v1", None),
        ("('/tmp/a b/c', 2)", "('c', 2)"),
        ("/home/a b c/d e.csv", "d e.csv"),
    ],
)
def test_paths_are_cut_to_their_last_part(text: str, left: str | None) -> None:
    assert redact_paths(text) == (text if left is None else left)


@pytest.mark.parametrize(
    ("spec", "left"),
    [
        ("replay:/a b/c d/e.csv?name=x&threshold=6", "replay:e.csv?name=x&threshold=6"),
        ("replay:deep/er/e.jsonl", "replay:e.jsonl"),
        ("learned:iclr2022", "learned:iclr2022"),
        ("learned:/a/w.npz", "learned:w.npz"),
        ("command:./tools/run --with /etc/key", "command:run --with key"),
        ("openai/org/model@https://host/v1?ensemble=5", "openai/org/model@https://host/v1?ensemble=5"),
        ("private/reviewer.toml", "reviewer.toml"),
        ("floor:base-rate?rate=.3", "floor:base-rate?rate=.3"),
    ],
)
def test_a_spec_keeps_its_options_and_loses_its_folders(spec: str, left: str) -> None:
    assert redact_spec(spec) == left


def test_a_command_loses_the_folders_of_its_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in" / "here").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    command = [
        "peerassay",
        "score",
        "in/here",
        "x/y=3",
        "--out=a/b",
        "--calibration",
        "c/d.json",
        "-r",
        "openai/gpt-4o",
    ]
    left = ("peerassay", "score", "here", "x/y=3", "--out=b", "--calibration", "d.json", "-r", "openai/gpt-4o")
    assert redact_command(command) == left


@pytest.mark.parametrize(
    ("text", "name"),
    [("GPT-4o (Öß)", "gpt-4o-o"), ("../../etc/passwd", "etc-passwd"), ("扩散", "unnamed"), ("a" * 99, "a" * 60)],
)
def test_slugs_are_harmless_names_of_files(text: str, name: str) -> None:
    assert slug(text) == name


def test_the_digest_does_not_depend_on_the_order_of_a_set(made_once: Path) -> None:
    path = one(made_once, "reviewers/sample-all/careful-*.json")
    result = read_record(path, ReviewerResult)
    traits = result.traits.model_copy(update={"trained_on": frozenset(f"{i:08x}" for i in range(50))})
    written = json.loads(result.model_copy(update={"traits": traits}).model_dump_json())
    assert written["traits"]["trained_on"] == sorted(written["traits"]["trained_on"])
