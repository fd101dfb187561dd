"""Reviews within Inspect: by the model of the eval, or by any reviewer of ours."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from inspect_ai.model import ChatMessageAssistant, ModelOutput
from inspect_ai.solver import Generate, Solver, TaskState, solver

from ..bench.entrants import load_entrants
from ..bench.passages import without_passages
from ..bench.run import RunReviewer
from ..data.errors import InputError
from ..data.files import validated
from ..llm.session import Session
from ..reviewer.engine import signed_review
from ..reviewer.protocol import Reviewer, paper_key
from .model import inspect_panel
from .papers import loaded, paper_as_reviewed
from .records import KEY, ReviewRecord, SampleRecord
from .told import refusals_told
from .words import review_in_words


@solver
def model_review(**options: Any) -> Solver:
    """Ask the model of the eval for a review, by the prompts and with the parsing of `peerassay bench`.

    `options` are those of a panel, as after `?` in openai/MODEL?ensemble=5: form, ensemble, reflections, shots, ...
    """
    panels: dict[bool, Reviewer] = {}

    def panel(record: SampleRecord) -> Reviewer:
        if record.in_log not in panels:
            panels[record.in_log] = inspect_panel(options, in_log=record.in_log)
        return panels[record.in_log]

    return _reviewing(panel, "")


@solver
def reviewer(spec: str) -> Solver:
    """Any reviewer of peerassay by its SPEC: floor:length, learned:iclr2022, replay:FILE, python:module:name, ..."""
    return _reviewing(lambda record: reviewer_of(spec, record.dataset), spec)


@lru_cache(16)
def reviewer_of(spec: str, source: str) -> Reviewer:
    """The reviewer, ready for the dataset. Raises InputError as `load_entrants`."""
    (entrant,) = load_entrants(loaded(source), [spec], (), Session())
    return entrant.reviewer


def _reviewing(chosen: Callable[[SampleRecord], Reviewer], spec: str) -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:  # noqa: ARG001
        with refusals_told():
            record = sample_record(state.metadata)
            by = chosen(record)
            paper = paper_as_reviewed(record.dataset, str(state.sample_id), raw=record.raw)
            repeat = state.epoch - 1
            made = await signed_review(by.repeated(repeat) if repeat else by, paper, repeat=repeat)
        made = made if record.in_log else without_passages(made)
        entry = ReviewRecord(reviewer=_entry_of(by, spec, made.paper_id), review=made)
        state.store.set(KEY, entry.model_dump(mode="json"))
        state.output = ModelOutput.from_content(by.name, review_in_words(made))
        state.messages.append(ChatMessageAssistant(content=state.output.completion, model=by.name))
        return state

    return solve


def sample_record(metadata: dict[str, Any]) -> SampleRecord:
    """The record of a sample. Raises InputError for a sample of another task."""
    if KEY not in metadata:
        raise InputError("this solver reviews papers of tasks of peerassay, as in: inspect eval peerassay/sample")
    return validated(SampleRecord, metadata[KEY], "sample")


def _entry_of(by: Reviewer, spec: str, paper_id: str) -> RunReviewer:
    """The reviewer's entry; of the papers that it was fitted on this one alone, where it is among them."""
    trained_on = by.traits.trained_on & {paper_key(paper_id)}
    traits = by.traits.model_copy(update={"trained_on": trained_on})
    return RunReviewer(name=by.name, spec=spec, fingerprint=by.fingerprint, traits=traits, notes=list(by.notes))
