"""Terms on which a reviewer's figures can be compared: with humans on one target, and at other mixes of papers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from pydantic import BaseModel, Field

from ..statistics.alternative_annotator import AltTestRow, alternative_annotator_test
from ..statistics.arrays import Bools, Floats, over_draws
from ..statistics.bootstrap import with_sample
from ..statistics.draws import Counts, drawn
from ..statistics.estimate import Estimate, too_few
from ..statistics.human_equivalents import WorthRow, worth_in_humans
from ..statistics.like_for_like import (
    ONE_HUMAN,
    TWO_HUMANS,
    Against,
    LikeForLikeRow,
    against_committees,
    against_others,
)
from ..statistics.metrics import roc_auc_score
from ..statistics.prediction_powered import PoweredRow, powered_rows
from .mixes import Mix, MixMetrics, auc_at_mixes
from .outcomes import Humans, Machine
from .resampled import Bootstrap

DRAWS = 1000
"""Of the bootstrap's draws so many are used where each is costly."""


class OutageRow(BaseModel):
    """The AUC of a reviewer with failed reviews under three treatments of them."""

    name: str
    failed: int
    wrong: Estimate = Field(description="a failed review loses every pair: the AUC of all tables")
    coin: Estimate = Field(description="a coin decides each pair with a failed review")
    complete: Estimate = Field(description="papers with a failed review left out, as most published tables do")


class Terms(BaseModel):
    """The figures that put reviewers on equal terms."""

    draws: int = DRAWS
    like_for_like: list[LikeForLikeRow] = Field(default_factory=list)
    worth: list[WorthRow] = Field(default_factory=list)
    mixes: list[MixMetrics] = Field(default_factory=list)
    alternative_annotator: list[AltTestRow] = Field(default_factory=list)
    prediction_powered: list[PoweredRow] = Field(default_factory=list)
    outages: list[OutageRow] = Field(default_factory=list)
    notes: list[str] = Field(default_factory=list, description="what could not be computed, and why")


def measure_terms(
    humans: Humans, machines: list[Machine], bootstrap: Bootstrap, mixes: Mapping[str, Mix], seed: int = 0
) -> Terms:
    """Everything that the ratings, the tiers and the reviewers' scores allow; notes say what they do not."""
    scores = {m.name: m.score for m in machines if m.score is not None}
    counts = bootstrap.counts[:DRAWS]
    terms = Terms(draws=len(counts), mixes=auc_at_mixes(humans, scores, bootstrap, mixes))
    for machine in machines:
        if machine.score is not None and not machine.ok.all():
            try:
                terms.outages.append(outage_row(machine.name, humans.accepted, machine.score, bootstrap.counts))
            except ValueError as error:
                terms.notes.append(f"Failed reviews: {error}, so that only the AUC with failures as wrong is there.")
    for reason in dict.fromkeys(mix.missing for mix in terms.mixes if mix.missing):
        titles = "; ".join(mix.title for mix in terms.mixes if mix.missing == reason)
        terms.notes.append(f"No AUC at other mixes of papers ({titles}): {reason}.")
    if not any(humans.ratings):
        terms.notes.append("The dataset has no human ratings: nothing can be said about reviewers beside humans.")
        return terms
    found: dict[str, Against] = {}
    for kind in ("spearman", "auc"):
        try:
            found[kind] = _against(kind, humans, scores, bootstrap, seed)
        except ValueError as error:
            what = "the mean of the other reviewers" if kind == "spearman" else "committees of two"
            terms.notes.append(f"Like for like against {what}: {error}.")
    terms.like_for_like = _rows(found)
    try:
        terms.worth = worth_in_humans(humans.ratings, scores, counts)
    except ValueError as error:
        terms.notes.append(f"Worth in human reviewers: {error}.")
    try:
        terms.alternative_annotator = _alternative_annotators(humans, machines, counts, seed)
    except ValueError as error:
        terms.notes.append(f"Alternative-annotator test: {error}.")
    try:
        terms.prediction_powered = powered_rows(humans.rating, scores, counts, seed=seed)
    except ValueError as error:
        terms.notes.append(f"Prediction-powered mean: {error}.")
    return terms


def _alternative_annotators(humans: Humans, machines: list[Machine], counts: Counts, seed: int) -> list[AltTestRow]:
    """Of the reviewers that score on the scale of the ratings; nothing where there are none."""
    on_scale = {
        m.name: m.score
        for m in machines
        if m.score is not None and m.traits.scale is not None and humans.scale in (None, m.traits.scale)
    }
    if not on_scale:
        return []
    given = sorted({value for ratings in humans.ratings for value in ratings})
    return alternative_annotator_test(humans.ratings, on_scale, counts, humans.groups, constants=given, seed=seed)


def _against(kind: str, humans: Humans, scores: Mapping[str, Floats], bootstrap: Bootstrap, seed: int) -> Against:
    counts = bootstrap.counts[:DRAWS]
    if kind == "spearman":
        return against_others(humans.ratings, scores, counts, seed=seed)
    return against_committees(humans.ratings, humans.accepted, scores, counts, seed=seed)


def _rows(found: Mapping[str, Against]) -> list[LikeForLikeRow]:
    names = list(dict.fromkeys(name for against in found.values() for name in against.values))
    rows: list[LikeForLikeRow] = []
    for name in sorted(names, key=lambda name: name not in (ONE_HUMAN, TWO_HUMANS)):
        row = LikeForLikeRow(name=name, human=name in (ONE_HUMAN, TWO_HUMANS))
        for kind, against in found.items():
            setattr(row, kind, against.values.get(name))
            setattr(row, f"{kind}_difference", against.differences.get(name))
        rows.append(row)
    return rows


def outage_row(name: str, accepted: Bools, score: Floats, counts: Counts) -> OutageRow:
    """The three treatments of the scores (n,) that are infinite, `counts` (draws, n) being how often a paper is drawn.

    Raises ValueError where no paper of a class has a score.
    """
    scored = np.isfinite(score)
    if len(set(accepted[scored].tolist())) < 2:
        raise ValueError(f"{name}: no {'accepted' if not accepted[scored].any() else 'rejected'} paper has a score")
    weights = with_sample(counts)
    complete = drawn(roc_auc_score, weights[:, scored], accepted[scored], score[scored])
    decided = _pairs(weights[:, scored], accepted[scored]) / _pairs(weights, accepted)
    treatments = {
        "wrong": complete * decided,
        "coin": complete * decided + (1 - decided) / 2,
        "complete": complete,
    }
    n = {"complete": int(scored.sum())}
    found = {kind: Estimate.of(v[0], v[1:], n.get(kind, len(score))) for kind, v in treatments.items()}
    if too_few(accepted[scored]):
        found = {kind: estimate.without_interval() for kind, estimate in found.items()}
    return OutageRow(name=name, failed=int((~scored).sum()), **found)


def _pairs(weights: Counts, accepted: Bools) -> Floats:
    """How many pairs of an accepted and a rejected paper each draw has, (draws,)."""
    return over_draws(lambda w: (accepted @ w) * (~accepted @ w), weights, len(accepted))
