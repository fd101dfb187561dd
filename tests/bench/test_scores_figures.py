"""The figures of a score run: against the released reviews, numpy, and what must hold of any batch."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_scores import FORM, Scored, made_idea, made_record, scored
from peerassay.bench.records import Calibration
from peerassay.bench.scores.describe import describe_group
from peerassay.bench.scores.metrics import GroupMetrics, ScoredIdea, ScoreMetrics
from peerassay.bench.scores.records import Group, ScoreReviewer, TriedIdea
from peerassay.bench.scores.summary import summarise_scores
from peerassay.bench.scores.tables import pairs_table, scores_table
from peerassay.reviewer.protocol import Traits, paper_key
from peerassay.reviewer.replay import ReplayReviewer
from peerassay.reviewer.review import Review, failed
from peerassay.statistics.calibration import PlattCalibrator, ThresholdRule
from peerassay.statistics.estimate import mean_estimate, median_estimate, share_estimate
from pydantic import ValidationError
from scipy import stats

RELEASED = {
    ("diffusion", "claude"): (3.82, 49, 38),
    ("diffusion", "gpt4o"): (3.71, 42, 17),
    ("diffusion", "deepseek"): (3.32, 42, 28),
    ("diffusion", "llama3.1"): (2.30, 31, 20),
    ("grokking", "claude"): (3.44, 50, 25),
    ("grokking", "gpt4o"): (2.92, 51, 12),
    ("grokking", "deepseek"): (3.12, 46, 32),
    ("grokking", "llama3.1"): (2.00, 42, 27),
}
"""Mean Overall, ideas tried, papers reviewed: as published with the reviews."""
SCORES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30)


@pytest.fixture(scope="module")
def released(shared_data: Path) -> Scored:
    folder = shared_data / "generated_papers" / "ratings"
    reviewers = {
        (template, name): ReplayReviewer(folder / template / f"{name}-runs_ratings.csv") for template, name in RELEASED
    }
    groups = {
        key: (RELEASED[key][1], [review.overall or math.nan for review in reviewer.reviews.values()])
        for key, reviewer in reviewers.items()
    }
    return made_record(groups, traits=reviewers["diffusion", "claude"].traits)


def of_group(values: list[float | None], *, tried: int | None = None, **changes: Any) -> GroupMetrics:
    group = Group(template="t", configuration="c", tried=tried or len(values))
    settings = {"scale": (1.0, 10.0), "ruled": True, "probable": False, **changes}
    return describe_group(group, scored(values), **settings)


def group_of(figures: ScoreMetrics, template: str, configuration: str) -> GroupMetrics:
    return next(g for g in figures.groups if (g.template, g.configuration) == (template, configuration))


def test_the_released_reviews_give_the_published_table(released: Scored) -> None:
    figures = summarise_scores(*released)
    assert len(figures.groups) == len(RELEASED)
    for (template, configuration), (mean, tried, reviewed) in RELEASED.items():
        group = group_of(figures, template, configuration)
        assert f"{group.mean.value:.2f}" == f"{mean:.2f}"
        assert (group.tried, group.reviewed, group.mean.n) == (tried, reviewed, reviewed)
    assert figures.rule == "the reviewer's rule: accept from 6 on; not calibrated"
    resolved = {(p.a, p.b) for p in figures.pairs if p.template == "diffusion" and p.resolved}
    assert ("claude", "llama3.1") in resolved
    assert ("claude", "gpt4o") not in resolved


@given(SCORES)
def test_plain_figures_are_those_of_numpy(values: list[float]) -> None:
    figures = of_group([*values])
    assert figures.mean.value == pytest.approx(np.mean(values), rel=1e-9, abs=1e-6)
    assert figures.median.value == pytest.approx(np.median(values))
    assert figures.highest == max(values)
    if len(values) == 1:
        assert figures.sd is None
    else:
        assert figures.sd == pytest.approx(np.std(values, ddof=1), rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("n", [10, 11, 40])
def test_intervals_are_students_and_the_sign_tests(n: int) -> None:
    values = np.random.default_rng(n).normal(size=n)
    mean, median = mean_estimate(values), median_estimate(values)
    assert (mean.low, mean.high) == pytest.approx(stats.ttest_1samp(values, 0).confidence_interval(0.95))
    expected = stats.quantile_test(values, q=0, p=0.5).confidence_interval(0.95)
    assert (median.low, median.high) == (expected.low, expected.high)


def test_below_ten_papers_there_is_no_interval() -> None:
    values = list(np.linspace(2, 6, 9))
    for estimate in (mean_estimate(values), median_estimate(values)):
        assert (estimate.value, estimate.low, estimate.high, estimate.n) == (pytest.approx(4), None, None, 9)
    figures = summarise_scores(*made_record({("t", "c"): (12, values)}))
    cells = dict(zip(scores_table(figures).heads, scores_table(figures).rows[0], strict=True))
    assert cells["Mean"] == "4.00, too few papers"
    assert "[" in cells["Mean of tried"]


SCORES_GIVEN: dict[str, tuple[list[float], list[float]]] = {
    "form": ([2, 3, 4, 5, 6], [0.05, 0.25, 0.55, 0.1, 0.05]),
    "narrow": ([2, 3, 4], [0.15, 0.75, 0.1]),
    "of all tried": ([1, 3, 4, 5], [0.6, 0.2, 0.15, 0.05]),
}


@pytest.mark.parametrize("name", SCORES_GIVEN)
@pytest.mark.parametrize("n", [12, 32])
def test_intervals_hold_the_true_mean_and_median(name: str, n: int) -> None:
    """Nominal .95; at least .93 from 32 papers on, and .90 with a dozen of skewed scores."""
    values, shares = SCORES_GIVEN[name]
    drawn = np.random.default_rng(0).choice(values, (800, n), p=shares)
    true = (
        float(np.dot(values, shares)),
        float(np.median(np.repeat(values, np.round(np.multiply(shares, 100)).astype(int)))),
    )
    for estimate, expected in zip((mean_estimate, median_estimate), true, strict=True):
        found = [estimate(sample) for sample in drawn]
        covered = np.mean([e.low is not None and e.high is not None and e.low <= expected <= e.high for e in found])
        single = np.mean([e.low is None for e in found])
        assert covered + single >= (0.93 if n >= 32 else 0.9)


def test_an_interval_ends_where_the_scale_does() -> None:
    found = mean_estimate([0.0] * 11 + [1.0], within=(0, 1))
    assert found.low == 0 and found.high is not None and 0 < found.high < 1


@given(st.lists(st.one_of(st.none(), st.floats(1, 10)), min_size=1, max_size=15), st.randoms())
@settings(max_examples=40)
def test_the_order_of_the_ideas_does_not_matter(values: list[float | None], random: Any) -> None:
    group = Group(template="t", configuration="c", tried=len(values) + 2)
    ideas = scored(values)
    shuffled = random.sample(ideas, len(ideas))
    before, after = (
        describe_group(group, some, scale=(1, 10), ruled=True, probable=False) for some in (ideas, shuffled)
    )
    assert before == after


def test_a_group_is_the_same_in_any_table_and_recomputed_alone() -> None:
    groups = {("t", "a"): (9, [3.0, 4.0, 6.5]), ("t", "b"): (4, [2.0, 2.5]), ("u", "a"): (3, [8.0, 9.0, 1.0])}
    whole = summarise_scores(*made_record(groups))
    alone = summarise_scores(*made_record({("t", "a"): groups["t", "a"]}))
    assert group_of(whole, "t", "a") == alone.groups[0]
    record, _ = made_record(groups)
    ideas = [s for s in whole.ideas if (s.idea.template, s.idea.configuration) == ("t", "a")]
    again = describe_group(record.groups[0], ideas, scale=(1, 10), ruled=True, probable=False)
    assert again == alone.groups[0]


def test_the_highest_mean_is_first_and_a_group_without_scores_last() -> None:
    groups = {("u", "low"): (2, [1.0, 2.0]), ("t", "none"): (3, []), ("t", "b"): (1, [3.0]), ("u", "high"): (1, [9.0])}
    figures = summarise_scores(*made_record(groups))
    assert [group.label for group in figures.groups] == ["u/high", "u/low", "t/b", "t/none"]


@given(st.lists(st.floats(1.5, 10), min_size=1, max_size=10), st.integers(1, 20))
@settings(max_examples=40)
def test_failures_lower_what_is_said_of_ideas_tried_and_nothing_else(values: list[float], failures: int) -> None:
    fewer, more = of_group([*values]), of_group([*values, *[None] * failures])
    unlisted = of_group([*values], tried=len(values) + failures)
    assert fewer.mean == more.mean == unlisted.mean
    assert fewer.mean_tried and more.mean_tried and unlisted.mean_tried
    assert (more.mean_tried, more.accepted_share) == (unlisted.mean_tried, unlisted.accepted_share)
    assert fewer.mean_tried.value is not None and more.mean_tried.value is not None
    assert more.mean_tried.value < fewer.mean_tried.value
    assert more.mean_tried.n == more.tried == len(values) + failures
    assert fewer.accepted_share and more.accepted_share and fewer.accepted_share.value is not None
    assert more.accepted_share.value == fewer.accepted_share.value * len(values) / more.tried


def test_no_false_certainty() -> None:
    none_accepted = share_estimate(0, 20)
    assert (none_accepted.value, none_accepted.low) == (0, 0)
    assert none_accepted.high == pytest.approx(0.1611, abs=1e-4)
    for values in ([4.0], [4.0] * 12):
        for estimate in (mean_estimate(values), median_estimate(values)):
            assert (estimate.value, estimate.low, estimate.high, estimate.n) == (4, None, None, len(values))


def test_nothing_reviewed_is_undefined_but_counts_as_failed() -> None:
    figures = of_group([None, None, None], probable=True)
    assert (figures.mean.value, figures.median.value, figures.sd, figures.highest) == (None, None, None, None)
    assert figures.mean_tried and figures.mean_tried.value == 1
    assert figures.p_tried and figures.p_tried.value == 0
    assert figures.accepted_share and figures.accepted_share.value == 0
    assert (figures.tried, figures.finished, figures.reviewed) == (3, 0, 0)


def test_without_scale_rule_or_chance_nothing_is_made_up() -> None:
    figures = of_group([1.0, 2.0, None], scale=None, ruled=False)
    assert (figures.mean_tried, figures.accepted, figures.accepted_share) == (None, None, None)
    assert (figures.p_accept, figures.p_tried, figures.usd, figures.usd_per_paper) == (None, None, None, None)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_gets_nowhere(bad: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        mean_estimate([1.0, bad])
    with pytest.raises(ValidationError):
        ScoredIdea(idea=made_idea("t", "c", "x"), stage="reviewed", score=bad)


def test_more_ideas_than_were_tried_are_refused() -> None:
    with pytest.raises(ValueError, match="1 ideas tried, but 2 are there"):
        of_group([1.0, 2.0], tried=1)


def test_what_became_of_each_idea() -> None:
    names = ("good", "lost", "broken", "crashed", "later", "worded")
    states: dict[str, dict[str, Any]] = {
        "lost": {"finished": False, "ended": "experiments: timed out"},
        "broken": {"ended": "not a PDF"},
    }
    ideas: list[TriedIdea] = [made_idea("t", "c", name, **states.get(name, {})) for name in names]
    record, _ = made_record({("t", "c"): (8, [])}, ideas=ideas)
    reviews = {
        "t/c/good": Review(paper_id="good", overall=7),
        "t/c/crashed": failed("crashed", "no answer"),
        "t/c/worded": Review(paper_id="worded", decision="accept"),
    }
    figures = summarise_scores(record, reviews)
    assert [(s.stage, s.reason) for s in figures.ideas] == [
        ("reviewed", ""),
        ("unfinished", "experiments: timed out"),
        ("unread", "not a PDF"),
        ("review failed", "no answer"),
        ("review failed", "not reviewed yet"),
        ("review failed", "the review has no score"),
    ]
    group = figures.groups[0]
    assert (group.tried, group.finished, group.reviewed, group.accepted) == (8, 5, 1, 1)
    notes = "\n".join(figures.notes)
    assert "3 of 8 ideas tried never became papers: experiments: timed out (1)." in notes
    assert "4 papers have no score" in notes


def test_a_calibration_decides_and_gives_chances() -> None:
    calibration = Calibration(
        reviewer="panel", fingerprint="0123456789ab", dataset="iclr2022", split="calibration", n=500,
        threshold=ThresholdRule(threshold=5.5), method="platt",
        calibrator=PlattCalibrator(slope=1.0, intercept=-5.0, low=1.0, high=10.0),
        fitted_on=frozenset({paper_key("idea 0")}),
    )  # fmt: skip
    record, reviews = made_record({("t", "c"): (4, [5.0, 6.0])}, calibration=calibration)
    figures = summarise_scores(record, reviews)
    group = figures.groups[0]
    chances = [1 / (1 + math.exp(-(score - 5))) for score in (5.0, 6.0)]
    assert figures.calibrated
    assert figures.threshold == 5.5
    assert figures.probability == "calibrated on iclr2022 calibration, n=500"
    assert [s.accepted for s in figures.ideas] == [False, True]
    assert group.p_accept and group.p_accept.value == pytest.approx(sum(chances) / 2)
    assert group.p_tried and group.p_tried.value == pytest.approx(sum(chances) / 4)
    assert group.p_tried.n == 4
    notes = "\n".join(figures.notes)
    assert "fitted on 1 paper of these: in-sample" in notes
    assert "not calibrated" not in notes


def test_cost_is_for_all_ideas_and_unknown_where_one_is() -> None:
    def cost(usd: list[float | None], tried: int, of_group: float | None = None) -> tuple[float | None, float | None]:
        ideas = [
            s.model_copy(update={"idea": s.idea.model_copy(update={"usd": each, "seconds": each})})
            for s, each in zip(scored([4.0, 5.0, None]), usd, strict=True)
        ]
        group = Group(template="t", configuration="c", tried=tried, usd=of_group)
        figures = describe_group(group, ideas, scale=None, ruled=False, probable=False)
        return figures.usd_per_paper, figures.seconds_per_paper

    assert cost([1.0, 2.0, 3.0], 3) == (3.0, 3.0)
    assert cost([1.0, 2.0, None], 3) == (None, None)
    assert cost([1.0, 2.0, 3.0], 4) == (None, None)
    assert cost([1.0, 2.0, None], 4, of_group=20.0) == (10.0, None)


def test_checks_are_counted_over_the_papers_that_were_looked_at() -> None:
    found: list[dict[str, int]] = [
        {"numbers_checked": 40, "violations": 3, "problems": 2, "hidden": 1, "injections": 2},
        {"numbers_checked": 10, "violations": 0, "problems": 0, "hidden": 0, "injections": 0},
        {},
    ]
    ideas = [
        ScoredIdea(idea=made_idea("t", "c", f"{i}", **fields), stage="reviewed", score=5)
        for i, fields in enumerate(found)
    ]
    group = Group(template="t", configuration="c", tried=3)
    figures = describe_group(group, ideas, scale=None, ruled=False, probable=False)
    assert (figures.audited, figures.numbers_checked, figures.violations, figures.with_violations) == (2, 50, 3, 1)
    assert (figures.examined, figures.with_problems) == (2, 1)
    assert (figures.searched, figures.with_hidden, figures.with_injections) == (2, 1, 1)


def test_the_notes_say_what_speaks_against_the_figures() -> None:
    record, reviews = made_record({("t", "c"): (3, [4.0, 7.0])}, text="unknown", calibrated_as="another panel")
    group = record.groups[0].model_copy(update={"settings": {"improvements": "2"}, "tried": 2, "tried_from": "papers"})
    ideas = [idea.model_copy(update={"hidden": 1, "injections": 1}) for idea in record.ideas]
    reviewer = ScoreReviewer(name="floor:x", fingerprint="f", unsigned=True,
                             traits=FORM.model_copy(update={"kind": "floor"}))  # fmt: skip
    record = record.model_copy(update={"groups": [group], "ideas": ideas, "reviewer": reviewer})
    reviews["t/c/idea 1"] = Review(paper_id="x", overall=7, decision="reject")
    notes = "\n".join(summarise_scores(record, reviews).notes)
    for words in (
        "do not say who made them", "is a floor", "not calibrated", "fitted for another panel", "In 1 of 1 reviews",
        "give them with --tried", "improved its papers after a review (t/c)", "scrubbed or raw, is unknown",
        "Hidden text was found in 2 papers", "speak to the reviewer were found in 2 papers", "Fewer than 10",
    ):  # fmt: skip
        assert words in notes


def test_a_batch_with_nothing_to_say_against_it_has_no_notes_but_that_no_human_has_scored_it() -> None:
    scores = list(np.linspace(1, 9, 12))
    record, reviews = made_record({("t", "c"): (12, scores)}, traits=Traits(kind="learned", scale=(1, 10)))
    (note,) = summarise_scores(record, reviews).notes
    assert note.startswith(
        "Not shown to follow humans: no human scores of its papers are known; give some with --humans"
    )


def formatted(**suffixes: str) -> ScoreMetrics:
    """Two papers for each configuration, with files of these formats, one letter each."""
    record, reviews = made_record({("t", name): (2, [4.0, 7.0]) for name in suffixes})
    names = {"p": "paper.pdf", "t": "paper.TEX"}
    ideas = [
        idea.model_copy(update={"paper": names[suffixes[idea.configuration][i % 2]]})
        for i, idea in enumerate(record.ideas)
    ]
    return summarise_scores(record.model_copy(update={"ideas": ideas}), reviews)


def test_papers_of_several_formats_are_told_of_with_the_pairs_that_they_are_in() -> None:
    figures = formatted(a="pp", b="tt", c="pt")
    assert any("several formats: pdf (3), tex (3)" in note for note in figures.notes)
    pairs = {f"{p.a}{p.b}": p.formats for p in figures.pairs}
    assert pairs == {"ab": "pdf against tex", "ac": "pdf against 1 pdf/1 tex", "bc": "tex against 1 pdf/1 tex"}
    table = pairs_table(figures)
    assert table and "Formats" in table.heads


@pytest.mark.parametrize("both", ["pp", "pt"])
def test_groups_of_the_same_formats_are_not_marked(both: str) -> None:
    figures = formatted(a=both, b=both)
    assert [pair.formats for pair in figures.pairs] == [""]
    table = pairs_table(figures)
    assert table and "Formats" not in table.heads


def test_the_lowest_of_a_learned_score_is_no_chance_at_all() -> None:
    groups = {("t", "a"): (12, [0.1, 0.4, 0.3]), ("t", "b"): (4, [0.2, 0.3])}
    figures = summarise_scores(*made_record(groups, traits=Traits(kind="learned")))
    tried = group_of(figures, "t", "a").mean_tried
    assert tried and tried.value == pytest.approx(0.8 / 12)
    assert (figures.scale, figures.unit) == ((0, 1), "score: P(accept)")
    assert figures.pairs[0].tried_p_value is not None
    older = summarise_scores(*made_record({("t", "a"): (12, [-1.35, 0.4])}, traits=Traits(kind="learned")))
    assert (older.scale, older.unit, older.groups[0].mean_tried) == (None, "score", None)
