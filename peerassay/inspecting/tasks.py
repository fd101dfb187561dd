"""The tasks that `inspect eval peerassay/NAME` finds, one for each dataset that is here; the package's entry point.

inspect eval peerassay/sample --model openai/MODEL -T split=all -T ensemble=3
inspect eval peerassay/papers --model none -T dataset=mine -T part=iclr2024 -T reviewer=learned:iclr2022
"""

from __future__ import annotations

from typing import Any

from inspect_ai import Task, task
from inspect_ai.model import get_model

from ..bench.load_outcomes import humans_of
from ..data.errors import InputError, unknown
from ..data.registry import list_names
from ..reviewer.panel.connection import CONNECTION
from ..reviewer.panel.settings import PanelSettings
from .judging import mean_overall, paper_review
from .model import inspect_panel
from .papers import chosen_papers, described, may_be_logged, samples_of
from .records import KEY
from .scoring import agreement, human_decision
from .solvers import model_review, reviewer, reviewer_of
from .told import refusals_told

ARGUMENTS = ("dataset", "split", "part", "limit", "raw", "log_text", "reviewer")
__all__ = ["agreement", "human_decision", "mean_overall", "model_review", "paper_review", "papers", "reviewer"]


@task
def papers(
    dataset: str = "sample",
    split: str = "test",
    part: str = "",
    limit: int | None = None,
    raw: bool = False,
    log_text: bool | None = None,
    reviewer: str = "",
    **options: Any,
) -> Task:
    """Reviews of a dataset's papers against the human decisions.

    Args:
        dataset: A name or a path, as after `peerassay bench -d`.
        split: test, calibration or all.
        part: Of the venue and year alone, as iclr2024, iclr or 2024.
        limit: At most so many papers, both classes in proportion.
        raw: The whole texts, not scrubbed: figures may come from leaks.
        log_text: Whether texts of papers stand in the log; by default where the dataset's licence lets them be passed
            on.
        reviewer: A SPEC of peerassay that reviews instead of the eval's model.
        options: Of the review by the eval's model: form, ensemble, reflections, shots, max_tokens, ...
    """
    with refusals_told():
        return _task(str(dataset), split, part, limit, raw=raw, log_text=log_text, spec=reviewer, options=options)


def _task(
    source: str,
    split: str,
    part: str,
    limit: int | None,
    *,
    raw: bool,
    log_text: bool | None,
    spec: str,
    options: dict[str, Any],
) -> Task:
    """The task. Raises InputError for what cannot be reviewed or measured."""
    chosen = chosen_papers(source, split, str(part), limit)
    humans_of(list(chosen.judgements))
    _check_options(options)
    if spec and options:
        raise InputError(f"{min(options)} is an option of reviews by the eval's model; put it into reviewer={spec}?...")
    if spec:
        reviewer_of(spec, source)
    else:
        chosen.require_texts("the eval's model")
        inspect_panel(options, in_log=False, model=get_model("none/none"))
    in_log = chosen.card.has_texts and may_be_logged(chosen, log_text)
    return Task(
        dataset=samples_of(chosen, source, raw=raw, in_log=in_log),
        solver=reviewer(spec) if spec else model_review(**options),
        scorer=human_decision(),
        metadata={KEY: described(chosen, source, split, limit, raw=raw).model_dump(mode="json")},
        version=1,
    )


def _check_options(options: dict[str, Any]) -> None:
    """Raises InputError for an argument of the command line that neither a task nor a review has."""
    known = (*PanelSettings.model_fields, "config", "name", *CONNECTION)
    for option in options:
        if option not in known:
            raise unknown("argument", option, [*known, *ARGUMENTS], hint="-T")


def _register(name: str) -> None:
    """The task of a dataset, under its name."""

    @task(name=name)
    def of_dataset(
        split: str = "test",
        part: str = "",
        limit: int | None = None,
        raw: bool = False,
        log_text: bool | None = None,
        reviewer: str = "",
        **options: Any,
    ) -> Task:
        with refusals_told():
            return _task(name, split, part, limit, raw=raw, log_text=log_text, spec=reviewer, options=options)


for _name in list_names():
    if _name != "papers":
        _register(_name)
