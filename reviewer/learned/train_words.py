"""Fit the model of words: the manuscripts of a dataset's calibration papers, and abstracts of other years."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from ...data.dataset import Dataset
from ...data.errors import InputError
from ...data.records import Judgement, Paper
from ...statistics.arrays import Floats
from ..scrub import scrub_paper
from .features import BUCKETS, MAX_WORDS, SURFACE, PaperFeatures, extract, front_matter
from .fit import ABSTRACTS, MANUSCRIPTS, Sample, cross_fitted, fit_linear, fit_stack, scores_of
from .recipe import FOLDS, Fit, Progress, described, groups_of, keys_of, labels_of, standard_scores
from .words import Linear, WordModel

MAX_ABSTRACTS = 15_000


def fit_words(calibration: Dataset, whole: Dataset, extra: Sequence[Dataset], seed: int, say: Progress) -> Fit:
    """The model fitted on `calibration`, a part of `whole`, and on those papers of `extra` that are not in `whole`.

    Raises InputError for extra datasets with a name twice, without a new paper, or too large.
    """
    say(f"scrubbing and reading {len(calibration)} calibration papers")
    texts = _read(calibration.papers)
    abstracts, data, keys = _fit_extra(extra, whole, say)
    sample = Sample(
        [text.manuscript for text in texts],
        scores_of(abstracts, [text.abstract for text in texts]),
        _target(calibration.judgements),
        labels_of(calibration.judgements),
        groups_of(calibration.judgements),
    )
    say("cross-fitting")
    held_out, stack = cross_fitted(sample, seed), fit_stack(sample, seed)
    parts = _rounded(stack.manuscript), _rounded(abstracts), np.round(stack.coefficients, 4)
    return Fit(held_out, lambda scale: WordModel(*parts, scale), FEATURES, _training(seed), data, keys)


def _read(papers: Sequence[Paper]) -> list[PaperFeatures]:
    return [extract(scrub_paper(paper)) for paper in papers]


def _target(judgements: Sequence[Judgement]) -> Floats:
    """Standardised decision plus, where every paper has ratings, standardised mean rating, which says more."""
    ratings = [j.mean_rating for j in judgements]
    decisions = standard_scores(labels_of(judgements).astype(np.float64))
    if any(rating is None for rating in ratings):
        return decisions
    return decisions + standard_scores(np.array(ratings, dtype=np.float64))


def _fit_extra(
    extra: Sequence[Dataset], dataset: Dataset, say: Progress
) -> tuple[Linear, list[dict[str, Any]], dict[str, str]]:
    """The abstract model, its data for the card, the keys of its papers; each dataset has its own mean and scale."""
    texts: list[PaperFeatures] = []
    targets: list[Floats] = []
    data: list[dict[str, Any]] = []
    keys: dict[str, str] = {}
    same_work = SameWork(dataset)
    for other in extra:
        if other.card.name in {dataset.card.name, *keys}:
            raise InputError(f"dataset {other.card.name} is given more than once; give each one name and pass it once")
        say(f"reading {len(other)} abstracts of {other.card.name}")
        known = [same_work(paper) for paper in other.papers]
        rated = any(j.ratings for j in other.judgements)
        rows = [i for i, j in enumerate(other.judgements) if not known[i] and (j.ratings or not rated)]
        if not rows:
            raise InputError(
                f"dataset {other.card.name} has no paper beyond those of {dataset.card.name}; leave it out"
            )
        papers, judgements = [other.papers[i] for i in rows], [other.judgements[i] for i in rows]
        texts += _read(papers)
        values = [j.mean_rating for j in judgements] if rated else labels_of(judgements)
        targets.append(standard_scores(np.array(values, dtype=np.float64)))
        left_out = {"also in the dataset": sum(known), "no rating": len(other) - len(rows) - sum(known)}
        data.append(described(other, "abstracts", left_out, len(rows)))
        keys[other.card.name] = keys_of(papers)
    if len(texts) > MAX_ABSTRACTS:
        raise InputError(f"{len(texts)} abstracts are over the {MAX_ABSTRACTS} that fit in memory; give fewer years")
    if not texts:
        return Linear.empty(), data, keys
    return fit_linear([text.abstract for text in texts], np.concatenate(targets), ABSTRACTS), data, keys


def _rounded(linear: Linear) -> Linear:
    """The numbers, rounded, so that the last bit of a linear algebra library does not show."""
    return Linear(
        buckets=linear.buckets.astype(np.uint32),
        weights=linear.weights.astype(np.float16),
        surface_mean=np.round(linear.surface_mean, 5),
        surface_scale=np.maximum(np.round(linear.surface_scale, 5), 1e-5),
        surface_weights=np.round(linear.surface_weights, 5),
        intercept=np.round(linear.intercept, 5),
    )


FEATURES = {
    "text": f"scrubbed, its first {MAX_WORDS} words; title and abstract alone",
    "words": "which lower-case words of two letters or more, and pairs of neighbours, occur, by CRC-32 modulo the "
    "number of buckets; no vocabulary is kept",
    "buckets": BUCKETS,
    "surface": list(SURFACE),
}


def _training(seed: int) -> dict[str, Any]:
    return {
        "manuscript": "ridge regression of standardised mean rating + standardised decision on words and surface "
        "features; calibration papers only",
        "abstract": "ridge regression of the standardised mean rating on words and surface features of title and "
        "abstract; extra datasets only",
        "stack": "logistic regression of the decision on both scores, the manuscript's held out",
        "seed": seed,
        "folds": FOLDS,
        "manuscript_ridge": asdict(MANUSCRIPTS),
        "abstract_ridge": asdict(ABSTRACTS),
    }


RUN_WORDS = 8
SHARED_RUNS = 0.1
OPENING = 4500
"""Characters of a text that hold its abstract."""


class SameWork:
    """Knows a paper of a dataset again: by id, by title, or by its abstract.

    An abstract is known again where over SHARED_RUNS of its runs of RUN_WORDS words stand at one paper's beginning.
    """

    def __init__(self, dataset: Dataset):
        self.ids = {paper.id for paper in dataset.papers}
        self.titles = {_plain(paper.title) for paper in dataset.papers} - {""}
        self.runs: dict[str, set[int]] = {}
        for number, paper in enumerate(dataset.papers):
            for run in _runs(f"{paper.abstract} {paper.text[:OPENING]}"):
                self.runs.setdefault(run, set()).add(number)

    def __call__(self, paper: Paper) -> bool:
        """Whether the dataset has this paper or another version of it."""
        title, abstract = front_matter(paper)
        if paper.id in self.ids or _plain(title) in self.titles:
            return True
        runs = _runs(abstract)
        shared = [number for run in runs for number in self.runs.get(run, ())]
        return bool(shared and np.bincount(shared).max() > SHARED_RUNS * len(runs))


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _runs(text: str) -> set[str]:
    words = re.findall(r"[a-z]+", text.lower())
    return {" ".join(words[i : i + RUN_WORDS]) for i in range(len(words) - RUN_WORDS + 1)}
