"""Published sets in which a judge and humans have scored the same generated papers: MLR-Bench's and FARS' files."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from statistics import fmean

from ...data.errors import InputError
from ...data.importers.human_reviews import HumanReview, JudgedPaper, ScoredPapers
from ...data.importers.human_scores import read_human_scores
from ...reviewer.protocol import Traits, check_name, fingerprint_of
from ...reviewer.review import Review
from .entries import Entry, FoundEntries, Origin, new_idea
from .humans import human_scores
from .records import ScoreReviewer

TEMPLATES = {"MLR-Bench": "mlrbench", "FARS": "fars"}
JUDGES = {"MLR-Bench": "MLR-Bench judge (released)", "FARS": "FARS numerical_score (released)"}


def released_entries(path: Path, reviewed_by: str | None) -> FoundEntries:
    """The papers that the judge of such a file has scored, with its scores and those of the humans.

    Raises InputError where no judge has, and where its scores are the means of the humans' own.
    """
    read = read_human_scores(path)
    by_paper: dict[tuple[str, str], list[HumanReview]] = defaultdict(list)
    for review in read.reviews:
        by_paper[review.generator, review.paper].append(review)
    reviews = {judged: by_paper[_key(judged, read)] for judged in read.judged}
    _check_judge(reviews, path)
    reviewer = _judge(read, reviewed_by)
    origin = Origin()
    entries = []
    for judged, mine in reviews.items():
        scores = human_scores(mine, read, None)
        mean = fmean(said.score for said in scores) if scores else None
        known = {"title": judged.title, "human_scores": scores, "human_mean": mean}
        idea = new_idea(TEMPLATES[read.source], judged.generator, judged.paper, **known)
        review = Review(paper_id=judged.paper, overall=judged.score)
        entries.append(Entry(idea, path, origin, review, reviewer))
    return FoundEntries(tuple(entries), read.notes)


def _key(judged: JudgedPaper, read: ScoredPapers) -> tuple[str, str]:
    """How the humans' reviews of the paper are called; FARS has one generator, which they do not name."""
    return ("" if read.source == "FARS" else judged.generator), judged.paper


def _check_judge(reviews: dict[JudgedPaper, list[HumanReview]], path: Path) -> None:
    if not reviews:
        raise InputError(
            f"{path}: holds no judge's scores; name the papers or their reviews, and give it with --humans"
        )
    means = [(judged.score, fmean(said.score for said in mine)) for judged, mine in reviews.items() if mine]
    if len(means) > 1 and all(abs(score - mean) < 0.01 for score, mean in means):
        raise InputError(
            f"{path}: the judge's scores are the means of the humans' own, so that no machine is measured; give the "
            "file with --humans to a run of a reviewer"
        )


def _judge(read: ScoredPapers, reviewed_by: str | None) -> ScoreReviewer:
    if reviewed_by is not None:
        check_name(reviewed_by, "--reviewed-by")
    name = reviewed_by or JUDGES[read.source]
    traits = Traits(kind="replay", scale=read.scale, text="unknown")
    return ScoreReviewer(name=name, fingerprint=fingerprint_of(reviewed_by=name, layout=read.source), traits=traits)
