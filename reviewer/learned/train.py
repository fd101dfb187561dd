"""Fit a learned reviewer on the calibration papers of a dataset, and on abstracts of other years."""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ...data.dataset import Dataset
from ...data.errors import InputError
from ...data.records import Judgement, Paper
from ..calibration import PlattCalibrator, cross_fit
from ..protocol import paper_key
from ..scrub import MAX_WORDS as SCRUBBED_WORDS
from ..scrub import scrub_paper
from .artefact import Linear, ModelCard, Weights, check_path, save_artefact
from .features import BUCKETS, MAX_WORDS, SURFACE, Features, Floats, extract
from .figures import figures
from .fit import ABSTRACTS, FOLDS, MANUSCRIPTS, Ints, Sample, Stack, cross_fitted, fit_linear, fit_stack, scores_of
from .same_work import SameWork

MIN_PAPERS = 40
MIN_OF_CLASS = 10
MAX_ABSTRACTS = 15_000
LIMITS = [
    "Not for decisions about people's papers: it reads habits of writing and topics, no argument and no result.",
    "A floor for other reviewers: one that does not beat it has shown nothing beyond style and topic.",
    "Scores measure likeness to accepted papers of one venue in one year; elsewhere they are untested.",
    "Easily gamed: a manuscript rewritten to please it gains score without better science.",
    "Where texts are camera-ready for accepted papers, what authors revised after the reviews cannot be scrubbed: "
    "part of the agreement may come from that.",
    "The intercept and the threshold assume a base rate of acceptance near that of the calibration papers.",
]

Progress = Callable[[str], None]


@dataclass(frozen=True)
class BaseRateRule:
    """Accept where the calibrated probability reaches the share of accepted papers.

    For calibrated probabilities that is the threshold of highest balanced accuracy, and it varies less from sample to
    sample than the threshold that does best on the sample.
    """

    platt: PlattCalibrator
    base_rate: float

    @classmethod
    def fit(cls, y_true: ArrayLike, y_score: ArrayLike) -> BaseRateRule:
        """The rule for labels 0/1 (n,) and scores (n,)."""
        return cls(PlattCalibrator.fit(y_true, y_score), float(np.asarray(y_true, dtype=np.float64).mean()))

    @property
    def threshold(self) -> float:
        """The same as a score. Raises InputError where higher scores do not mean more acceptances."""
        if self.platt.slope <= 0:
            raise InputError("the texts of the calibration papers tell nothing of their decisions; nothing to train")
        log_odds = np.log(self.base_rate / (1 - self.base_rate))
        return float((log_odds - self.platt.intercept) / self.platt.slope)

    def predict(self, y_score: ArrayLike) -> Floats:
        """1.0 to accept, else 0.0; (n,)."""
        return (self.platt.predict(y_score) >= self.base_rate).astype(np.float64)


def train(
    dataset: Dataset,
    *,
    extra: Sequence[Dataset] = (),
    out: Path,
    seed: int = 0,
    notes: Sequence[str] = (),
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Fit on the calibration papers of `dataset` and write the artefact `out` with its card beside it.

    `extra` are datasets of abstracts with ratings (or decisions); papers that are in `dataset` too, even in another
    version, are left out of them. The test papers, where there are any, are scored once, when all is fitted. The same
    input gives the same bytes. `notes` go on the card.

    Returns the card. Raises InputError for a dataset without calibration papers, with too few or of one class only,
    and for an `out` that does not end in .npz.
    """
    say = progress or (lambda _: None)
    check_path(out)
    calibration = _calibration(dataset)
    say(f"scrubbing and reading {len(calibration)} calibration papers")
    texts = _read(calibration.papers)
    abstracts, extra_data, extra_keys = _fit_extra(extra, dataset, say)
    sample = Sample(
        [text.manuscript for text in texts],
        scores_of(abstracts, [text.abstract for text in texts]),
        _target(calibration.judgements),
        _labels(calibration.judgements),
        np.array([j.group or f"\0{j.paper_id}" for j in calibration.judgements]),
    )
    say("cross-fitting")
    scores = cross_fitted(sample, seed)
    rule = BaseRateRule.fit(sample.accepted, scores)
    stack = fit_stack(sample, seed)
    weights = _weights(stack, abstracts, rule)
    groups = [j.group for j in calibration.judgements]
    measured: dict[str, Any] = {
        "calibration, cross-fitted": figures(
            sample.accepted,
            scores,
            cross_fit(sample.accepted, scores, BaseRateRule.fit, groups=groups, seed=seed),
            cross_fit(sample.accepted, scores, PlattCalibrator.fit, groups=groups, seed=seed),
        )
    }
    if dataset.card.splits.get("test"):
        say("scoring the test papers, once")
        measured["test"] = _test_figures(dataset.subset("test"), weights)
    card = ModelCard(
        name=f"learned:{out.stem}",
        data=[_data(calibration, dataset.card.name, "calibration", {}), *extra_data],
        features=_feature_notes(),
        training=_training_notes(seed),
        figures=measured,
        limits=LIMITS,
        notes=[*dataset.card.notes, *notes],
        software={"python": platform.python_version(), **{p: version(p) for p in ("numpy", "scipy", "scikit-learn")}},
        trained_on={dataset.card.name: _keys(calibration.papers), **extra_keys},
    )
    return save_artefact(out, weights, card).model_dump(mode="json")


def _calibration(dataset: Dataset) -> Dataset:
    name = dataset.card.name
    if not any(j.split == "calibration" for j in dataset.judgements):
        raise InputError(f"dataset {name} has no calibration papers to train on; mark them in its column `split`")
    calibration = dataset.subset("calibration")
    accepted = int(_labels(calibration.judgements).sum())
    counts = f"{len(calibration)} calibration papers, {accepted} accepted"
    if len(calibration) < MIN_PAPERS or not MIN_OF_CLASS <= accepted <= len(calibration) - MIN_OF_CLASS:
        raise InputError(
            f"dataset {name} has {counts}; training needs {MIN_PAPERS}, and {MIN_OF_CLASS} of each decision"
        )
    return calibration


def _read(papers: Sequence[Paper]) -> list[Features]:
    return [extract(scrub_paper(paper)) for paper in papers]


def _labels(judgements: Sequence[Judgement]) -> Ints:
    return np.array([int(j.accepted) for j in judgements], dtype=np.int64)


def _target(judgements: Sequence[Judgement]) -> Floats:
    """Standardised decision plus, where every paper has ratings, standardised mean rating, which says more."""
    ratings = [j.mean_rating for j in judgements]
    decisions = _standard_scores(_labels(judgements).astype(np.float64))
    if any(rating is None for rating in ratings):
        return decisions
    return decisions + _standard_scores(np.array(ratings, dtype=np.float64))


def _standard_scores(values: Floats) -> Floats:
    return (values - values.mean()) / (values.std() or 1.0)


def _fit_extra(
    extra: Sequence[Dataset], dataset: Dataset, say: Progress
) -> tuple[Linear, list[dict[str, Any]], dict[str, str]]:
    """The abstract model, its data for the card, the keys of its papers; each dataset has its own mean and scale."""
    texts: list[Features] = []
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
        values = [j.mean_rating for j in judgements] if rated else _labels(judgements)
        targets.append(_standard_scores(np.array(values, dtype=np.float64)))
        left_out = {"also in the dataset": sum(known), "no rating": len(other) - len(rows) - sum(known)}
        data.append(_data(other, other.card.name, "abstracts", left_out, len(rows)))
        keys[other.card.name] = _keys(papers)
    if len(texts) > MAX_ABSTRACTS:
        raise InputError(f"{len(texts)} abstracts are over the {MAX_ABSTRACTS} that fit in memory; give fewer years")
    if not texts:
        return Linear.empty(), data, keys
    return fit_linear([text.abstract for text in texts], np.concatenate(targets), ABSTRACTS), data, keys


def _weights(stack: Stack, abstracts: Linear, rule: BaseRateRule) -> Weights:
    """The fitted numbers, rounded, so that the last bit of a linear algebra library does not show."""
    platt = rule.platt
    return Weights(
        manuscript=_rounded(stack.manuscript),
        abstract=_rounded(abstracts),
        stack=np.round(stack.coefficients, 4),
        platt=np.round([platt.slope, platt.intercept, platt.low, platt.high], 4),
        threshold=np.round(rule.threshold, 4),
    )


def _rounded(linear: Linear) -> Linear:
    return Linear(
        buckets=linear.buckets.astype(np.uint32),
        weights=linear.weights.astype(np.float16),
        surface_mean=np.round(linear.surface_mean, 5),
        surface_scale=np.maximum(np.round(linear.surface_scale, 5), 1e-5),
        surface_weights=np.round(linear.surface_weights, 5),
        intercept=np.round(linear.intercept, 5),
    )


def _test_figures(test: Dataset, weights: Weights) -> dict[str, Any] | None:
    accepted = _labels(test.judgements)
    if not 0 < accepted.sum() < len(accepted):
        return None
    scores = np.array([weights.log_odds(features)[0] for features in _read(test.papers)])
    return figures(
        accepted, scores, (scores >= weights.threshold).astype(np.float64), weights.calibrator.predict(scores)
    )


def _data(dataset: Dataset, name: str, split: str, left_out: dict[str, int], used: int | None = None) -> dict[str, Any]:
    return {
        "dataset": name,
        "hash": dataset.card.hash,
        "split": split,
        "papers": len(dataset) if used is None else used,
        "left_out": {reason: n for reason, n in left_out.items() if n},
    }


def _keys(papers: Sequence[Paper]) -> str:
    return " ".join(sorted(paper_key(paper.id) for paper in papers))


def _feature_notes() -> dict[str, Any]:
    return {
        "text": f"scrubbed (at most {SCRUBBED_WORDS} words), its first {MAX_WORDS} words; title and abstract alone",
        "words": "which lower-case words of two letters or more, and pairs of neighbours, occur, by CRC-32 modulo the "
        "number of buckets; no vocabulary is kept",
        "buckets": BUCKETS,
        "surface": list(SURFACE),
    }


def _training_notes(seed: int) -> dict[str, Any]:
    return {
        "manuscript": "ridge regression of standardised mean rating + standardised decision on words and surface "
        "features; calibration papers only",
        "abstract": "ridge regression of the standardised mean rating on words and surface features of title and "
        "abstract; extra datasets only",
        "stack": "logistic regression of the decision on both scores, the manuscript's held out",
        "calibration": "Platt's logistic on log-odds of stacks that were fitted, in all their parts, without the paper",
        "threshold": "where the calibrated probability reaches the base rate of the calibration papers",
        "seed": seed,
        "folds": FOLDS,
        "manuscript_ridge": asdict(MANUSCRIPTS),
        "abstract_ridge": asdict(ABSTRACTS),
    }
