"""The leak audit: does anything but the science tell the human decision?

Every probe is fitted (direction and threshold; weights for the TF-IDF probe) on the calibration split and tested on
the test split; where there is no calibration split of 100 papers, by cross-fitting over all papers. There the direction
of a probe is the one that does better on all of them, which favours the cheater.

Verdicts, on the lower end of the 95% interval, so that chance alone rarely makes a leak:

    artefact    leak where balanced accuracy is above .52: such a thing should tell nothing at all
    length      leak where AUC is above .60: a longer paper may be a better one, a page limit tells more than that
    content     leak where AUC is above what two human reviewers reach against two others (.70 without ratings):
                words alone cannot know more of the decision than a second committee
    signal      better than chance, but within these bounds
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, Field

from ..data.dataset import Dataset
from ..data.errors import InputError
from ..reviewer.calibration import ThresholdRule, cross_fit
from ..reviewer.protocol import fingerprint_of
from ..reviewer.scrub import Scrubbed, rules_fingerprint, scrub
from . import metrics
from .ceilings import human_halves
from .estimate import Estimate
from .evaluate import Bootstrap
from .outcomes import Bools, Floats, Humans, humans_of
from .probes import PROBES, read_all, tfidf_model

ENOUGH = 100
"""Papers that a calibration split needs, for probes to be fitted there."""
FEWEST = 4
"""Papers of either decision (pairs count once) below which nothing can be cross-fitted."""
ARTEFACT_LIMIT, LENGTH_LIMIT, CONTENT_LIMIT = 0.52, 0.60, 0.70
TFIDF = "TF-IDF of words"
Verdict = Literal["leak", "signal", "clean"]


class ProbeFigures(BaseModel):
    """What a probe reaches on one form of the text."""

    auc: Estimate
    balanced_accuracy: Estimate
    verdict: Verdict


class ProbeResult(BaseModel):
    """A probe on the raw and on the scrubbed text."""

    name: str
    kind: str
    description: str
    limit: float = Field(description="above which, on AUC or (artefacts) balanced accuracy, it is a leak")
    raw: ProbeFigures
    scrubbed: ProbeFigures


class RemovedShare(BaseModel):
    """What a scrubbing rule removes: mean share of characters, and papers touched, by decision."""

    rule: str
    share_accepted: float
    share_rejected: float
    papers_accepted: int
    papers_rejected: int


class AuditSummary(BaseModel):
    """The audit of a dataset."""

    dataset: str
    hash: str
    scrub_rules: str
    n: int
    accepted: int
    fitted_on: str
    text: Literal["scrubbed", "raw"] = Field(description="the form that a bench would use, which the verdict is on")
    verdict: Literal["leak", "clean"]
    leaks: list[str] = Field(description="the probes that found a leak in that form")
    probes: list[ProbeResult]
    kept_accepted: float = Field(description="mean share of characters kept by scrubbing, accepted papers")
    kept_rejected: float
    removed: list[RemovedShare]

    def on(self, text: Literal["scrubbed", "raw"]) -> AuditSummary:
        """The same audit with its verdict on another form of the text."""
        leaks = [probe.name for probe in self.probes if getattr(probe, text).verdict == "leak"]
        return self.model_copy(update={"text": text, "leaks": leaks, "verdict": "leak" if leaks else "clean"})


def audit(
    dataset: Dataset,
    *,
    text: Literal["scrubbed", "raw"] = "scrubbed",
    draws: int = 2000,
    seed: int = 0,
    progress: Callable[[str], None] = lambda _: None,
) -> AuditSummary:
    """Audit all papers of the dataset, raw and scrubbed.

    Raises InputError where all papers have the same decision, or where there are fewer than four of one.
    """
    humans = humans_of(list(dataset.judgements))
    for decision in ("accept", "reject"):
        found = len({j.group or j.paper_id for j in dataset.judgements if j.decision == decision})
        if found < FEWEST:
            name = dataset.card.name
            raise InputError(f"dataset {name}: {found} papers decided {decision!r}; an audit needs {FEWEST} or more")
    fit, test, fitted_on = _split(dataset)
    progress("scrubbing")
    scrubbed = [scrub(paper.text) for paper in dataset.papers]
    forms = {"raw": [paper.text for paper in dataset.papers], "scrubbed": [s.text for s in scrubbed]}
    tested = humans_of([j for j, chosen in zip(dataset.judgements, test, strict=True) if chosen])
    bootstrap = Bootstrap(tested, draws, seed)
    limits = {"artefact": ARTEFACT_LIMIT, "length": LENGTH_LIMIT, "content": _content_limit(humans, seed)}
    figures: dict[str, dict[str, ProbeFigures]] = {}
    for form, texts in forms.items():
        progress(f"probing the {form} text")
        values = {**read_all(texts), TFIDF: _tfidf_scores(texts, humans, fit, test)}
        kinds = {**{probe.name: probe.kind for probe in PROBES}, TFIDF: "content"}
        figures[form] = {
            name: _measure(value, humans, tested, fit, test, bootstrap, kinds[name], limits[kinds[name]])
            for name, value in values.items()
        }
    described = [(p.name, p.kind, p.description) for p in PROBES]
    described.append((TFIDF, "content", "words weighted by TF-IDF, logistic regression"))
    return AuditSummary(
        dataset=dataset.card.name,
        hash=dataset.card.hash,
        scrub_rules=rules_fingerprint(),
        n=int(test.sum()),
        accepted=int(humans.accepted[test].sum()),
        fitted_on=fitted_on,
        text=text,
        verdict="clean",
        leaks=[],
        probes=[
            ProbeResult(name=name, kind=kind, description=description, limit=limits[kind],
                        raw=figures["raw"][name], scrubbed=figures["scrubbed"][name])
            for name, kind, description in described
        ],
        **_shares(scrubbed, humans.accepted),
    ).on(text)  # fmt: skip


def audit_fingerprint() -> str:
    """Twelve hex digits over the scrubbing rules, the probes and the limits: another value may give other figures."""
    probes = [(probe.name, probe.kind, probe.description) for probe in PROBES]
    return fingerprint_of(
        rules=rules_fingerprint(), probes=probes, limits=(ARTEFACT_LIMIT, LENGTH_LIMIT, CONTENT_LIMIT), version=1
    )


def _split(dataset: Dataset) -> tuple[Bools, Bools, str]:
    """Papers to fit on, papers to test on, and how to say so; the same papers where it has to be cross-fitting."""
    calibration = np.array([j.split == "calibration" for j in dataset.judgements])
    accepted = np.array([j.accepted for j in dataset.judgements])
    both = all(len(set(accepted[part])) == 2 for part in (calibration, ~calibration))
    if calibration.sum() >= ENOUGH and both:
        return calibration, ~calibration, f"calibration split (n={calibration.sum()}), tested on the test split"
    everything = np.ones(len(dataset), dtype=bool)
    return everything, everything, f"cross-fitted over all {len(dataset)} papers"


def _content_limit(humans: Humans, seed: int) -> float:
    """The AUC of human halves where papers have four ratings each."""
    if sum(len(ratings) >= 4 for ratings in humans.ratings) < ENOUGH:
        return CONTENT_LIMIT
    ceiling = human_halves(humans.ratings, humans.accepted, seed=seed, draws=10).auc.value
    return CONTENT_LIMIT if ceiling is None else ceiling


def _tfidf_scores(texts: Sequence[str], humans: Humans, fit: Bools, test: Bools) -> Floats:
    """Scores (n,) of the TF-IDF probe, out of fold wherever a paper is fitted on."""
    from sklearn.model_selection import StratifiedGroupKFold
    from threadpoolctl import threadpool_limits

    array, y = np.array(texts, dtype=object), humans.accepted
    scores = np.zeros(len(texts))
    with threadpool_limits(1):  # the matrices are sparse: threads would only wait for one another
        if not (fit & test).any():
            scores[test] = tfidf_model().fit(array[fit], y[fit]).decision_function(array[test])
            return scores
        groups = np.unique(humans.groups, return_inverse=True)[1]
        folds = min(10, len(set(humans.groups)), int(y.sum()), int((~y).sum()))
        for train, held_out in StratifiedGroupKFold(max(folds, 2)).split(array, y, groups):
            scores[held_out] = tfidf_model().fit(array[train], y[train]).decision_function(array[held_out])
    return scores


def _measure(
    value: Floats,
    humans: Humans,
    tested: Humans,
    fit: Bools,
    test: Bools,
    bootstrap: Bootstrap,
    kind: str,
    limit: float,
) -> ProbeFigures:
    """Figures of a probe; for all but the TF-IDF probe the direction is fitted with the threshold."""
    y = humans.accepted
    crossed = bool((fit & test).any())
    if kind == "content":
        score, decision = value[test], value[test] >= 0
    elif np.ptp(value) == 0:
        score, decision = value[test], np.zeros(int(test.sum()), dtype=bool)
    elif crossed:
        signed = value if metrics.roc_auc(y, value) >= 0.5 else -value
        score, decision = signed, cross_fit(y, signed, ThresholdRule.fit, groups=humans.groups) == 1
    else:
        signed = value if metrics.roc_auc(y[fit], value[fit]) >= 0.5 else -value
        score, decision = signed[test], ThresholdRule.fit(y[fit], signed[fit]).predict(signed[test]) == 1
    auc = bootstrap.estimate(metrics.roc_auc, tested.accepted, score)
    accuracy = bootstrap.estimate(metrics.balanced_accuracy, tested.accepted, decision)
    low = (accuracy if kind == "artefact" else auc).low or 0.0
    verdict: Verdict = "leak" if low > limit else "signal" if low > 0.5 else "clean"
    return ProbeFigures(auc=auc, balanced_accuracy=accuracy, verdict=verdict)


def _shares(scrubbed: Sequence[Scrubbed], accepted: Bools) -> dict[str, Any]:
    kept = np.array([s.kept_share for s in scrubbed])
    shares = [s.removed_shares() for s in scrubbed]
    rules = Counter(rule for found in shares for rule in found)
    removed = [
        RemovedShare(
            rule=rule,
            share_accepted=_mean(found.get(rule, 0.0) for found, a in zip(shares, accepted, strict=True) if a),
            share_rejected=_mean(found.get(rule, 0.0) for found, a in zip(shares, accepted, strict=True) if not a),
            papers_accepted=sum(rule in found for found, a in zip(shares, accepted, strict=True) if a),
            papers_rejected=sum(rule in found for found, a in zip(shares, accepted, strict=True) if not a),
        )
        for rule, _ in rules.most_common()
    ]
    return {
        "kept_accepted": float(kept[accepted].mean()),
        "kept_rejected": float(kept[~accepted].mean()),
        "removed": removed,
    }


def _mean(values: Iterable[float]) -> float:
    return float(np.mean(list(values)))
