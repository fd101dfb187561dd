"""What has to hold of the marks on planted flaws in a stress result: all pairs, all reviews, no other kinds."""

from __future__ import annotations

from ..bench.stress.columns import ABSENT, MISSING, StressPaper
from ..bench.stress.columns import FAILED as FAILED_REVIEW
from ..bench.stress.flaw_marks import FAILED, NONE, FlawMarks
from ..bench.stress.flaws import planted_flaws
from ..bench.stress.records import INTACT
from ..data.errors import InputError
from ..reviewer.protocol import paper_key
from .board_datasets import is_bundled
from .differences import excerpt
from .records import BoardDataset, StressResult


def check_flaws(result: StressResult, dataset: BoardDataset) -> None:
    """Raises InputError where marks and figures are not both there, or the marks do not fit the papers.

    Of a bundled dataset the flaws are known; of others the kinds are as claimed.
    """
    if (result.flaws is None) != (result.naming is None):
        raise InputError("flaws and naming: both or neither")
    if result.flaws is None:
        return
    papers = result.scores.papers
    groups = {paper.group for paper in papers if paper.group is not None}
    _check_kinds(result.flaws, groups, dataset)
    repeats = [column for column in result.scores.columns if column.name == INTACT]
    if len(result.flaws.reviews) != len(repeats):
        raise InputError(f"flaws.reviews: {len(result.flaws.reviews)} repeats, the scores have {len(repeats)}")
    for column, letters in zip(sorted(repeats, key=lambda c: c.repeat), result.flaws.reviews, strict=True):
        if len(letters) != len(papers):
            raise InputError(f"flaws.reviews: of {len(letters)} papers, the scores are of {len(papers)}")
        for paper, mark, letter in zip(papers, column.marks, letters, strict=True):
            _check_letter(paper, mark, letter, result.flaws)


def _check_kinds(flaws: FlawMarks, groups: set[str], dataset: BoardDataset) -> None:
    if unknown := flaws.kinds.keys() - groups:
        raise InputError(f"flaws.kinds: no paper belongs to the pair {excerpt(min(unknown))}")
    if not is_bundled(dataset):
        return
    known = {paper_key(flaw.group): flaw.kind for flaw in planted_flaws(dataset.name).values()}
    if flaws.kinds != {group: kind for group, kind in known.items() if group in groups}:
        raise InputError(f"flaws.kinds: not the flaws that are documented of {dataset.name}")


def _check_letter(paper: StressPaper, mark: str, letter: str, flaws: FlawMarks) -> None:
    """A review is counted where there is one of a paper of a pair, and failed where the scores say so."""
    reviewed = paper.group in flaws.kinds and mark not in (ABSENT, MISSING)
    if (letter != NONE) != reviewed:
        said = "nothing is said of its review" if reviewed else "something is said of a review that there is not"
        raise InputError(f"flaws.reviews: {paper.key}: {said}")
    if (letter == FAILED) != (reviewed and mark == FAILED_REVIEW):
        raise InputError(f"flaws.reviews: {paper.key}: its review failed by the one and not by the other")
