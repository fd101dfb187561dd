"""What is compared of several runs: the papers that all have, whole reviewers, and what is said of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from peerassay.bench.pool import compare_runs, pool_runs
from peerassay.bench.run import Run, run_dataset, start_run
from peerassay.data.dataset import Dataset
from peerassay.data.errors import InputError
from peerassay.data.records import Paper
from peerassay.reviewer.protocol import Reviewer, Traits, paper_key
from peerassay.reviewer.review import Review
from synthetic_run import made_dataset


class Entry(Reviewer):
    def __init__(self, name: str, trained_on: frozenset[str] = frozenset()) -> None:
        self.name, self.fingerprint = name, name
        self.traits = Traits(kind="reviewer", trained_on=trained_on)

    async def review(self, paper: Paper) -> Review:
        raise NotImplementedError(paper.id)


def run_of(
    folder: Path,
    dataset: Dataset,
    scores: dict[str, Sequence[float]],
    *,
    text: str | None = "abc123",
    trained_on: frozenset[str] = frozenset(),
) -> Run:
    """A run on these papers, with a score per paper by each reviewer; the last papers without one are not reviewed."""
    described = run_dataset(WHOLE, source="made-up", split="all", limit=None, scrub_rules=text)
    run = start_run(folder, described, dataset, ["peerassay", "bench"])
    appender = run.appender()
    for name, given in scores.items():
        run.add_reviewer(Entry(name, trained_on), spec=name)
        for paper, score in zip(dataset.papers, given, strict=False):
            review = Review(paper_id=paper.id, overall=score)
            appender.add(review.model_copy(update={"reviewer": name, "fingerprint": name}))
    run.save()
    return run


WHOLE, QUALITY = made_dataset()
GOOD, FLAT = list(QUALITY), [float(i % 7) for i in range(len(QUALITY))]


def test_runs_are_compared_on_the_papers_that_both_have(tmp_path: Path) -> None:
    part = WHOLE.only({paper.id for paper in WHOLE.papers[10:50]})
    whole = run_of(tmp_path / "whole", WHOLE, {"good": GOOD})
    other = run_of(tmp_path / "part", part, {"flat": FLAT[:40]})
    pool = pool_runs([whole, other])
    assert pool.humans.ids == tuple(paper.id for paper in part.papers)
    assert "on the 40 papers that are in every run (of up to 80)" in pool.notes
    scores = {machine.name: machine.score for machine in pool.machines}
    assert scores["good"] == pytest.approx(GOOD[10:50])
    assert scores["flat"] == pytest.approx(FLAT[:40])


def test_what_a_reader_has_to_know_is_noted(tmp_path: Path) -> None:
    fitted = frozenset(paper_key(paper.id) for paper in WHOLE.papers[:3])
    one = run_of(tmp_path / "one", WHOLE, {"good": GOOD, "half": GOOD[:40]}, trained_on=fitted)
    raw = run_of(tmp_path / "raw", WHOLE, {"flat": FLAT}, text=None)
    pool = pool_runs([one, raw])
    assert [machine.name for machine in pool.machines] == ["good", "flat"]
    said = " ".join(pool.notes)
    assert f"half in {tmp_path / 'one'} has not reviewed all of its papers and is left out" in said
    assert "some runs are on scrubbed text, some on raw" in said
    assert "good was fitted on 3 of these 80 papers: in-sample" in said


def test_what_cannot_be_compared_is_refused(tmp_path: Path) -> None:
    halves = [WHOLE.only({paper.id for paper in WHOLE.papers[start::2]}) for start in (0, 1)]
    one, two = (run_of(tmp_path / half.papers[0].id, half, {"r": GOOD[:40]}) for half in halves)
    with pytest.raises(InputError, match="no papers in common"):
        pool_runs([one, two])
    with pytest.raises(InputError, match="needs two reviewers"):
        pool_runs([one])


@pytest.mark.parametrize(("names", "worse"), [(("good", "flat"), False), (("flat", "good"), True)])
def test_worse_is_what_stands_first_and_loses(tmp_path: Path, names: tuple[str, str], worse: bool) -> None:
    scores = {"good": GOOD, "flat": FLAT}
    run = run_of(tmp_path / "run", WHOLE, {name: scores[name] for name in names})
    assert compare_runs([run], draws=200).worse() is worse
