"""Runs of the scientist: what was tried, what became of it, and what it took."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...data.files import read_validated
from ...generator.batch import ScientistRecord, ScientistRun, idea_folders, latest_review, read_audit
from ...generator.human_reviews.record import HumanReviews
from ...generator.ideas import Idea
from ...generator.lab import LabSettings
from ...generator.paper_problems import paper_problems
from ...generator.project import PaperSettings
from ...generator.run_reviewer import reviewer_now
from ...generator.state import State
from ...llm.ledger_file import spent_in
from ...reviewer.protocol import Reviewer, Traits
from ...reviewer.review import Review
from ...reviewer.run_folder import is_locked
from .entries import Entry, FoundEntries, Origin, new_idea
from .people import people_of
from .records import ScoreReviewer

DEEPEST = 3
"""Folders below the one that is named in which runs are looked for."""
LIMITS = {"run_seconds", "search_seconds", "plot_seconds", "memory_mb", "disk_mb"}
"""Settings that are the machine's rather than the scientist's."""


def runs_below(folder: Path, depth: int = DEEPEST) -> Iterator[Path]:
    """The runs of the scientist in a folder, itself included, in order."""
    if ScientistRun.is_there(folder):
        yield folder
    elif depth:
        for inner in sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")):
            yield from runs_below(inner, depth - 1)


@dataclass(frozen=True)
class _Run:
    """What all ideas of a run share."""

    configuration: str
    origin: Origin
    reviewer: Reviewer | None
    """The reviewer that the run was asked for, as it is now; None: not to be had."""


def run_entries(folder: Path) -> FoundEntries:
    """The ideas of a run that were begun, with the reviews that their papers have.

    Ideas that are being worked on are left out with a note, also those not begun. Raises InputError for broken files.
    """
    opened = ScientistRun.open(folder)
    record = opened.record
    states = {idea: State.read(idea) for idea in idea_folders(folder) if (idea / "state.json").is_file()}
    if not states:
        return FoundEntries(notes=(f"{folder}: no idea was begun yet",))
    busy = is_locked(folder)
    counted = {idea: state for idea, state in states.items() if state.finished or _failed(state) or not busy}
    origin = _origin(record, _spent(opened), next(iter(states.values())))
    run = _Run(configuration_of(record), origin, reviewer_now(record.reviewer))
    entries = tuple(_entry(idea, state, run) for idea, state in counted.items())
    return FoundEntries(entries, tuple(_notes(folder, record, states, counted)))


def configuration_of(record: ScientistRecord) -> str:
    """The model's name, and in brackets what differs from the defaults: "gpt-4o (aider, tree, runs=3)"."""
    model, differing = _model_parts(record.model)
    if record.editor != ScientistRecord.model_fields["editor"].default:
        differing.append(record.editor)
    for settings, default in ((record.paper, PaperSettings()), (record.lab, LabSettings())):
        for name, value in settings.model_dump().items():
            if name not in LIMITS and value != getattr(default, name):
                differing.append(_in_words(name, value))
    return f"{model} ({', '.join(differing)})" if differing else model


def _model_parts(model: str) -> tuple[str, list[str]]:
    """A model's bare name, and the options in its SPEC that change what it does."""
    if "/" not in model:
        return model, []
    from ...generator.model_scientist.settings import Settings, read_spec

    name, settings, _ = read_spec(model)
    changed = {k: v for k, v in settings.model_dump().items() if v != getattr(Settings(), k)}
    return name.model, [f"{key}={value}" for key, value in changed.items()]


def _in_words(name: str, value: Any) -> str:
    if name in ("preset", "search"):
        return str(value)
    if name == "ask":
        return f"people asked about {' and '.join(value)}"
    return "novelty unchecked" if name == "novelty" else f"{name}={value}"


def _origin(record: ScientistRecord, usd: float | None, state: State) -> Origin:
    settings = {name: value for name, value in record.settings().items() if name != "template"}
    return Origin(
        tried_from="run",
        usd=usd,
        settings={name: str(value) for name, value in settings.items() if value is not None},
        template_fingerprint=state.template_fingerprint,
        scientist_fingerprint=state.scientist_fingerprint,
    )


def _spent(run: ScientistRun) -> float | None:
    """US dollars for all calls of all starts; None where the price of one is unknown, or the ledger is missing."""
    if not run.ledger_path.is_file():
        return 0.0 if run.record.model == "offline" else None
    return spent_in(run.ledger_path)


def _entry(folder: Path, state: State, run: _Run) -> Entry:
    paper, path = folder / "paper.pdf", folder / "idea.json"
    thought = read_validated(Idea, path) if path.is_file() else None
    finished = paper.is_file()
    audit = read_audit(folder) if finished else None
    stages = state.stages.values()
    idea = new_idea(
        state.template,
        run.configuration,
        thought.name if thought else folder.name,
        title=thought.title if thought else "",
        paper=str(paper) if finished else None,
        finished=finished,
        ended="" if finished else _end(state),
        usd=None if run.origin.usd is None else sum(stage.usd or 0.0 for stage in stages),
        seconds=sum(stage.seconds for stage in stages),
        numbers_checked=audit.numbers_checked if audit else None,
        numbers_traced=audit.supported if audit else None,
        violations=audit.violations if audit else None,
        problems=len(paper_problems(folder)) if finished else None,
        people=people_of(folder) if finished else (),
    )
    review = latest_review(folder) if finished else None
    if review is None:
        return Entry(idea, folder, run.origin)
    return Entry(idea, folder, run.origin, review, _signed(review, run.reviewer), "scrubbed")


def _signed(review: Review, now: Reviewer | None) -> ScoreReviewer:
    """Who made the review, with the traits of the run's reviewer where that is still the same."""
    same = now is not None and now.fingerprint == review.fingerprint
    traits = now.traits if now is not None and same else Traits(kind="replay")
    return ScoreReviewer(name=review.reviewer, fingerprint=review.fingerprint, traits=traits)


def _end(state: State) -> str:
    """Where an idea without a paper ended."""
    for wanted in ("failed", "skipped"):
        for name, stage in state.stages.items():
            if stage.status == wanted:
                return f"{name}: {stage.message}" if wanted == "failed" else stage.message
    return f"stopped before {state.next}" if state.next else "no paper.pdf"


def _failed(state: State) -> bool:
    return any(stage.status == "failed" for stage in state.stages.values())


def _notes(run: Path, record: ScientistRecord, states: dict[Path, State], counted: dict[Path, State]) -> Iterator[str]:
    working = [folder.name for folder in states if folder not in counted]
    if working:
        yield f"{run}: not counted, still worked on: {', '.join(working)}"
    if len(states) < record.ideas:
        yield f"{run}: not counted, not begun: {record.ideas - len(states)} of {record.ideas} ideas"
    revised = [folder.name for folder in counted if HumanReviews.read(folder).rounds]
    if revised:
        yield f"{run}: revised after reviews by people: {', '.join(revised)}"
    stopped = [folder.name for folder, state in counted.items() if not state.finished and not _failed(state)]
    if stopped:
        yield f"{run}: stopped midway, counted as tried: {', '.join(stopped)}; `scientist resume` goes on with them"
