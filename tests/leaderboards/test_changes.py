"""`leaderboard diff`: what a folder of results changes on the boards, as a document, a table and a comment."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_results import changed, only
from peerassay.data.errors import InputError
from peerassay.leaderboards.boards import RankInterval, Refused
from peerassay.leaderboards.changes import BoardsDiff, MetricChange, Position, RowChange, boards_diff
from peerassay.leaderboards.changes_markdown import MOST_CHARACTERS, code, diff_markdown
from peerassay.statistics.estimate import Estimate
from test_leaderboard_command import call
from test_leaderboard_command import code as exit_code

MIDDLE, STRONG, WEAK = (f"generators/diffusion/{name}-*.json" for name in ("middle", "strong", "weak"))


@pytest.fixture
def two(made_once: Path, tmp_path: Path) -> tuple[Path, Path]:
    """On the head a better row is new, and a row that was there is made by another version."""
    only(made_once, tmp_path / "base", MIDDLE, WEAK)
    only(made_once, tmp_path / "head", MIDDLE, WEAK, STRONG)
    return tmp_path / "base", tmp_path / "head"


def test_new_changed_and_moved_rows_are_told(two: tuple[Path, Path]) -> None:
    (path,) = two[1].glob(WEAK)

    def dearer(body: dict) -> None:  # type: ignore[type-arg]
        body["group"]["usd"] *= 2
        for name in ("usd", "usd_per_paper"):
            body["figures"][name] *= 2

    changed(path, dearer)
    diff = boards_diff(*two)
    assert [(row.kind, row.name) for row in diff.rows] == [("new", "strong"), ("changed", "weak")]
    strong, weak = diff.rows
    assert strong.base is None and strong.head is not None and strong.head.place is not None
    assert (strong.head.place.rank, strong.head.of) == (1, 3)
    assert [(m.name, m.difference) for m in weak.metrics if m.difference] == [("USD per paper", pytest.approx(8.4))]
    assert [(row.name, row.base.place and row.base.place.rank) for row in diff.moved] == [("middle", 1)]
    text = diff_markdown(diff)
    assert "1 row new, 1 row changed, 1 other row with another rank." in text
    assert "| USD per paper | 8.400 | 16.800 | +8.400 |" in text
    assert "**`strong`** on `generators on diffusion, in the eyes of careful (cccccccccccc)`: rank 1 of 3" in text


def test_rows_that_are_gone_and_files_that_are_refused(two: tuple[Path, Path]) -> None:
    base, head = two[::-1]
    (path,) = head.glob(WEAK)
    path.write_text("{}")
    told = call("diff", base, head, "--json")
    assert exit_code(told) == 1
    document = json.loads(told.stdout)
    assert [(row["kind"], row["name"]) for row in document["rows"]] == [("gone", "strong")]
    assert [one["path"] for one in document["refused"]] == [str(path.relative_to(head))]
    shown = call("diff", base, head)
    assert "gone" in shown.stdout and "field id: Field required" in shown.stdout


def test_a_folder_and_itself(two: tuple[Path, Path]) -> None:
    assert call("diff", two[0], two[0]).stdout == "nothing differs\n"
    with pytest.raises(InputError, match="no such folder of results"):
        exit_code(call("diff", two[0], two[0] / "none"))
    with pytest.raises(InputError, match="leave one out"):
        exit_code(call("diff", *two, "--json", "--markdown"))


def test_a_dataset_and_a_reviewers_row_come_together(made_once: Path, tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    only(made_once, tmp_path / "head", "datasets/sample-all.json", "reviewers/sample-all/careful-*.json")
    diff = boards_diff(tmp_path / "base", tmp_path / "head")
    assert [(row.kind, row.name) for row in diff.rows] == [("new", "careful")]
    assert [(other.kind, other.name) for other in diff.others] == [("new", "sample")]
    assert diff.refused == ()


CODE = re.compile(r"(`+)(?!`)(.*?)(?<!`)\1(?!`)")


@given(st.text())
def test_no_text_gets_out_of_its_code(text: str) -> None:
    found = code(text)
    match = CODE.fullmatch(found)
    assert match is not None and "\n" not in found
    assert match[2].strip() != ""


@pytest.mark.parametrize(
    "name", ["@team", "<script>", "``", "`", "a`b``c", "[x](y)", "x\n# y", "\u202egpj", "#1", "-->"]
)
def test_hostile_words_stay_within_code_wherever_they_stand(name: str) -> None:
    place = Position(RankInterval(1, 1, 1, False), 1)
    rows = [
        RowChange(
            name, kind, name, name, "self-reported", place, place, (MetricChange("AUC", None, Estimate(value=1, n=1)),)
        )
        for kind in ("new", "changed", "gone")
    ]
    text = diff_markdown(BoardsDiff(tuple(rows), (), (), (Refused(Path(name), name, (name,)),)))
    plain = CODE.sub("", text)
    for bad in ("@", "<", "](", "\u202e", "# y", "#1", "-->"):
        assert bad not in plain


def test_a_long_comment_is_cut_and_says_so() -> None:
    refused = [Refused(Path(f"{i}.json"), "x" * 400, ("y" * 400,) * 30) for i in range(50)]
    text = diff_markdown(BoardsDiff((), (), (), tuple(refused)))
    assert len(text.encode()) < MOST_CHARACTERS + 200
    assert "The rest is left out" in text
