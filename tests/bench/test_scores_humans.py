"""Human scores beside a judge's in a table of scores: matching, agreement, the gate, reversals, MLR-Bench's figures."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from peerassay.bench.scores.batch import ScoreSettings, choose_scored, prepare_scores
from peerassay.bench.scores.csv_files import write_csv_files
from peerassay.bench.scores.human_metrics import MARK
from peerassay.bench.scores.metrics import ScoreMetrics
from peerassay.bench.scores.report import headlines
from peerassay.bench.scores.summary import summarise_scores
from peerassay.bench.scores.tables import score_tables
from peerassay.data.errors import InputError
from peerassay.llm.session import Session

SKILLED = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 2, 4]
"""Scores of twelve papers by a judge whom humans, a point lower or higher, agree with."""
REVERSED = [10 - score for score in SKILLED]


def batch(folder: Path, *groups: tuple[str, list[int]], head: str = "paper_id,score,configuration\n") -> Path:
    """Earlier reviews by one judge: paper p0, p1, ... of each configuration."""
    rows = "".join(f"{name}-p{i},{score},{name}\n" for name, scores in groups for i, score in enumerate(scores))
    (folder / "judge.csv").write_text(head + rows)
    return folder / "judge.csv"


def humans(folder: Path, rows: list[tuple[str, float, str]]) -> Path:
    (folder / "humans.csv").write_text("paper,score,reviewer\n" + "".join(f"{p},{s},{by}\n" for p, s, by in rows))
    return folder / "humans.csv"


def of_all(name: str, scores: list[int], by: str = "Ann", shift: float = 0) -> list[tuple[str, float, str]]:
    return [(f"{name}-p{i}", score + shift * (-1) ** i, by) for i, score in enumerate(scores)]


def scored(path: Path, out: Path, **settings: object) -> tuple[ScoreMetrics, list[str]]:
    asked = ScoreSettings(out=out, **settings)  # type: ignore[arg-type]
    session = Session()
    chosen = choose_scored([str(path)], None, session, asked)
    scoring = prepare_scores(chosen, session, asked, ["test"])
    run, _ = scoring.review()
    return summarise_scores(run.record, run.reviews()), list(chosen.notes)


def said_of(figures: ScoreMetrics) -> str:
    """The sentences of the report: notes, headlines, and what stands below tables."""
    return "\n".join([*figures.notes, *(h.rest for h in headlines(figures)), *(t.note for t in score_tables(figures))])


def test_a_judge_that_humans_agree_with_is_shown_to_follow_them(tmp_path: Path) -> None:
    said = [*of_all("one", SKILLED, "Ann", 0.5), *of_all("one", SKILLED, "Bo", -0.5)]
    figures, _ = scored(batch(tmp_path, ("one", SKILLED)), tmp_path / "run", humans=humans(tmp_path, said))
    found = figures.humans
    assert found is not None and figures.gate.follows and figures.gate.mark == ""
    assert (found.agreement.papers, found.agreement.reviews, found.without) == (12, 24, 0)
    assert found.agreement.two_humans.value is not None and found.agreement.two_humans.value < 1
    assert found.agreement.difference is None, "nobody said that the scales are one"
    page = said_of(figures)
    assert MARK not in page and "Shown to follow humans" in page
    write_csv_files(tmp_path, figures)
    with (tmp_path / "papers.csv").open() as file:
        row = next(csv.DictReader(file))
    assert (row["human_mean"], row["humans"]) == ("1.0", "2")


def test_a_judge_against_whom_humans_say_the_reverse_is_marked_everywhere(tmp_path: Path) -> None:
    groups = ("high", [score + 5 for score in SKILLED]), ("low", SKILLED)
    said = [*of_all("high", REVERSED), *of_all("low", [score + 6 for score in REVERSED])]
    figures, _ = scored(batch(tmp_path, *groups), tmp_path / "run", humans=humans(tmp_path, said))
    assert figures.humans is not None and not figures.gate.follows
    (pair,) = figures.humans.pairs
    assert pair.reversed and (pair.human.value, pair.judge.value) == (pytest.approx(-6), pytest.approx(5))
    assert pair.human.high is not None and pair.human.high < 0
    assert any("disagree on the order of 1 of 1 pair: high − low" in note for note in figures.notes)
    assert said_of(figures).lower().count(MARK) >= 5, "headline, note, and three tables"
    kept = figures.model_dump(mode="json")
    assert kept["gate"]["follows"] is False and "does not lie above 0" in kept["gate"]["why"]


def test_papers_without_human_scores_are_counted_and_help_the_mean(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    scores = [int(score) for score in rng.integers(1, 10, size=60)]
    said = of_all("one", scores, "Ann", 0.5)[:20]
    figures, _ = scored(batch(tmp_path, ("one", scores)), tmp_path / "run", humans=humans(tmp_path, said))
    assert figures.humans is not None and figures.humans.without == 40
    (group,) = figures.humans.groups
    powered, plain = group.powered, group.human
    assert (group.labelled, group.further) == (20, 40) and powered is not None and group.weight
    assert (powered.high or 0) - (powered.low or 0) < 0.7 * ((plain.high or 0) - (plain.low or 0))
    assert "40 of 60 papers with a score by the judge have no human score." in figures.notes
    widths = [(row.alone, row.with_judge) for row in figures.humans.plan]
    assert all(helped < 0.5 * alone for alone, helped in widths) and widths == sorted(widths, reverse=True)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (of_all("one", SKILLED)[:1], "one paper alone has scores by both"),
        (of_all("one", SKILLED)[:5], "5 papers with scores by both, too few for an interval (10 are needed)"),
        (of_all("one", [5] * 12), "all the human scores are the same (12 papers), so that no correlation is defined"),
        (of_all("one", SKILLED), "Ann gives the judge's own scores on every paper, as no human does"),
    ],
)
def test_what_shows_nothing_is_said(said: list[tuple[str, float, str]], why: str, tmp_path: Path) -> None:
    figures, _ = scored(batch(tmp_path, ("one", SKILLED)), tmp_path / "run", humans=humans(tmp_path, said))
    assert not figures.gate.follows and figures.gate.why == why


def test_unknown_papers_are_named_with_near_ones(tmp_path: Path) -> None:
    said = [*of_all("one", SKILLED), ("one-p99", 4.0, "Ann"), ("other", 3.0, "Ann"), ("other", 4.0, "Bo")]
    figures, notes = scored(batch(tmp_path, ("one", SKILLED)), tmp_path / "run", humans=humans(tmp_path, said))
    assert figures.humans is not None and figures.humans.agreement.reviews == 12
    (note,) = [note for note in notes if "that this batch has not" in note]
    assert "3 human scores of 2 papers" in note and "one-p99 (is it one-p9" in note and "other" in note


@pytest.mark.parametrize(
    ("rows", "settings", "words"),
    [
        (
            [("x1", 3.0, "Ann"), ("x2", 4.0, "Bo")],
            {},
            "none of its papers is in this batch: it has x1, x2; the batch has",
        ),
        ([("one-p1", 11.0, "Ann")], {"human_scale": "1-10"}, "11 is not on the scale 1 to 10"),
        ([("one-p1", 4.0, "Ann")], {"human_scale": "ten"}, "--human-scale ten: expected LOW-HIGH"),
        ([("one-p1", 4.0, "judge 7")], {}, "/one/one-p1, is the judge itself; leave its rows out"),
        ([("one-p1", 4.0, "A"), ("ONE-P1.pdf", 5.0, "B")], {}, "are one paper here; name it once"),
    ],
)
def test_what_is_refused(
    rows: list[tuple[str, float, str]], settings: dict[str, str], words: str, tmp_path: Path
) -> None:
    path = batch(tmp_path, ("one", SKILLED))
    with pytest.raises(InputError) as raised:
        scored(path, tmp_path / "run", humans=humans(tmp_path, rows), reviewed_by="judge 7", **settings)
    assert words in str(raised.value)


def test_a_name_in_two_groups_asks_for_the_generator(tmp_path: Path) -> None:
    (tmp_path / "judge.csv").write_text("paper_id,score,configuration\np1,3,a\np1,4,b\n")
    (tmp_path / "humans.csv").write_text("paper,score\np1,3\n")
    with pytest.raises(InputError, match="p1 may be .*/a/p1, .*/b/p1; add the column generator"):
        scored(tmp_path / "judge.csv", tmp_path / "run", humans=tmp_path / "humans.csv")
    (tmp_path / "humans.csv").write_text("paper,score,generator\np1,3,b\n")
    figures, _ = scored(tmp_path / "judge.csv", tmp_path / "run", humans=tmp_path / "humans.csv")
    assert {s.idea.configuration: s.idea.human_mean for s in figures.ideas} == {"a": None, "b": 3}


def test_scores_of_one_scale_are_subtracted(tmp_path: Path) -> None:
    head = "Overall,Soundness,Presentation,Contribution,Confidence"
    rows = "".join(f"one-p{i},{score},3,3,3,3\n" for i, score in enumerate(SKILLED))
    (tmp_path / "judge.csv").write_text(f"paper_id,{head}\n{rows}")
    said = humans(tmp_path, [(paper, max(1, score - 1), by) for paper, score, by in of_all("one", SKILLED, "Ann")])
    figures, _ = scored(tmp_path / "judge.csv", tmp_path / "run", humans=said, human_scale="1-10")
    difference = figures.humans and figures.humans.agreement.difference
    assert difference is not None and difference.value == pytest.approx(11 / 12) and difference.n == 12


def test_mlr_bench_s_figures_come_out_of_the_file_alone(shared_data: Path, tmp_path: Path) -> None:
    path = shared_data / "generated_papers/mlrbench/human_and_judge.csv"
    if not path.is_file():
        pytest.skip("MLR-Bench's scores are not here")
    figures, _ = scored(path, tmp_path / "run")
    assert figures.humans is not None and not figures.gate.follows
    agreement = figures.humans.agreement
    r = agreement.pearson
    assert (agreement.papers, agreement.reviews, figures.humans.without) == (30, 60, 0)
    assert np.allclose([r.value, r.low, r.high], [-0.195, -0.519, 0.178], atol=5e-4)
    assert agreement.two_humans.value == pytest.approx(0.378, abs=5e-4) and agreement.two_humans.n == 27
    pair = next(p for p in figures.humans.pairs if {p.a, p.b} == {"claude", "gemini"})
    sign = 1 if pair.a == "gemini" else -1
    assert pair.reversed
    assert sign * (pair.human.value or 0) == pytest.approx(1.367, abs=1e-3)
    assert sign * (pair.judge.value or 0) == pytest.approx(-0.95)
    human_ends, judge_ends = (sorted((sign * (e.low or 0), sign * (e.high or 0))) for e in (pair.human, pair.judge))
    assert human_ends[0] > 0, "the humans' order is resolved"
    assert judge_ends[0] < 0 < judge_ends[1], "the judge's is not"
    assert pair.gap is not None and sign * (pair.gap.low or 0) > 0 and sign * (pair.gap.high or 0) > 0
