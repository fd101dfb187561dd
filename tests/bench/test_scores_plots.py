"""The figures of a score run: what they show, and that no batch is too small, too large or too odd for them."""

from __future__ import annotations

import numpy as np
import pytest
from made_scores import FORM, made_record
from matplotlib.collections import PathCollection, PolyCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from peerassay.bench.scores.metrics import ScoreMetrics
from peerassay.bench.scores.plots import bar_edges, distributions, histograms
from peerassay.bench.scores.plots_groups import (
    ROWS,
    configuration_colours,
    differences,
    funnel,
    shown_groups,
    shown_pairs,
)
from peerassay.bench.scores.report import draw_scores
from peerassay.bench.scores.summary import summarise_scores
from peerassay.presentation.drawing import encoded

LONG = "openai/gpt-4o-2024-05-13 with tree search and aider, three runs, preset thorough, number "


def summary(groups: dict[tuple[str, str], tuple[int, list[float]]], **changes: object) -> ScoreMetrics:
    return summarise_scores(*made_record(groups, **changes))


@pytest.fixture(scope="module")
def usual() -> ScoreMetrics:
    rng = np.random.default_rng(0)
    means = {("t", "a"): 6, ("t", "b"): 3, ("u", "a"): 4, ("u", "b"): 4, ("u", "c"): 9}
    return summary({key: (15, [float(s) for s in rng.integers(m - 1, m + 2, 12)]) for key, m in means.items()})


def drawn(figure: Figure | None) -> Figure:
    assert figure is not None
    encoded(figure, "png")
    return figure


def texts(figure: Figure) -> str:
    return "\n".join(text.get_text() for text in figure.findobj(Text))


def test_every_paper_is_a_point_in_its_configurations_colour(usual: ScoreMetrics) -> None:
    colours = configuration_colours(usual)
    assert len(set(colours.values())) == 3
    for axes, groups in zip(drawn(distributions(usual)).axes, shown_groups(usual).values(), strict=True):
        points = axes.findobj(PathCollection)
        assert [len(p.get_offsets()) for p in points] == [12] * len(groups)
        assert [to_hex(p.get_facecolor()[0]) for p in points] == [
            colours[g.figures.configuration].lower() for g in groups
        ]
        for p, group in zip(points, groups, strict=True):
            assert np.abs(np.sort(np.asarray(p.get_offsets())[:, 0]) - group.scores).max() < 0.25


def test_a_row_says_how_many_of_the_ideas_have_a_score(usual: ScoreMetrics) -> None:
    figure = drawn(distributions(usual))
    labels = [label.get_text() for axes in figure.axes for label in axes.get_yticklabels()]
    assert labels == [f"{group.configuration}\nn = 12 of 15 tried" for group in usual.groups]
    assert "accepted from 6 on" in texts(figure)


@pytest.mark.parametrize(
    ("scores", "violins"), [([1.0, 2, 3, 4], 0), ([1.0, 2, 3, 4, 4], 1), ([4.0] * 30, 0), ([7.0], 0), ([], 0)]
)
def test_few_or_equal_scores_are_points_only(scores: list[float], violins: int) -> None:
    figure = drawn(distributions(summary({("t", "a"): (31, scores), ("t", "other"): (2, [5.0, 5.0])})))
    assert sum(isinstance(c, PolyCollection) for c in figure.axes[0].collections) == violins
    assert ("no score" in texts(figure)) == (not scores)


@pytest.mark.parametrize(
    ("scores", "edges"),
    [
        ([1.0, 3.0, 2.0], [0.5, 1.5, 2.5, 3.5]),
        ([4.0], [3.5, 4.5]),
        ([4.5, 5.0], [4.25, 4.75, 5.25]),
        ([0.3, 0.3], [-0.2, 0.8]),
    ],
)
def test_whole_and_half_scores_have_a_bar_each(scores: list[float], edges: list[float]) -> None:
    found = bar_edges(np.array(scores))
    assert found is not None
    assert list(found) == pytest.approx(edges)


@pytest.mark.parametrize("scores", [[1e17, 1e17], [-1e100, 3.0, 1e100], [1e17, 1e17 + 16]])
def test_very_large_scores_are_drawn(scores: list[float]) -> None:
    plots = draw_scores(summary({("t", "a"): (3, scores), ("t", "b"): (2, [1.0, 2.0])}))
    assert {"histograms", "distributions"} <= {plot.name for plot in plots}
    edges = bar_edges(np.array(scores))
    assert edges is not None
    assert np.histogram(scores, edges)[0].sum() == len(scores)


def test_a_threshold_of_0_is_explained_too() -> None:
    plots = draw_scores(summary({("t", "a"): (2, [-1.0, 1.0])}, traits=FORM.model_copy(update={"accept_at": 0.0})))
    assert "dashed line" in next(plot.caption for plot in plots if plot.name == "distributions")


def test_histograms_hold_every_paper(usual: ScoreMetrics) -> None:
    figure = drawn(histograms(usual))
    assert len(figure.axes) == 5
    for axes in figure.axes:
        assert sum(bar.get_height() for bar in axes.patches if isinstance(bar, Rectangle)) == 12
    assert len({axes.get_ylim() for axes in figure.axes}) == len({axes.get_xlim() for axes in figure.axes}) == 1
    assert texts(figure).count("3 without a score") == 5


def test_full_marks_are_the_resolved_pairs(usual: ScoreMetrics) -> None:
    figure = drawn(differences(usual))
    marks = [line for axes in figure.axes for line in axes.lines if line.get_marker() == "o"]
    pairs = usual.pairs
    assert [float(np.asarray(mark.get_xdata())[0]) for mark in marks] == [p.difference for p in pairs]
    assert [mark.get_markerfacecolor() != "white" for mark in marks] == [p.resolved for p in pairs]
    assert 0 < sum(p.resolved for p in pairs) < len(pairs)


def test_of_very_many_pairs_those_with_the_first_are_shown() -> None:
    figures = summary({("t", f"{LONG}{i}"): (4, [5.0 - i / 4, 3.0, 4.0]) for i in range(12)})
    assert len(figures.pairs) == 66 > ROWS
    assert len(shown_pairs(figures)) == 11
    plots = {plot.name: plot for plot in draw_scores(figures)}
    assert "Only those with the first configuration" in plots["differences"].caption
    (axes,) = drawn(plots["differences"].figure).axes
    assert len([line for line in axes.lines if line.get_marker() == "o"]) == 11


def test_the_funnel_has_the_counts_in_figures_and_bars(usual: ScoreMetrics) -> None:
    figure = drawn(funnel(usual))
    words = texts(figure)
    for group in usual.groups:
        assert f"{group.tried} → {group.finished} → {group.reviewed} → {group.accepted}" in words
    bars = [bar.get_width() for axes in figure.axes for bar in axes.patches if isinstance(bar, Rectangle)]
    assert bars == [n for g in usual.groups for n in (g.tried, g.finished, g.reviewed, g.accepted)]


def test_without_a_rule_nothing_is_said_of_acceptance() -> None:
    figures = summary({("t", "a"): (3, [0.1, 0.9])}, traits=FORM.model_copy(update={"accept_at": None, "scale": None}))
    plots = {plot.name: plot for plot in draw_scores(figures)}
    assert set(plots) == {"distributions", "histograms", "funnel"}
    for plot in plots.values():
        assert "accept" not in texts(drawn(plot.figure)) + plot.caption + plot.title
    assert "3 → 2 → 2" in texts(plots["funnel"].figure)


def test_nothing_reviewed_leaves_the_funnel() -> None:
    figures = summary({("t", "a"): (3, []), ("u", "b"): (1, [])})
    assert [plot.name for plot in draw_scores(figures)] == ["funnel"]


@pytest.mark.filterwarnings("ignore:Glyph .* missing from font")
def test_odd_names_are_drawn() -> None:
    names = ["_x$y$", "<b>&amp;", "\u202eevil\x07\x1b[31m", "名前", "w" * 300]
    figures = summary({("$t_\n1$", name): (3, [4.0 + i, 5.0]) for i, name in enumerate(names)})
    for plot in draw_scores(figures):
        words = texts(plot.figure)
        assert b"<svg" in encoded(plot.figure, "svg")
        assert "\u202e" not in words
        assert "\x1b" not in words


def test_only_equal_scores_are_moved() -> None:
    figure = drawn(
        distributions(summary({("t", "a"): (5, [1.0, 2.5, 4.25, 3.0, 9.0]), ("t", "b"): (4, [3.0, 3.0, 5.0])}))
    )
    first, second = (np.sort(np.asarray(p.get_offsets())[:, 0]) for p in figure.axes[0].findobj(PathCollection))
    by_mean = {len(first): first, len(second): second}
    assert list(by_mean[5]) == [1.0, 2.5, 3.0, 4.25, 9.0]
    assert len(set(by_mean[3])) == 3


def test_one_configuration_on_several_templates_is_one_row() -> None:
    figure = drawn(histograms(summary({(t, "a"): (3, [1.0, 2.0, 3.0]) for t in "tuv"})))
    assert len({round(axes.get_position().y0, 3) for axes in figure.axes}) == 1
