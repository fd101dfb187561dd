"""Rows of bundled reviews on the board of the dataset without texts."""

from __future__ import annotations

from pathlib import Path

import pytest
from peerassay.bench.measure import BenchSettings, prepare_bench
from peerassay.data.errors import InputError
from peerassay.leaderboards.adding import add_results
from peerassay.leaderboards.boards import ReviewerBoard
from peerassay.leaderboards.records import ReviewerResult
from peerassay.leaderboards.rules import check_reviewer
from peerassay.leaderboards.selection import Selection
from peerassay.leaderboards.site.links import board_title
from peerassay.leaderboards.site.reviewers import TEXTS, board_facts
from peerassay.leaderboards.submission import reviewer_results
from peerassay.llm.session import Session


def test_bundled_reviews_make_verified_rows(tmp_path: Path) -> None:
    settings = BenchSettings(floors=False, audit=False, out=tmp_path / "run")
    prepare_bench("iclr2022-scores", ["replay:bundled:learned-iclr2022"], Session(), settings).review([])
    dataset, results = reviewer_results(tmp_path / "run", Selection())
    added = add_results(tmp_path / "results", dataset, results, verify=True)
    assert [(one.result.name, one.rerun and one.rerun.outcome) for one in added] == [("learned:iclr2022", "same")]
    learned = added[0].result
    assert isinstance(learned, ReviewerResult) and (learned.text, learned.status) == ("none", "verified")
    assert dataset.text_version == "none" and learned.text in TEXTS
    board = ReviewerBoard(dataset, "none", ())
    assert board_title(board) == "iclr2022-scores, test split, no text"
    assert "none here, only scores" in board_facts(board)
    with pytest.raises(InputError, match="belongs to a reviewer of ours"):
        check_reviewer(learned.model_copy(update={"spec": "replay:mine.csv", "status": "self-reported"}), dataset)
