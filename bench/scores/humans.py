"""Human scores from a file, put to the papers of a batch that they are of."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from ...data.errors import InputError
from ...data.importers.human_reviews import HumanReview, ScoredPapers
from ...data.importers.human_scores import read_human_scores
from ...presentation.numbers import counted, first_of
from ...reviewer.replay import id_key
from .entries import Entry
from .records import FLOOR, HumanScore, ScoreReviewer

Scale = tuple[float, float]


def read_scale(text: str) -> Scale:
    """The ends of LOW-HIGH, as in "1-10". Raises InputError for anything else."""
    low, dash, high = text.rpartition("-")
    try:
        ends = float(low), float(high)
    except ValueError:
        ends = (0.0, 0.0)
    if not dash or not ends[0] < ends[1] < float("inf"):
        raise InputError(f"--human-scale {text}: expected LOW-HIGH, the lowest and the highest score, such as 1-10")
    return ends


def with_humans(entries: Sequence[Entry], path: Path, scale: Scale | None) -> tuple[list[Entry], list[str]]:
    """The entries with the human scores of their papers in the place of any that they had, and notes.

    Papers are matched by id or name, as `id_key` spells them, or by title, within the generator and template that the
    file says. Raises InputError where none matches or one fits several, for scores outside the scale, and where two
    papers of the file are one here.
    """
    read = read_human_scores(path)
    found, strangers = _matched(read.reviews, entries, path)
    scores = {idea: human_scores(reviews, read, scale) for idea, reviews in found.items()}
    changed = [_with_scores(entry, scores.get(entry.idea.id, ())) for entry in entries]
    return changed, [*read.notes, *_on_strangers(strangers, entries, path)]


def human_scores(reviews: Sequence[HumanReview], read: ScoredPapers, scale: Scale | None) -> tuple[HumanScore, ...]:
    """The scores as a run has them, on the scale given, else that of the layout. Raises InputError beyond it."""
    scale = scale or read.scale
    for review in reviews:
        if scale and not scale[0] <= review.score <= scale[1]:
            raise InputError(f"{review.where}: {review.score:g} is not on the scale {scale[0]:g} to {scale[1]:g}")
    return tuple(HumanScore(score=review.score, by=review.by, scale=scale) for review in reviews)


def refuse_judge(entries: Sequence[Entry], reviewer: ScoreReviewer) -> None:
    """Raises InputError where one of the humans bears the name of the judge."""
    names = {name.casefold() for name in (reviewer.name, reviewer.spec, reviewer.fingerprint) if name}
    for entry in entries:
        for said in entry.idea.human_scores:
            if said.by.casefold() in names:
                raise InputError(
                    f"--humans: {said.by}, who scored {entry.idea.id}, is the judge itself; leave its rows out"
                )


def _with_scores(entry: Entry, scores: tuple[HumanScore, ...]) -> Entry:
    mean = sum(said.score for said in scores) / len(scores) if scores else None
    return entry.changed(human_scores=scores, human_mean=mean)


def _matched(
    reviews: Sequence[HumanReview], entries: Sequence[Entry], path: Path
) -> tuple[dict[str, list[HumanReview]], list[HumanReview]]:
    """The reviews by idea, and those of papers that are not here."""
    by_name = _by_name(entries)
    found: dict[str, list[HumanReview]] = defaultdict(list)
    strangers: list[HumanReview] = []
    for review in reviews:
        fitting = {idea.idea.id for key in _keys(review) for idea in by_name.get(key, ()) if _in_group(idea, review)}
        if len(fitting) > 1:
            some = first_of(sorted(fitting), 3)
            raise InputError(f"{review.where}: {review.paper} may be {some}; add the column generator (or template)")
        if not fitting:
            strangers.append(review)
            continue
        mine = found[fitting.pop()]
        if mine and mine[0].paper != review.paper:
            raise InputError(f"{review.where}: {review.paper} and {mine[0].paper} are one paper here; name it once")
        mine.append(review)
    if not found:
        near = _near(strangers[0], entries) or "such as " + first_of([entry.idea.name for entry in entries], 3)
        names = first_of(list(dict.fromkeys(review.paper for review in strangers)), 3)
        raise InputError(f"{path}: none of its papers is in this batch: it has {names}; the batch has {near}")
    return found, strangers


def _by_name(entries: Sequence[Entry]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.idea.configuration != FLOOR:
            for key in {entry.idea.id.casefold(), id_key(entry.idea.name), _title_key(entry.idea.title)} - {""}:
                found[key].append(entry)
    return found


def _keys(review: HumanReview) -> Iterator[str]:
    """What the paper may be called here; its whole id alone where that is one."""
    yield from {review.paper.casefold(), id_key(review.paper), _title_key(review.paper), _title_key(review.title)} - {
        ""
    }


def _title_key(title: str) -> str:
    """A title of several words without case, marks and spaces; empty for one word, which is a name."""
    words = ["".join(c for c in word if c.isalnum()) for word in title.casefold().split()]
    return " ".join(filter(None, words)) if len(words) > 1 else ""


def _in_group(entry: Entry, review: HumanReview) -> bool:
    same = entry.idea.id.casefold() == review.paper.casefold()
    said = ((review.generator, entry.idea.configuration), (review.template, entry.idea.template))
    return same or all(not name or id_key(name) == id_key(here) for name, here in said)


def _near(review: HumanReview, entries: Sequence[Entry]) -> str:
    known = {entry.idea.name.casefold(): entry.idea.name for entry in entries}
    known |= {entry.idea.title.casefold(): entry.idea.name for entry in entries if entry.idea.title}
    for name in filter(None, (review.paper, review.title)):
        near = difflib.get_close_matches(name.casefold(), known, n=2, cutoff=0.6)
        if near:
            return " or ".join(dict.fromkeys(known[one] for one in near))
    return ""


def _on_strangers(strangers: Sequence[HumanReview], entries: Sequence[Entry], path: Path) -> list[str]:
    papers = {(review.generator, review.paper): review for review in strangers}
    if not papers:
        return []
    named = [
        f"{paper} (is it {near}?)" if (near := _near(review, entries)) else paper
        for (_, paper), review in papers.items()
    ]
    reviews = counted(len(strangers), "human score")
    return [f"{path}: {reviews} of {counted(len(papers), 'paper')} that this batch has not: {first_of(named, 5)}"]
