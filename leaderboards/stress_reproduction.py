"""Stress results against the data: a sample of their papers changed and reviewed again."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ..bench.automatic import base_rate_of
from ..bench.entrants import Entrant
from ..bench.stress.collect import collect
from ..bench.stress.columns import ABSENT, Column, StressPaper, StressScores
from ..bench.stress.forms import NOT_FILED, RAW, REMOVED
from ..bench.stress.manipulation import Manipulation
from ..bench.stress.manipulations import MANIPULATIONS
from ..bench.stress.papers import StressPapers
from ..bench.stress.records import INTACT, UNPLANTED
from ..bench.stress.run import StressRun
from ..bench.stress.settings import StressSettings
from ..bench.stress.stress import Stress
from ..data.dataset import Dataset
from ..data.errors import InputError
from ..llm.session import Session
from ..reviewer.protocol import Reviewer, paper_key
from ..reviewer.scrub import rules_fingerprint
from ..reviewer.spec import load_reviewer
from .records import BoardDataset, StressResult
from .reproduction import Rerun, Rerunner, is_close, is_reproducible

SAMPLED = 8
"""Papers of a result that are changed and reviewed again: half of them accepted where there are so many."""


def rerun_stress(
    results: Mapping[Path, StressResult], datasets: Mapping[str, BoardDataset], rerunner: Rerunner
) -> dict[Path, Rerun]:
    """Review a sample of the changed papers again, of the results whose reviewers every installation has.

    Intact papers, manipulations by rules and defences are made again; attacks, further repeats and manipulations of
    one's own are not. Results on the same papers are made together, so that each text is written once.
    """
    found: dict[Path, Rerun] = {}
    groups: dict[object, dict[Path, StressResult]] = {}
    for path, result in results.items():
        if not is_reproducible(result):
            continue
        there = rerunner.dataset(datasets[result.dataset])
        if there.outcome != "same":
            found[path] = Rerun("impossible", there.reason)
        elif result.text == "scrubbed" and result.scrub_rules != rules_fingerprint():
            now = rules_fingerprint()
            found[path] = Rerun("differs", f"made with the scrubbing rules {result.scrub_rules}, now {now}")
        else:
            group = (result.dataset, result.text, result.seed, result.scores.papers, _columns(result.scores))
            groups.setdefault(group, {})[path] = result
    for group in groups.values():
        first = next(iter(group.values()))
        found |= _group(group, rerunner.data(datasets[first.dataset]), datasets[first.dataset].split)
    return found


def _group(results: Mapping[Path, StressResult], whole: Dataset, split: str) -> dict[Path, Rerun]:
    """Results on the same papers in the same forms."""
    found: dict[Path, Rerun] = {}
    reviewers: dict[Path, Reviewer] = {}
    for path, result in results.items():
        try:
            reviewers[path] = load_reviewer(result.spec, base_rate=base_rate_of(whole))
        except InputError as error:
            found[path] = Rerun("differs", str(error))
            continue
        if reason := _another(reviewers[path], result):
            found[path] = Rerun("differs", reason)
            del reviewers[path]
    if reviewers:
        first = next(iter(results.values()))
        places = _sample(first.scores.papers)
        with tempfile.TemporaryDirectory() as folder:
            stress = _stress(first, whole, split, places, list(reviewers.values()), Path(folder) / "run")
            run, _ = stress.review([])
            for path, reviewer in reviewers.items():
                found[path] = _compared(results[path], _made(run, reviewer), places)
    return found


def _stress(
    result: StressResult, whole: Dataset, split: str, places: Sequence[int], reviewers: list[Reviewer], folder: Path
) -> Stress:
    scores = result.scores
    papers = {paper_key(paper.id): paper for paper in whole.papers}
    judged = {judgement.paper_id: judgement for judgement in whole.judgements}
    sampled = [papers[scores.papers[place].key] for place in places]
    known = StressPapers(whole, whole.card.name, split, sampled, [judged[paper.id] for paper in sampled])
    defences = any(column.name in (RAW, REMOVED) for column in scores.columns)
    settings = StressSettings(split=split, raw=result.text == "raw", seed=result.seed, defences=defences, out=folder)
    entrants = [Entrant("", reviewer) for reviewer in reviewers]
    return Stress(known, entrants, _manipulations(scores), folder, Session(), settings)


def _manipulations(scores: StressScores) -> list[Manipulation]:
    """Those by rules that the scores are of, at these strengths."""
    tried: dict[str, list[float]] = {}
    for column in scores.columns:
        tried.setdefault(column.name, []).append(column.strength)
    return [replace(one, strengths=tuple(sorted(tried[one.name]))) for one in MANIPULATIONS if one.name in tried]


def _columns(scores: StressScores) -> tuple[tuple[str, float, int], ...]:
    return tuple(column.key for column in scores.columns)


def _made(run: StressRun, reviewer: Reviewer) -> StressScores:
    return collect(run, next(entry for entry in run.record.reviewers if entry.name == reviewer.name))


def _sample(papers: Sequence[StressPaper]) -> list[int]:
    """Places of papers drawn by their keys, so that they are the same everywhere, half of them accepted."""
    order = sorted(range(len(papers)), key=lambda i: hashlib.sha256(papers[i].key.encode()).hexdigest())
    accepted = [i for i in order if papers[i].accepted]
    rejected = [i for i in order if not papers[i].accepted]
    half = min(SAMPLED // 2, len(accepted))
    return sorted([*accepted[:half], *rejected[: SAMPLED - half]])


def _another(reviewer: Reviewer, result: StressResult) -> str:
    """Why this is not the result's reviewer; empty where it is."""
    if (reviewer.name, reviewer.fingerprint) != (result.name, result.fingerprint):
        return f"{result.spec} is {reviewer.name} {reviewer.fingerprint}, not {result.name} {result.fingerprint}"
    keys = {paper.key for paper in result.scores.papers}
    traits = reviewer.traits.model_copy(update={"trained_on": reviewer.traits.trained_on & keys})
    return "" if traits == result.scores.traits else f"{result.spec} has other traits (kind, scale, rule, papers)"


def _compared(result: StressResult, made: StressScores, places: Sequence[int]) -> Rerun:
    """What the result has of these papers against what was made of them."""
    again = {column.key: column for column in made.columns}
    compared = [column for column in result.scores.columns if column.key in again]
    reasons = [reason for c in compared if (reason := _difference(c, again[c.key], places))]
    if reasons:
        return Rerun("differs", f"{len(reasons)} of {len(compared)} forms, e.g. {reasons[0]}")
    left = sorted({c.name for c in result.scores.columns if c.key not in again and not c.name.startswith(UNPLANTED)})
    without = f", without {', '.join(left)}" if left else ""
    return Rerun("same", f"{len(places)} of {len(result.scores.papers)} papers in {len(compared)} forms{without}")


def _difference(column: Column, made: Column, places: Sequence[int]) -> str:
    """How a column comes out differently; empty where it does not."""
    for n, place in enumerate(places):
        if column.marks[place] == ABSENT and (NOT_FILED in column.reasons or column.name.startswith(UNPLANTED)):
            continue
        a, b = column.scores[place], made.scores[n]
        close = is_close(a, b)
        flags = (column.marks[place], column.found[place], column.same[place])
        again = (made.marks[n], made.found[n], made.same[n])
        if flags != again or not close:
            what = column.name if column.name == INTACT else f"{column.name} at {column.strength:g}"
            return f"paper {n + 1} of the sample, {what}: {a} {' '.join(flags)} is on record, {b} {' '.join(again)} now"
    return ""
