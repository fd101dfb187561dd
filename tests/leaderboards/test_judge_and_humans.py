"""Human scores in generators' results and on their board: pairs kept and checked, the gate pooled, ranks marked."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from made_results import changed, one_generator_run, scored_folder
from peerassay.bench.scores.human_metrics import MARK
from peerassay.data.errors import InputError
from peerassay.leaderboards.adding import add_results
from peerassay.leaderboards.assemble import assemble
from peerassay.leaderboards.boards import Boards, GeneratorBoard
from peerassay.leaderboards.changes import boards_diff
from peerassay.leaderboards.changes_markdown import diff_markdown
from peerassay.leaderboards.generator_boards import generator_boards
from peerassay.leaderboards.judge_and_humans import judge_and_humans
from peerassay.leaderboards.records import GeneratorResult
from peerassay.leaderboards.selection import Selection
from peerassay.leaderboards.site.build import all_files, data_document, write_site
from peerassay.leaderboards.store import read_record
from peerassay.leaderboards.submission import results_of
from peerassay.leaderboards.validation import check_results

SCORES = [1, 2, 3, 4, 5, 6, 7, 8, 2, 4, 6, 8]
"""Of twelve papers by a judge."""
TURNED = [9 - score for score in SCORES]


def results_with(
    folder: Path, groups: dict[str, tuple[list[int], list[float]]], by: tuple[str, ...] = ("Ann",)
) -> Path:
    """Results of a run in which the judge gave each group's papers the first scores, and each human the second ones."""
    folder.mkdir(exist_ok=True)
    run = one_generator_run(folder, groups, by)
    add_results(folder / "results", None, results_of(run, Selection())[1])
    return folder / "results"


def following(shift: float = 0.5) -> list[float]:
    return [score + shift * (-1) ** i for i, score in enumerate(SCORES)]


@pytest.fixture(scope="module")
def agreed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two humans agree with the judge on six papers of each configuration: too few for each alone."""
    said = following()
    groups = {"a": (SCORES[:6], said[:6]), "b": (SCORES[6:], said[6:])}
    return results_with(tmp_path_factory.mktemp("agreed"), groups, by=("Ann", "Bo"))


@pytest.fixture(scope="module")
def reversed_(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Humans say the reverse, and have not scored the last four papers of `high`."""
    higher = [score + 2 for score in SCORES]
    groups = {"low": (SCORES, [*map(float, TURNED)]), "high": ([*higher, 3, 4, 5, 6], [*map(float, TURNED)])}
    return results_with(tmp_path_factory.mktemp("reversed"), groups)


@pytest.fixture(scope="module")
def marked(reversed_: Path) -> Boards:
    return assemble([reversed_])


def board_of(results: Path) -> GeneratorBoard:
    boards = assemble([results])
    assert boards.refused == ()
    (found,) = boards.generators
    return found


def test_a_result_has_each_papers_human_mean_and_what_follows_from_them(reversed_: Path) -> None:
    (path,) = reversed_.glob("generators/*/high-*.json")
    result = read_record(path, GeneratorResult)
    assert [(idea.human_mean, idea.human_reviews) for idea in result.ideas if idea.name == "high-p00"] == [(8.0, 1)]
    assert sum(idea.human_mean is None for idea in result.ideas) == 4
    assert result.humans is not None and result.humans.source == "human scores"
    figures = result.humans.figures
    assert (figures.labelled, figures.further, figures.reviews, figures.follows) == (12, 4, 12, False)
    assert figures.pearson.value == pytest.approx(-1) and figures.human.value == pytest.approx(sum(TURNED) / 12)
    assert figures.powered is not None and figures.powered.value is not None and figures.powered.low is not None
    assert not any("humans" in note for note in result.notes), "what the gate says is the board's to tell"


def test_the_gate_is_over_all_results_of_a_judge(agreed: Path) -> None:
    files = [read_record(path, GeneratorResult) for path in agreed.glob("generators/*/*.json")]
    assert [file.humans and file.humans.figures.follows for file in files] == [False, False], "six papers each"
    boards = assemble([agreed])
    (board,) = boards.generators
    assert board.humans.gate.follows and board.humans.gate.mark == ""
    assert (board.humans.papers, board.humans.reviews, board.humans.results) == (12, 24, 2)
    assert {entry.place.mark for entry in board.entries if entry.place} == {""}
    page = all_files(boards)["generators.html"]
    assert "Shown to follow humans (r = " in page and MARK not in page and "†" not in page


def test_every_rank_of_a_judge_that_is_not_shown_to_follow_humans_is_marked(marked: Boards) -> None:
    files = all_files(marked)
    page = files["generators.html"]
    sign = f'<span aria-hidden="true">†</span><span class="unseen"> ({MARK})</span>'
    assert page.count(sign) == 4, "two ranks over all templates, and two on the template"
    assert page.count(f"† {MARK.capitalize()}: r = −") == 2, "below each table"
    assert files["index.html"].count(sign) == 2 and "† Not shown" in files["index.html"]
    for name in (name for name in files if name.startswith("entries/")):
        assert files[name].count(sign) == 1 and f"† {MARK.capitalize()}" in files[name]
    assert all(MARK in files[name] for name in files if name.startswith(("badges/", "compare/")))
    (told,) = json.loads(data_document(marked))["generators"]
    assert told["humans"]["gate"]["follows"] is False and told["humans"]["papers"] == 24
    assert [entry["place"]["mark"] for entry in told["entries"]] == [MARK] * 2
    assert [strength["place"]["mark"] for strength in told["strengths"]] == [MARK] * 2


def test_a_difference_of_boards_has_the_mark_of_each_rank(reversed_: Path, tmp_path: Path) -> None:
    tmp_path.joinpath("none").mkdir()
    diff = diff_markdown(boards_diff(tmp_path / "none", reversed_))
    assert diff.count(f"% of the draws, {MARK}") == 2 and "| mean human score | " in diff


def test_without_human_scores_it_is_computed_too_and_older_files_stay_valid(results: Path) -> None:
    for path in results.glob("generators/*/*.json"):

        def older(body: dict[str, Any]) -> None:
            del body["humans"]
            for idea in body["ideas"]:
                del idea["human_mean"], idea["human_reviews"]

        changed(path, older)
    checked = check_results([results])
    assert checked.refused == []
    for board in generator_boards(checked):
        assert board.humans.papers == 0 and "no human scores" in board.humans.gate.why
        assert {entry.place.mark for entry in board.entries if entry.place} == {MARK}


def setter(where: str, value: object) -> Any:
    def change(body: dict[str, Any]) -> None:
        *path, last = where.split(".")
        here: Any = body
        for part in path:
            here = here[int(part) if isinstance(here, list) else part]
        here[last] = value

    return change


@pytest.mark.parametrize(
    ("where", "value", "said"),
    [
        ("ideas.0.human_mean", 4.5, "humans.figures.human.value"),
        ("ideas.0.human_reviews", 3, "humans.figures.reviews: 12 is in the file, its scores give 14"),
        ("ideas.0.human_mean", None, "human_reviews, but no human_mean"),
        ("humans.figures.follows", True, "humans.figures.follows: true is in the file, its scores give false"),
        ("humans.figures.pearson.value", 0.9, "humans.figures.pearson.value"),
        ("humans.figures.powered.low", 1.0, "humans.figures.powered.low"),
        ("humans.figures.labelled", 40, "humans.figures.labelled"),
        ("humans", None, "humans: not there, but 12 ideas have a human_mean"),
        ("humans.scale", [1, 5], "human_mean 8 is not on the scale 1 to 5"),
        ("humans.scale", [5, 5], "humans.scale: 5 to 5 is no scale"),
        ("humans.scale", ["NaN", 5], "field humans.scale"),
        ("ideas.0.human_mean", float("nan"), "NaN is no number of JSON"),
        ("ideas.0.human_mean", 1e200, "is beyond 1e+100"),
        ("ideas.12.human_mean", 4.0, "humans.figures.labelled: 12 is in the file, its scores give 13"),
        ("ideas.0.human_reviews", 0, "field ideas.0.human_reviews"),
        ("humans.extra", 1, "field humans.extra"),
    ],
)
def test_human_scores_that_do_not_fit_are_refused(
    reversed_: Path, tmp_path: Path, where: str, value: object, said: str
) -> None:
    (source,) = reversed_.glob("generators/*/high-*.json")
    path = tmp_path / source.relative_to(reversed_)
    path.parent.mkdir(parents=True)
    path.write_bytes(source.read_bytes())
    changed(path, setter(where, value))
    (refused,) = check_results([tmp_path]).refused
    assert any(said in reason for reason in refused.reasons), refused.reasons


def test_the_humans_of_another_judges_result_are_refused(agreed: Path, reversed_: Path, tmp_path: Path) -> None:
    (source,) = reversed_.glob("generators/*/low-*.json")
    other = json.loads(next(agreed.glob("generators/*/a-*.json")).read_text())["humans"]
    path = tmp_path / source.relative_to(reversed_)
    path.parent.mkdir(parents=True)
    path.write_bytes(source.read_bytes())
    changed(path, setter("humans", other))
    (refused,) = check_results([tmp_path]).refused
    assert any("humans.figures.pearson.value" in reason for reason in refused.reasons)


def test_a_human_who_gives_the_judges_scores_is_refused_although_a_mean_would_hide_it(tmp_path: Path) -> None:
    judge = {"a": (SCORES, [*map(float, SCORES)])}
    with pytest.raises(InputError, match="Ann gives the judge's own scores on every paper"):
        results_with(tmp_path, judge, by=("Ann", "Bo"))


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ([4.0] * 12, "all the human scores are the same"),
        (following()[:1], "one paper alone has scores by both"),
        (following()[:9], "9 papers with scores by both, too few for an interval"),
    ],
)
def test_too_few_and_constant_human_scores_show_nothing(tmp_path: Path, said: list[float], why: str) -> None:
    board = board_of(results_with(tmp_path, {"a": (SCORES, said)}))
    assert not board.humans.gate.follows and why in board.humans.gate.why
    (entry,) = board.entries
    assert entry.place is not None and entry.place.mark == MARK


def with_humans(result: GeneratorResult, *, times: float = 1, id: str = "", **changes: Any) -> GeneratorResult:
    assert result.humans is not None
    ideas = tuple(
        idea.model_copy(update={"human_mean": idea.human_mean and idea.human_mean * times}) for idea in result.ideas
    )
    humans = result.humans.model_copy(update=changes)
    return result.model_copy(update={"ideas": ideas, "humans": humans, "id": id or result.id})


def test_a_paper_in_two_results_counts_once_and_scales_are_not_mixed(agreed: Path) -> None:
    a, b = (read_record(path, GeneratorResult) for path in sorted(agreed.glob("generators/*/*.json")))
    once = judge_and_humans([a, b])
    assert judge_and_humans([a, b, with_humans(a, id="again")]).papers == once.papers == 12
    tenfold = judge_and_humans([with_humans(a, scale=(0, 10)), with_humans(b, times=10, scale=(0, 100))])
    assert tenfold.pearson.value == pytest.approx(once.pearson.value) and tenfold.gate.follows
    unknown = judge_and_humans([with_humans(a, scale=(0, 10)), b])
    assert not unknown.gate.follows and "not all known" in unknown.gate.why and unknown.pearson.value is None


def test_mlr_bench_is_marked_on_a_board(shared_data: Path, tmp_path: Path) -> None:
    path = shared_data / "generated_papers/mlrbench/human_and_judge.csv"
    if not path.is_file():
        pytest.skip("MLR-Bench's scores are not here")
    add_results(tmp_path / "results", None, results_of(scored_folder(path, tmp_path / "run"), Selection())[1])
    board = board_of(tmp_path / "results")
    r = board.humans.pearson
    assert [r.value, r.low, r.high] == pytest.approx([-0.195, -0.519, 0.178], abs=5e-4)
    assert (board.humans.papers, board.humans.reviews) == (30, 60) and not board.humans.gate.follows
    assert {entry.place.mark for entry in board.entries if entry.place} == {MARK}


def test_downloads_have_the_mark_of_each_rank(marked: Boards, tmp_path: Path, page: Any) -> None:
    write_site(marked, tmp_path / "site")
    page.goto((tmp_path / "site/generators.html").as_uri())
    with page.expect_download() as found:
        page.get_by_role("button", name="CSV: Template").click()
    rows = list(csv.DictReader(io.StringIO(Path(found.value.path()).read_text("utf-8"))))
    assert [row["Rank, mark"] for row in rows] == [MARK] * 2
    assert {row["Scored by humans"] for row in rows} == {"12"}
    assert all(float(row["Humans' mean, low"]) < float(row["Humans' mean"]) for row in rows)


def test_two_configurations_are_not_compared_without_the_mark(marked: Boards, tmp_path: Path) -> None:
    write_site(marked, tmp_path / "site")
    [compared] = (tmp_path / "site/compare").glob("*.js")
    document = json.loads(compared.read_text("utf-8").split("(", 1)[1].rsplit(")", 1)[0])
    assert "Template reversed0. Not shown to follow humans: r = " in document["facts"]
    assert document["digits"] == 2
