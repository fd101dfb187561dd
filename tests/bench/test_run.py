"""Run folders: continuing, repairing, refusing."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import numpy as np
import pytest
from peerassay.bench.run import Run, default_folder, run_dataset, start_run
from peerassay.bench.runner import review_all
from peerassay.data.dataset import Dataset
from peerassay.data.errors import InputError, NothingButFailures
from peerassay.data.files import repair_last_line
from peerassay.data.records import Paper
from peerassay.data.registry import load_dataset
from peerassay.llm.budget import Budget
from peerassay.reviewer.floors import make_floor
from peerassay.reviewer.function_reviewer import FunctionReviewer
from peerassay.reviewer.protocol import adapted
from peerassay.reviewer.review import Review, Usage, failed
from peerassay.reviewer.run_folder import locked


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return load_dataset("sample").subset("test")


def start(folder: Path, dataset: Dataset, **changes: object) -> Run:
    settings = {"source": "sample", "split": "test", "limit": None, "scrub_rules": "abc", **changes}
    return start_run(folder, run_dataset(dataset, **settings), dataset, ["peerassay", "bench"])  # type: ignore[arg-type]


def length(paper: Paper) -> float:
    return len(paper.text)


def run_reviews(run: Run, dataset: Dataset, reviewer: object, **settings: object) -> object:
    run.add_reviewer(reviewer, "spec")  # type: ignore[arg-type]
    run.save()
    return asyncio.run(review_all(run, [reviewer], dataset.papers, **settings))  # type: ignore[arg-type]


def test_every_paper_is_reviewed_once_and_reused_after(tmp_path: Path, dataset: Dataset) -> None:
    run = start(tmp_path / "run", dataset)
    first = run_reviews(run, dataset, make_floor("length"))
    again = run_reviews(start(tmp_path / "run", dataset), dataset, make_floor("length"))
    assert (first.reviewed, first.reused) == (16, 0)
    assert (again.reviewed, again.reused) == (0, 16)
    assert {paper_id for _, _, paper_id in run.reviews()} == {p.id for p in dataset.papers}
    assert run.reviews_path.read_text().count("\n") == 16


def test_reviewers_see_scrubbed_text_unless_the_run_is_raw(tmp_path: Path, dataset: Dataset) -> None:
    seen: dict[str, list[str]] = {"scrubbed": [], "raw": []}
    for form, rules in (("scrubbed", "abc"), ("raw", None)):
        reviewer = FunctionReviewer("spy", lambda paper, form=form: seen[form].append(paper.text) or 1.0)
        run_reviews(start(tmp_path / form, dataset, scrub_rules=rules), dataset, reviewer)
    assert len(seen["raw"]) == len(seen["scrubbed"]) == 16
    assert all("## References" in text for text in seen["raw"])
    assert not any("## References" in text for text in seen["scrubbed"])


@pytest.mark.parametrize("cut", [1, 10, 60, 200])
def test_a_half_written_last_line_is_repaired_and_that_paper_done_again(
    tmp_path: Path, dataset: Dataset, cut: int
) -> None:
    run = start(tmp_path / "run", dataset)
    run_reviews(run, dataset, make_floor("length"))
    whole = run.reviews_path.read_bytes()
    run.reviews_path.write_bytes(whole[:-cut])
    outcome = run_reviews(run, dataset, make_floor("length"))
    assert outcome.reviewed == (0 if cut == 1 else 1)
    assert len(run.reviews()) == run.reviews_path.read_text().count("\n") == 16


def test_repair_of_a_file_that_holds_one_broken_line_only(tmp_path: Path) -> None:
    path = tmp_path / "reviews.jsonl"
    path.write_bytes(b'{"paper_id": "a", "over')
    repair_last_line(path)
    assert path.read_bytes() == b""


def test_a_raising_reviewer_becomes_failed_reviews_that_can_be_retried(tmp_path: Path, dataset: Dataset) -> None:
    broken = {"on": True}

    def moody(paper: Paper) -> float:
        if broken["on"] and paper.id == dataset.papers[3].id:
            raise RuntimeError("out of\nsorts")
        return len(paper.text)

    run, reviewer = start(tmp_path / "run", dataset), FunctionReviewer("moody", moody)
    assert run_reviews(run, dataset, reviewer).failed == 1
    failures = [r for r in run.reviews().values() if r.status == "failed"]
    assert [r.reason for r in failures] == ["RuntimeError: out of sorts"]
    broken["on"] = False
    assert run_reviews(run, dataset, reviewer).reviewed == 0
    assert run_reviews(run, dataset, reviewer, retry_failed=True).reviewed == 1
    assert all(r.status == "ok" for r in run.reviews().values())


def test_no_review_is_begun_once_the_budget_is_spent(tmp_path: Path, dataset: Dataset) -> None:
    def paid(paper: Paper) -> Review:
        return Review(paper_id=paper.id, overall=1, usage=Usage(usd=0.5))

    run, reviewer = start(tmp_path / "run", dataset), FunctionReviewer("paid", paid)
    outcome = run_reviews(run, dataset, reviewer, budget=Budget(2.0, run.spent()), concurrency=1)
    assert (outcome.reviewed, outcome.usd, outcome.budget_reached) == (4, 2.0, True)
    outcome = run_reviews(run, dataset, reviewer, budget=Budget(3.0, run.spent()), concurrency=1)
    assert (outcome.reviewed, outcome.usd) == (2, 3.0)


def test_what_costs_nothing_runs_without_a_budget_left(tmp_path: Path, dataset: Dataset) -> None:
    run, reviewer = start(tmp_path / "run", dataset), make_floor("length")
    outcome = run_reviews(run, dataset, reviewer, budget=Budget(0.0))
    assert (outcome.reviewed, outcome.budget_reached) == (len(dataset), False)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"split": "all"}, "split"),
        ({"scrub_rules": None}, "text"),
        ({"scrub_rules": "def"}, "scrub_rules"),
        ({"limit": 4}, "limit"),
    ],
)
def test_a_folder_with_another_run_is_refused(
    tmp_path: Path, dataset: Dataset, changes: dict[str, object], word: str
) -> None:
    start(tmp_path / "run", dataset)
    with pytest.raises(InputError, match=f"{word}.*choose another --out"):
        start(tmp_path / "run", dataset, **changes)


def test_a_reviewer_that_changed_under_its_name_is_refused(tmp_path: Path, dataset: Dataset) -> None:
    run = start(tmp_path / "run", dataset)
    one = FunctionReviewer("mine", length, "one")
    run.add_reviewer(one, "spec")
    run_reviews(run, dataset, one)
    with pytest.raises(InputError, match="before it changed"):
        run.add_reviewer(FunctionReviewer("mine", length, "two"), "spec")


def test_a_reviewer_that_was_mended_goes_on_under_its_name(tmp_path: Path, dataset: Dataset) -> None:
    run = start(tmp_path / "run", dataset)
    broken = FunctionReviewer("mine", lambda _: 1 / 0, "one")
    run.add_reviewer(broken, "spec")
    with pytest.raises(NothingButFailures, match=r"mine fails in the same way on each .* ZeroDivisionError"):
        run_reviews(run, dataset, broken)
    on_record = len(run.reviews())
    assert 5 <= on_record < 16
    mended = FunctionReviewer("mine", length, "two")
    run.add_reviewer(mended, "spec")
    assert run_reviews(run, dataset, mended).reviewed == 16
    assert [entry.fingerprint for entry in run.record.reviewers] == ["two"]


def test_a_reviewer_that_changed_reviews_anew_and_keeps_its_place(tmp_path: Path, dataset: Dataset) -> None:
    def paid(paper: Paper) -> Review:
        return Review(paper_id=paper.id, overall=1, usage=Usage(usd=1))

    run = start(tmp_path / "run", dataset)
    for reviewer, automatic in ((FunctionReviewer("mine", paid, "one"), False), (make_floor("length"), True)):
        run.add_reviewer(reviewer, "spec", automatic=automatic)
        asyncio.run(review_all(run, [reviewer], dataset.papers))
    two = FunctionReviewer("mine", length, "two")
    with pytest.raises(InputError, match="--redo mine"):
        run.add_reviewer(two, "spec")
    aside = run.set_aside(two)
    assert aside == run.folder / "reviews-redone-1.jsonl" and aside.read_text().count("\n") == 16
    run.add_reviewer(two, "spec")
    run.add_reviewer(FunctionReviewer("his", length, "x"), "spec")
    assert [entry.name for entry in run.record.reviewers] == ["mine", "his", "floor:length"]
    assert asyncio.run(review_all(run, [two, make_floor("length")], dataset.papers)).reviewed == 16
    assert {key[:2] for key in run.reviews()} == {("mine", "two"), ("floor:length", make_floor("length").fingerprint)}
    assert run.spent() == 16
    assert "reviews-redone-1.jsonl" in Run.open(run.folder).record.notes[0]


def test_a_run_that_reviews_anew_and_was_stopped_goes_on(tmp_path: Path, dataset: Dataset) -> None:
    run = start(tmp_path / "run", dataset)
    now = FunctionReviewer("mine", length, "now")
    run.add_reviewer(now, "spec")
    assert run.set_aside(now) is None
    asyncio.run(review_all(run, [now], dataset.papers[:5]))
    assert run.set_aside(now) is None
    assert run_reviews(run, dataset, now).reused == 5
    assert run.set_aside(now) is not None
    assert run_reviews(run, dataset, now).reviewed == 16


def test_as_it_is_a_failing_reviewer_goes_on_with_the_other_papers(tmp_path: Path, dataset: Dataset) -> None:
    """The first papers fail, the others do not: the same command comes to its end."""
    bad = {paper.id for paper in dataset.papers[:9]}
    reviewer = FunctionReviewer("picky", lambda paper: 1 / 0 if paper.id in bad else 5.0)
    run = start(tmp_path / "run", dataset)
    with pytest.raises(NothingButFailures):
        run_reviews(run, dataset, reviewer, concurrency=1)
    assert len(run.reviews()) == 5
    run_reviews(run, dataset, reviewer)
    assert sum(review.status == "failed" for review in run.reviews().values()) == 9
    assert len(run.reviews()) == 16


def test_quick_failures_do_not_outrun_slow_successes(tmp_path: Path, dataset: Dataset) -> None:
    slow = dataset.papers[2].id

    async def answer(paper: Paper) -> float:
        if paper.id != slow:
            raise ValueError("no")
        await asyncio.sleep(0.3)
        return 5.0

    run = start(tmp_path / "run", dataset)
    assert run_reviews(run, dataset, FunctionReviewer("mostly", answer)).failed == 15


def test_two_processes_cannot_write_to_one_run(tmp_path: Path) -> None:
    with locked(tmp_path / "run"), pytest.raises(InputError, match="another process"), locked(tmp_path / "run"):
        pass


ODD_ANSWERS: dict[str, object] = {
    "array": {"overall": 1, "fields": {"x": np.zeros(2)}},
    "dict of nothing": {},
    "NaN": float("nan"),
    "huge": 1e200,
    "negative cost": {"overall": 1, "usage": {"usd": -1}},
}


@pytest.mark.parametrize("kind", ODD_ANSWERS)
def test_an_odd_answer_is_one_failed_review(tmp_path: Path, dataset: Dataset, kind: str) -> None:
    odd = dataset.papers[2].id
    reviewer = FunctionReviewer("odd", lambda paper: ODD_ANSWERS[kind] if paper.id == odd else 1.0)
    run = start(tmp_path / "run", dataset)
    assert run_reviews(run, dataset, reviewer).failed == 1
    assert [r.paper_id for r in run.reviews().values() if r.status == "failed"] == [odd]


def test_an_exit_in_a_reviewer_is_a_failed_review(tmp_path: Path, dataset: Dataset) -> None:
    run = start(tmp_path / "run", dataset)
    leaver = dataset.papers[2].id
    reviewer = FunctionReviewer("leaver", lambda paper: sys.exit(7) if paper.id == leaver else 1.0)
    assert run_reviews(run, dataset, reviewer).failed == 1


def test_the_budget_holds_with_many_reviews_under_way(tmp_path: Path, dataset: Dataset) -> None:
    async def paid(paper: Paper) -> Review:
        await asyncio.sleep(0.01)
        return Review(paper_id=paper.id, overall=1, usage=Usage(usd=1))

    run = start(tmp_path / "run", dataset)
    outcome = run_reviews(run, dataset, FunctionReviewer("paid", paid), budget=Budget(5.0), concurrency=8)
    assert (outcome.usd, outcome.budget_reached) == (5.0, True)
    assert run.spent() == 5.0


def test_failures_that_cost_are_counted_when_retried(tmp_path: Path, dataset: Dataset) -> None:
    def failing(paper: Paper) -> Review:
        if paper.id == dataset.papers[0].id:
            return Review(paper_id=paper.id, overall=1)
        return failed(paper.id, "refused", Usage(usd=0.5))

    run, reviewer = start(tmp_path / "run", dataset), FunctionReviewer("failing", failing)
    run_reviews(run, dataset, reviewer)
    run_reviews(run, dataset, reviewer, retry_failed=True)
    assert run.spent() == 15.0


def test_judgements_in_run_json_cannot_be_changed(tmp_path: Path, dataset: Dataset) -> None:
    run = start(tmp_path / "run", dataset)
    path = tmp_path / "run" / "run.json"
    path.write_text(path.read_text().replace('"decision": "accept"', '"decision": "reject"', 1))
    with pytest.raises(InputError, match="not the dataset's"):
        start(tmp_path / "run", dataset)
    run.record.judgements = run.record.judgements[:-1]
    run.save()
    with pytest.raises(InputError, match="15 judgements for 16 papers"):
        Run.open(tmp_path / "run")


def test_what_was_asked_for_stays_so(tmp_path: Path, dataset: Dataset) -> None:
    run = start(tmp_path / "run", dataset)
    run.add_reviewer(make_floor("length"), "floor:length")
    run.add_reviewer(make_floor("length"), "floor:length", automatic=True)
    assert [r.automatic for r in run.record.reviewers] == [False]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("run.json", "{", "run.json:1: not JSON"),
        ("run.json", '{"format": 1}', "field dataset"),
        ("reviews.jsonl", '{"paper_id": "x"}\n', "reviews.jsonl:1"),
        ("reviews.jsonl", "nonsense\n", "reviews.jsonl:1: not JSON"),
        ("reviews.jsonl", "[1]\n", "expected a JSON object"),
    ],
)
def test_a_corrupt_run_folder_is_told_by_file_and_line(
    tmp_path: Path, dataset: Dataset, name: str, content: str, message: str
) -> None:
    start(tmp_path / "run", dataset)
    (tmp_path / "run" / name).write_text(content)
    with pytest.raises(InputError, match=message):
        Run.open(tmp_path / "run").reviews()


def test_an_empty_folder_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no run there"):
        Run.open(tmp_path)


def test_reviews_of_strangers_are_refused(dataset: Dataset) -> None:
    class Stranger:
        name, fingerprint, paper_ids = "stranger", "1", frozenset({"unheard-of"})

        async def review(self, paper: Paper) -> Review:
            raise NotImplementedError

    reviewer = adapted(Stranger())
    with pytest.raises(InputError, match="unheard-of"):
        reviewer.match_papers(frozenset(p.id for p in dataset.papers), "sample")


def test_the_default_folder_follows_papers_and_specs(dataset: Dataset) -> None:
    papers = run_dataset(dataset, source="sample", split="test", limit=None, scrub_rules="abc")
    one, same, other = (default_folder(papers, specs) for specs in (["a", "b"], ["b", "a"], ["a"]))
    assert one == same != other
