"""The figures: what they show, and that no run is too small, too large or too odd for them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from peerassay.bench.audit.records import AuditSummary, ProbeMetrics, ProbeResult
from peerassay.bench.compare import PairRow
from peerassay.bench.outcomes import Humans, Machine
from peerassay.bench.plots import jittered, reliability, score_vs_rating
from peerassay.bench.plots_roc import roc, roc_points
from peerassay.bench.plots_summary import as_differences, confusion, deciding, leaks, shown_reviewers, tiers
from peerassay.bench.report import draw_all
from peerassay.bench.summary import RunMetrics, summarise
from peerassay.presentation.drawing import encoded, wrap
from peerassay.presentation.numbers import show
from peerassay.statistics.estimate import Estimate
from peerassay.statistics.intervals import wilson
from peerassay.statistics.metrics import roc_auc_score
from synthetic_run import made_run

Summary = tuple[RunMetrics, Humans, list[Machine]]
LONG = "replay:gpt-4o-2024-05-13_temp_0_1_fewshot_1_reflect_5_ensemble_5_pages_all"


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Summary:
    """A reviewer with five failures, a second one, and a floor."""
    return summarise(made_run(tmp_path_factory.mktemp("pair"), [LONG, "_b$x$", "floor:coin"], failures=5), draws=200)


@pytest.fixture(scope="module")
def lone_floor(tmp_path_factory: pytest.TempPathFactory) -> Summary:
    """A floor and nothing else, on constructed labels."""
    return summarise(made_run(tmp_path_factory.mktemp("floor"), ["floor:coin"], constructed=True), draws=100)


def texts(figure: Figure | None) -> str:
    assert figure is not None
    return "\n".join(text.get_text() for text in figure.findobj(Text))


def estimate(value: float, low: float, high: float) -> Estimate:
    return Estimate(value=value, low=low, high=high, n=100)


def made_audit() -> AuditSummary:
    def figures(value: float, verdict: str) -> ProbeMetrics:
        found = estimate(value, value - 0.03, value + 0.03)
        return ProbeMetrics.model_validate({"auc": found, "balanced_accuracy": found, "verdict": verdict})

    probe = ProbeResult(name="e-mail", kind="artefact", description="", limit=0.52,
                        raw=figures(0.9, "leak"), scrubbed=figures(0.5, "clean"))  # fmt: skip
    other = probe.model_copy(update={"name": "words", "kind": "content", "scrubbed": figures(0.8, "leak")})
    return AuditSummary(dataset="made-up", hash="h", scrub_rules="r", n=100, accepted=40, fitted_on="calibration split",
                        text="scrubbed", verdict="leak", leaks=["words"], probes=[probe, other],
                        kept_accepted=0.5, kept_rejected=0.6, removed=[])  # fmt: skip


def test_roc_points_are_the_curve_whose_area_is_the_auc() -> None:
    rng = np.random.default_rng(0)
    accepted = rng.random(60) < 0.4
    score = np.round(rng.normal(size=60) + accepted, 1)
    score[:4] = np.where(accepted[:4], -np.inf, np.inf)
    fpr, tpr = roc_points(accepted, score)
    assert (fpr[0], tpr[0], fpr[-1], tpr[-1]) == (0, 0, 1, 1)
    assert np.trapezoid(tpr, fpr) == pytest.approx(roc_auc_score(accepted, score))


def test_roc_names_everyone_with_their_auc(pair: Summary) -> None:
    figures, humans, machines = pair
    figure = roc(figures, humans, machines, draws=50)
    assert figure is not None
    legend = [text.get_text().replace("\n", "") for text in figure.legends[0].get_texts()]
    first, second, floor, dots = legend
    assert first == f"{LONG}AUC {show(figures.reviewers[0].scores['auc'])}"
    assert second.strip() == f"_b$x$AUC {show(figures.reviewers[1].scores['auc'])}"
    assert floor == f"floor:coin  AUC {show(figures.reviewers[2].scores['auc'], interval=False)}"
    assert dots == "own decisions"


def test_a_constant_floor_is_left_to_the_diagonal(pair: Summary) -> None:
    figures, humans, machines = pair
    flat = replace(machines[2], score=np.zeros(len(humans)))
    assert "floor:coin" not in texts(roc(figures, humans, [*machines[:2], flat], draws=50))


def test_failures_are_left_out_of_scatter_and_reliability_and_said(pair: Summary) -> None:
    figures, humans, machines = pair
    scatter = score_vs_rating(figures, humans, machines)
    assert scatter is not None
    drawn = [sum(len(c.get_offsets()) for c in axes.collections) for axes in scatter.axes]
    assert drawn == [75, 80]
    assert texts(scatter).count("5 failed, not shown") == 1
    diagram = reliability(figures, humans, machines)
    assert diagram is not None
    assert texts(diagram).replace("\n", " ").count("5 failed") == 1
    papers = [sum(bar.get_height() for bar in inset.patches) for axes in diagram.axes for inset in axes.child_axes]
    assert papers == [75, 80]


def test_reliability_points_are_the_shares_accepted(pair: Summary) -> None:
    figures, humans, machines = pair
    sure = np.where(humans.accepted, 0.95, 0.05)
    sure[np.flatnonzero(~humans.accepted)[:8]] = 0.95
    machine = replace(machines[1], probability=sure)
    diagram = reliability(figures.model_copy(update={"reviewers": figures.reviewers[1:2]}), humans, [machine])
    assert diagram is not None
    x, y = diagram.axes[0].lines[1].get_data()
    accepted = int(humans.accepted.sum())
    assert x == pytest.approx([0.05, 0.95])
    assert y == pytest.approx([0, accepted / (accepted + 8)])


def test_confusion_holds_the_headline_counts(pair: Summary) -> None:
    figures, _, machines = pair
    found = confusion(figures, machines)
    assert found is not None
    row = figures.reviewers[0].headline
    assert row is not None
    assert row.kind == "cross-fitted"
    assert row.rule in texts(found)
    cells = [text.get_text().split("\n")[0] for text in found.axes[0].texts[:4]]
    assert cells == [str(row.confusion[key]) for key in ("tp", "fn", "fp", "tn")]


def test_tiers_rise_for_a_good_reviewer(pair: Summary) -> None:
    figures, _, machines = pair
    found = tiers(figures, machines)
    assert found is not None
    means = found.axes[1].lines[0].get_ydata()
    assert len(means) == 4
    assert means[0] < means[1]
    labels = [label.get_text() for label in found.axes[0].get_xticklabels()]
    assert [label.split("\n")[0] for label in labels] == ["reject", "poster", "spotlight", "oral"]


def test_nothing_is_drawn_where_there_is_nothing_to_show(lone_floor: Summary) -> None:
    figures, humans, machines = lone_floor
    assert {plot.name for plot in draw_all(figures, humans, machines)} == {"roc", "reliability", "confusion"}
    assert "labels" in texts(confusion(figures, machines))


def test_leaks_mark_the_verdict_on_the_deciding_figure() -> None:
    audit = made_audit()
    found = texts(leaks(audit))
    assert "leak → clean" in found
    assert "leak → leak" in found
    assert "e-mail  (BA)" in found
    assert "words  (AUC)" in found
    probe = audit.probes[0].model_copy(update={"raw": ProbeMetrics(
        auc=estimate(0.6, 0.5, 0.7), balanced_accuracy=estimate(0.9, 0.8, 1), verdict="leak")})  # fmt: skip
    assert deciding(probe, probe.raw).value == 0.9
    assert deciding(probe.model_copy(update={"kind": "length"}), probe.raw).value == 0.6


def test_floors_are_shown_in_colour_only_where_they_are_alone(pair: Summary, lone_floor: Summary) -> None:
    figures, _, machines = pair
    assert [r.name for r in shown_reviewers(figures, machines)] == [LONG, "_b$x$"]
    assert [r.name for r in shown_reviewers(lone_floor[0], lone_floor[2])] == ["floor:coin"]


def test_reviewers_without_scores_are_points(pair: Summary) -> None:
    figures, humans, machines = pair
    bare = replace(machines[0], score=None)
    row = figures.reviewers[0].model_copy(update={"scores": {}, "tiers": []})
    alone = figures.model_copy(update={"reviewers": [row]})
    figure = roc(alone, humans, [bare], draws=50)
    assert figure is not None
    assert "no scores, decisions only" in texts(figure)
    assert score_vs_rating(alone, humans, [bare]) is None
    assert reliability(alone, humans, [bare]) is None


def test_figures_are_reproducible(pair: Summary) -> None:
    once, again = (encoded(tiers(pair[0], pair[2]), "svg") for _ in range(2))  # pyright: ignore[reportArgumentType]
    assert once == again
    assert once.startswith(b"<?xml")


def test_wilson_at_known_points() -> None:
    low, high = wilson([0, 5, 10], [10, 10, 10])
    assert low == pytest.approx([0, 0.2366, 0.7225], abs=1e-4)
    assert high == pytest.approx([0.2775, 0.7634, 1], abs=1e-4)


def test_jitter_keeps_distinct_values_apart() -> None:
    values = np.repeat([3.0, 4.0, 6.0], 50)
    moved = jittered(values, np.ones(150, dtype=bool), np.random.default_rng(0))
    assert (np.round(moved) == values).all()
    assert len(np.unique(moved)) == 150
    smooth = np.linspace(0, 1, 150)
    assert (jittered(smooth, np.ones(150, dtype=bool), np.random.default_rng(0)) == smooth).all()


@pytest.mark.parametrize("name", [LONG, "x" * 90, "a b" * 60, "short", "", "_under"])
def test_wrapped_names_fit(name: str) -> None:
    rows = wrap(name, 35).split("\n")
    assert max(map(len, rows)) <= 35
    assert len(rows) <= 4
    if len(name) < 78:
        assert "".join(rows) == name


def test_no_two_reviewers_of_a_forest_plot_are_called_alike() -> None:
    def pair(a: str, b: str) -> PairRow:
        return PairRow(metric="auc", test="DeLong", a=a, b=b, n=9, difference=0.1, se=0.05, low=0.0, high=0.2,
                       p_value=0.05, p_family=0.1, resolved=False, papers_needed=None, in_sample=False)  # fmt: skip

    head, tail = "a-model-of-a-long-name-" * 2, "-and-of-settings-that-take-room" * 2
    alike = as_differences([pair(f"{head}{n}{tail}", "floor:length") for n in (1, 2)])
    assert len({row.label for row in alike}) == 2
    (cut,) = as_differences([pair(f"{head}{tail}", "floor:length")])
    assert "…" in cut.label
    assert cut.label.endswith("− floor:length")
