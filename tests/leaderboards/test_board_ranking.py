"""Who wins against whom, places with ties, and the front of quality against cost."""

from __future__ import annotations

import numpy as np
import pytest
from peerassay.bench.scores.groups import compare_configurations
from peerassay.leaderboards.ranking import efficient, score_places, strength_table
from peerassay.statistics.pairwise import SHARED, IdeaScores, pairwise_wins

Scores = dict[str, float | None]


def own(prefix: str, *scores: float | None) -> Scores:
    return {f"{prefix}{i}": score for i, score in enumerate(scores)}


def test_shared_ideas_are_compared_one_by_one() -> None:
    a, b = own("i", 5, 5, 5, 5, 5, 1), own("i", 4, 4, 4, 5, 6, 9)
    duels = pairwise_wins([IdeaScores("t", "a", a), IdeaScores("t", "b", b)], draws=50)
    assert duels.configurations == ("a", "b")
    assert duels.wins.tolist() == [[0, 3.5], [2.5, 0]]
    assert (duels.matched.tolist(), duels.unmatched.sum()) == ([[0, 6], [6, 0]], 0)


def test_ideas_that_are_not_shared_are_compared_each_with_each() -> None:
    a, b = own("a", 5, 5, 3, 1), own("b", 4, 2)
    duels = pairwise_wins([IdeaScores("t", "a", a), IdeaScores("t", "b", b)], draws=50)
    assert duels.wins[0, 1] == pytest.approx(2 * 5 / 8)
    assert duels.wins[1, 0] == pytest.approx(2 * 3 / 8)
    assert duels.unmatched[0, 1] == 2
    assert not duels.matched.any()


def test_too_few_shared_ideas_do_not_count_as_matched() -> None:
    a, b = own("i", *[5.0] * (SHARED - 1)), own("i", *[4.0] * (SHARED - 1))
    duels = pairwise_wins([IdeaScores("t", "a", a), IdeaScores("t", "b", b)], draws=5)
    assert not duels.matched.any()
    assert duels.unmatched[0, 1] == SHARED - 1


def test_an_idea_without_a_score_loses_to_one_with_and_ties_with_another_without() -> None:
    a, b = own("i", 1, None, None, None, 1, 1), own("i", None, 1, None, None, 1, 1)
    duels = pairwise_wins([IdeaScores("t", "a", a), IdeaScores("t", "b", b)], draws=5)
    assert duels.wins[0, 1] == duels.wins[1, 0] == 3
    lost = pairwise_wins([IdeaScores("t", "a", own("a", 9)), IdeaScores("t", "b", own("b", 1, None, None))], draws=5)
    assert lost.wins[0, 1] == 1


def test_ideas_of_which_nothing_is_known_count_as_failed_and_end_the_matching() -> None:
    a, b = own("i", *[3.0] * 6), own("i", *[3.0] * 6)
    duels = pairwise_wins([IdeaScores("t", "a", a, unlisted=6), IdeaScores("t", "b", b)], draws=5)
    assert not duels.matched.any()
    assert duels.unmatched[0, 1] == 6
    assert duels.wins[0, 1] == pytest.approx(6 * 0.25)


def test_every_draw_has_as_many_comparisons_and_is_centred_on_the_wins_and_the_prior() -> None:
    rng = np.random.default_rng(0)
    tries = [IdeaScores("t", name, own(name, *rng.normal(m, 1, 15))) for name, m in (("a", 0), ("b", 0.5), ("c", 1))]
    duels = pairwise_wins(tries, draws=4000)
    both = duels.draws + duels.draws.transpose(0, 2, 1)
    assert both == pytest.approx(np.broadcast_to(duels.met, both.shape))
    centre = duels.met * (duels.wins + 1) / (duels.met + 2)
    assert duels.draws.mean(axis=0) == pytest.approx(centre, abs=0.1)
    assert duels.draws[:, 0, 1].std() > 0.5


def test_neither_the_order_of_the_results_nor_of_their_ideas_matters() -> None:
    rng = np.random.default_rng(1)
    tries = [IdeaScores(t, n, own("i", *rng.normal(size=8))) for t in ("x", "y") for n in ("a", "b", "c")]
    turned = [IdeaScores(t.template, t.configuration, dict(reversed(t.scores.items()))) for t in reversed(tries)]
    assert strength_table(tries, {}) == strength_table(turned, {})


def test_a_planted_order_is_found_and_equals_tie() -> None:
    rng = np.random.default_rng(2)
    means = {"best": 8, "same one": 5, "same two": 5, "worst": 2}
    tries = [IdeaScores(t, n, own(n, *rng.normal(m, 1, 20))) for t in ("x", "y") for n, m in means.items()]
    table = {s.configuration: s for s in strength_table(tries, {"best": 2.5})}
    assert next(iter(table)) == "best"
    assert {name: s.place.rank for name, s in table.items()} == {"best": 1, "same one": 2, "same two": 2, "worst": 4}
    assert table["same one"].place.tied
    assert not table["best"].place.tied
    assert (table["best"].place.low, table["best"].place.high) == (1, 1)
    assert (table["best"].usd_per_paper, table["worst"].usd_per_paper) == (2.5, None)
    assert (table["best"].tried, table["best"].templates, table["best"].unmatched) == (40, ("x", "y"), 120)
    chance = table["best"].beats_average
    assert 0.5 < chance.low < chance.value <= chance.high < 1


@pytest.mark.parametrize(("ideas", "wins"), [(1, 1), (2, 2), (6, 2)])
def test_a_few_wins_without_a_loss_are_no_proof(ideas: int, wins: int) -> None:
    """The other ideas are ties; each draw has the same winner or none."""
    a, b = own("i", *[4.0] * wins, *[3.0] * (ideas - wins)), own("i", *[3.0] * ideas)
    best, other = strength_table([IdeaScores("t", "a", a), IdeaScores("t", "b", b)], {})
    assert (best.configuration, best.place.rank, other.place.rank, other.place.tied) == ("a", 1, 1, True)
    assert best.strength.low < 0 < best.strength.value <= best.strength.high


def test_many_wins_without_a_loss_are() -> None:
    best, other = strength_table(
        [IdeaScores("t", "a", own("i", *[4.0] * 8)), IdeaScores("t", "b", own("i", *[3.0] * 8))],
        {},
    )
    assert (best.place.rank, other.place.rank) == (1, 2)
    assert 0 < best.strength.low < best.strength.value <= best.strength.high


def test_intervals_of_equals_cover_zero_about_as_often_as_they_say() -> None:
    rng = np.random.default_rng(3)
    inside = 0
    for _ in range(24):
        tries = [IdeaScores("t", name, own(name, *rng.normal(size=25))) for name in ("a", "b")]
        strength = strength_table(tries, {})[0].strength
        inside += strength.low <= 0 <= strength.high
    assert inside >= 20


def test_failures_cost_strength() -> None:
    rng = np.random.default_rng(4)
    scores = rng.normal(size=20)
    whole, half = own("a", *scores), own("b", *scores[:10], *[None] * 10)
    table = strength_table([IdeaScores("t", "whole", whole), IdeaScores("t", "half", half)], {})
    assert [s.configuration for s in table] == ["whole", "half"]


def test_configurations_that_never_met_are_ranked_apart() -> None:
    rng = np.random.default_rng(5)
    tries = [IdeaScores("x", n, own(n, *rng.normal(m, 1, 20))) for n, m in (("a", 9), ("b", 0))]
    tries += [IdeaScores("y", n, own(n, *rng.normal(m, 1, 20))) for n, m in (("c", 5), ("d", 0))]
    tries += [IdeaScores("z", "alone", own("e", 1, 2, 3))]
    table = {s.configuration: s for s in strength_table(tries, {})}
    assert {name: (s.place.rank, s.place.low, s.place.high) for name, s in table.items()} == {
        "a": (1, 1, 4),
        "c": (1, 1, 4),
        "b": (2, 2, 5),
        "d": (2, 2, 5),
        "alone": (1, 1, 5),
    }
    assert all(s.place.tied for s in table.values())
    assert table["alone"].strength.value is None
    assert table["a"].strength.value == pytest.approx(-(table["b"].strength.value or 0))
    assert [s.configuration for s in strength_table(tries, {})][-1] == "alone"


def test_one_configuration_has_no_strength() -> None:
    assert strength_table([IdeaScores("x", "a", own("a", 1, 2)), IdeaScores("y", "a", own("a", 1))], {}) == ()


def test_a_single_idea_on_either_side_is_no_crash() -> None:
    table = strength_table([IdeaScores("t", "a", own("a", 5)), IdeaScores("t", "b", own("b", None))], {})
    assert [s.configuration for s in table] == ["a", "b"]


def test_places_by_mean_show_ties_as_ties() -> None:
    rng = np.random.default_rng(6)
    scores = {n: rng.normal(m, 1, 30).tolist() for n, m in (("low", 2), ("high", 6), ("also", 6))}
    places, _ = score_places(scores)
    assert {n: (p.rank, p.tied) for n, p in places.items()} == {
        "low": (3, False),
        "high": (1, True),
        "also": (1, True),
    }
    assert (places["low"].low, places["low"].high) == (3, 3)
    assert places["high"].low <= places["high"].rank <= places["high"].high <= 2


def test_two_of_many_configurations_can_still_be_told_apart() -> None:
    """The correction for 253 pairs asks for more permutations than one pair needs."""
    small = {f"c{i}": [5.0, 5.5] for i in range(21)}
    places, _ = score_places({"low": [j / 9 for j in range(9)], "high": [9 + j / 9 for j in range(9)], **small})
    assert (places["high"].rank, places["low"].rank) == (1, 2)


def test_ties_are_those_of_the_score_table() -> None:
    """The same family, the same p-values, whatever the order; failures are in the family although ranks ignore them."""
    rng = np.random.default_rng(8)
    scores = {name: rng.normal(mean, 1, 14).round().tolist() for name, mean in (("c", 3), ("a", 5), ("b", 5.5))}
    tried = {name: [*values, *[1.0] * 20] for name, values in scores.items()}
    pairs = compare_configurations({"t": scores}, {"t": tried})
    places, _ = score_places(dict(reversed(scores.items())), tried)
    for name, place in places.items():
        better = [p for p in pairs if p.resolved and name == (p.b if (p.difference or 0) > 0 else p.a)]
        assert place.rank == 1 + len(better)
    assert any(pair.resolved for pair in pairs) and not all(pair.resolved for pair in pairs)


def test_places_without_scores_or_with_few() -> None:
    assert score_places({}) == ({}, {})
    assert score_places({"a": [], "b": []}) == ({}, {})
    places, _ = score_places({"a": [5.0], "b": [1.0, 1.0, 1.0], "c": []})
    assert set(places) == {"a", "b"}
    assert {p.rank for p in places.values()} == {1}


def test_places_do_not_depend_on_who_comes_first() -> None:
    rng = np.random.default_rng(7)
    scores = {name: rng.normal(size=12).tolist() for name in "abcd"}
    assert score_places(scores) == score_places(dict(reversed(scores.items())))


@pytest.mark.parametrize(
    ("means", "costs", "front"),
    [
        ([3, 4, 2], [1, 2, 3], [True, True, False]),
        ([3, 3], [1, 2], [True, False]),
        ([4, 3], [1, 1], [True, False]),
        ([3, 3], [1, 1], [True, True]),
        ([9, 3, 1], [None, 2, 0], [False, True, True]),
        ([None, 3], [0, 2], [False, False]),
        ([3], [0], [False]),
    ],
)
def test_the_front_of_quality_against_cost(
    means: list[float | None], costs: list[float | None], front: list[bool]
) -> None:
    assert efficient(means, costs) == front
