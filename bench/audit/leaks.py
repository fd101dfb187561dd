"""The leak audit: does anything but the science tell the human decision?

Every probe is fitted (direction and threshold; weights of the text models) on the calibration split and tested on the
test split; where there is no calibration split of 100 papers, by cross-fitting over all papers. There the direction
of a probe is the one that does better on all of them, which favours the cheater. Besides, `search` searches for signs
that nobody named, on the same parts (on two halves of the papers where there is no calibration split).

A verdict rests on two figures. The first is the power of a probe: it is beyond its bounds where the lower end of the
95% interval is above a limit, so that chance alone rarely makes a finding:

    artefact    balanced accuracy above .52: such a thing should tell nothing at all
    length      AUC above .60: a longer paper may be a better one, a page limit tells more than that
    content     AUC above what two human reviewers reach against two others (.70 without ratings): words alone cannot
                know more of the decision than a second committee
    sign        confirmed by the hunt

The second is the rating-matched AUC (`matched`): a leak of the outcome keeps its power among papers of equal mean
rating, a reading of quality does not.

    leak        beyond its bounds, and above .5 among papers of equal rating (p < .05); or within its bounds, but above
                .5 there with p < .05 after Holm's correction over the probes
    suspect     one of the two without the other: beyond its bounds but not above chance among equals (a reading of
                quality, or too few papers to tell), or above chance there (p < .05) only before the correction
    signal      better than chance, but within these bounds
    clean       none of these

Where there are no ratings, or too few papers of equal rating, the first figure decides alone, and the audit says so.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from pydantic import ValidationError

from ...data.dataset import Dataset
from ...data.errors import InputError
from ...data.files import cache_home, write_atomic
from ...data.parallel import in_processes
from ...reviewer.protocol import fingerprint_of
from ...reviewer.scrub import MANY, Scrubbed, rules_fingerprint, scrub, titled
from ...statistics import metrics
from ...statistics.agreement import human_halves
from ...statistics.arrays import Bools, Floats
from ...statistics.calibration import ThresholdRule
from ...statistics.cross_fitting import cross_fit
from ...statistics.multiple_testing import holm
from ...statistics.rating_matched import Matched, matched_metrics
from ..load_outcomes import humans_of
from ..outcomes import Humans
from ..resampled import Bootstrap
from .on_file import audit_on_file
from .probes import PROBES, read_all
from .records import AuditSummary, Form, ProbeMetrics, ProbeResult, RemovedShare, SignSearch, Verdict
from .search import ENOUGH, SignSplit, part_of, search_signs
from .text_models import SURFACE, TEXT_MODELS, out_of_fold, surface_counts

ARTEFACT_LIMIT, LENGTH_LIMIT, CONTENT_LIMIT = 0.52, 0.60, 0.70
FEWEST = 4
"""Papers of either decision (pairs count once) below which nothing can be cross-fitted."""
VERSION = 3
"""Raised when the audit's code changes what it finds."""


def audit(
    dataset: Dataset,
    *,
    text: Form = "scrubbed",
    draws: int = 2000,
    seed: int = 0,
    progress: Callable[[str], None] = lambda _: None,
) -> AuditSummary:
    """Audit all papers of the dataset, raw and scrubbed.

    Raises InputError where all papers have the same decision, or where there are fewer than four of one.
    """
    dataset.require_texts("a leak audit")
    humans = humans_of(dataset.judgements)
    _check_enough(dataset)
    fit, test, fitted_on = _split(dataset)
    progress("scrubbing")
    scrubbed = in_processes(scrub, [paper.text for paper in dataset.papers], fewest=MANY)
    forms: dict[Form, list[str]] = {
        "raw": [paper.text for paper in dataset.papers],
        "scrubbed": [titled(s.text, paper.title) for s, paper in zip(scrubbed, dataset.papers, strict=True)],
    }
    tested = part_of(dataset, test)
    bootstrap = Bootstrap(tested, draws, seed)
    split = SignSplit.of(dataset, humans, fit, test, draws)
    limits = {"artefact": ARTEFACT_LIMIT, "length": LENGTH_LIMIT, "content": _content_limit(humans, seed)}
    figures: dict[str, dict[str, ProbeMetrics]] = {}
    hunts: dict[Form, SignSearch] = {}
    described = {probe.name: (probe.kind, probe.description) for probe in (*PROBES, *TEXT_MODELS)}
    kinds = {name: kind for name, (kind, _) in described.items()}
    for form, texts in forms.items():
        progress(f"probing the {form} text")
        counts, values = surface_counts(texts), read_all(texts)
        for model in TEXT_MODELS:
            progress(f"probing the {form} text: {model.name}")
            rows = counts if model.name == SURFACE else model.rows(texts)
            values[model.name] = out_of_fold(model, rows, humans, fit, test)
        measured = {
            name: _measure(value, humans, tested, fit, test, bootstrap, kinds[name]) for name, value in values.items()
        }
        figures[form] = judged(measured, kinds, limits)
        if isinstance(split, str):
            hunts[form] = SignSearch(reason=split)
        else:
            cuts = scrubbed if form == "scrubbed" else ()
            hunts[form] = search_signs(texts, counts, split, scrubbed=cuts, progress=progress)
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
            for name, (kind, description) in described.items()
        ],
        hunts=hunts,
        **_shares(scrubbed, humans.accepted),
    ).on(text)  # fmt: skip


def _check_enough(dataset: Dataset) -> None:
    """Raises InputError where one decision has fewer than `FEWEST` papers."""
    for decision in ("accept", "reject"):
        found = len({j.group or j.paper_id for j in dataset.judgements if j.decision == decision})
        if found < FEWEST:
            name = dataset.card.name
            raise InputError(f"dataset {name}: {found} papers decided {decision!r}; an audit needs {FEWEST} or more")


def audit_fingerprint() -> str:
    """Twelve hex digits over the scrubbing rules, the probes and the limits: another value may give other figures."""
    probes = [(probe.name, probe.kind, probe.description) for probe in (*PROBES, *TEXT_MODELS)]
    limits = (ARTEFACT_LIMIT, LENGTH_LIMIT, CONTENT_LIMIT)
    return fingerprint_of(rules=rules_fingerprint(), probes=probes, limits=limits, version=VERSION)


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


def _measure(
    value: Floats, humans: Humans, tested: Humans, fit: Bools, test: Bools, bootstrap: Bootstrap, kind: str
) -> ProbeMetrics:
    """Figures of a probe, without a verdict; for all but the text models the direction is fitted with the threshold."""
    y = humans.accepted
    crossed = bool((fit & test).any())
    if kind == "content":
        score, decision = value[test], value[test] >= 0
    elif np.ptp(value) == 0:
        score, decision = value[test], np.zeros(int(test.sum()), dtype=bool)
    elif crossed:
        signed = value if metrics.roc_auc_score(y, value) >= 0.5 else -value
        score, decision = signed, cross_fit(y, signed, ThresholdRule.fit, groups=humans.groups) == 1
    else:
        signed = value if metrics.roc_auc_score(y[fit], value[fit]) >= 0.5 else -value
        score, decision = signed[test], ThresholdRule.fit(y[fit], signed[fit]).predict(signed[test]) == 1
    return ProbeMetrics(
        auc=bootstrap.auc(score),
        balanced_accuracy=bootstrap.estimate(metrics.balanced_accuracy_score, tested.accepted, decision),
        matched=matched_metrics(tested.accepted, score, tested.rating, bootstrap.counts),
        verdict="clean",
    )


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


def judged(
    measured: Mapping[str, ProbeMetrics], kinds: Mapping[str, str], limits: Mapping[str, float]
) -> dict[str, ProbeMetrics]:
    """The metrics of all probes, by name, with their verdicts; p-values are corrected for the number of probes.

    `kinds` gives each probe's kind, `limits` each kind's limit.
    """
    p_values = [math.nan if f.matched.p_value is None else f.matched.p_value for f in measured.values()]
    found: dict[str, ProbeMetrics] = {}
    for (name, figures), p_holm in zip(measured.items(), holm(p_values), strict=True):
        deciding = figures.balanced_accuracy if kinds[name] == "artefact" else figures.auc
        low = deciding.low or 0.0
        corrected = None if math.isnan(p_holm) else p_holm
        reached = verdict(low > limits[kinds[name]], low > 0.5, figures.matched, corrected)
        found[name] = figures.model_copy(update={"matched_p_holm": corrected, "verdict": reached})
    return found


def verdict(beyond: bool, better: bool, matched: Matched, p_holm: float | None) -> Verdict:
    """The verdict on a probe that is `beyond` its limit, `better` than chance over all papers."""
    if p_holm is None:
        return "leak" if beyond else "signal" if better else "clean"
    equals = better and matched.above_chance
    if equals and (beyond or p_holm < 0.05):
        return "leak"
    return "suspect" if beyond or equals else "signal" if better else "clean"


def stored_audit(dataset: Dataset, *, progress: Callable[[str], None] = lambda _: None) -> AuditSummary:
    """The audit of the whole dataset, from the cache where it is there; made and kept otherwise.

    Of a dataset without texts the figures on file. Raises InputError where there are none, and as `audit`.
    """
    if not dataset.card.has_texts:
        return audit_on_file(dataset)
    path = cache_home() / "audits" / f"{dataset.card.hash[:16]}-{audit_fingerprint()}.json"
    try:
        return AuditSummary.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        made = audit(dataset, progress=progress)
    try:
        write_atomic(path, made.model_dump_json())
    except InputError:
        progress("the audit could not be kept")
    return made
