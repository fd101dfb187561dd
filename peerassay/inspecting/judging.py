"""Reviewers as scorers of any task of Inspect whose models write papers."""

from __future__ import annotations

from typing import Any

from inspect_ai.model import get_model
from inspect_ai.scorer import Metric, SampleScore, Score, Scorer, Target, Value, metric, scorer
from inspect_ai.solver import TaskState

from ..data.records import Paper
from ..llm.session import Session
from ..reviewer.engine import signed_review
from ..reviewer.protocol import Reviewer
from ..reviewer.scrub import scrub_paper
from ..reviewer.spec import load_reviewer
from ..reviewer.verdict import verdict
from ..statistics.estimate import mean_estimate
from .model import inspect_panel
from .told import refusals_told
from .words import review_in_words

GRADER = "grader"
"""The role of the model that reviews: `--model-role grader=openai/MODEL`; the eval's own model without one."""


@metric(scores="unreduced")
def mean_overall() -> Metric:
    """The mean score of the papers that were reviewed, with its 95% interval (Student's; none of fewer than ten).

    `n` is all papers, `reviewed` those with a review.
    """

    def measure(scores: list[SampleScore]) -> Value:
        values = [one.score.value for one in scores]
        overall = [value["overall"] for value in values if isinstance(value, dict)]
        known = [float(value) for value in overall if isinstance(value, (int, float))]
        mean = mean_estimate(known)
        ends = {"mean": mean.value, "mean_low": mean.low, "mean_high": mean.high}
        told = {name: value for name, value in ends.items() if value is not None}
        return {**told, "reviewed": len(known), "n": len(scores)}

    return measure


@scorer(metrics=[mean_overall()])
def paper_review(reviewer: str = "", raw: bool = False, **options: Any) -> Scorer:
    """Review what the model has written as a paper, by a reviewer of peerassay.

    Args:
        reviewer: A SPEC, such as learned:iclr2022; empty: the model of the role `grader`, by our prompts.
        raw: The whole text, not scrubbed as it is in a bench.
        options: Of the review by that model: form, ensemble, reflections, ...
    """
    loaded: list[Reviewer] = []

    def chosen() -> Reviewer:
        if not loaded and reviewer:
            loaded.append(load_reviewer(reviewer, session=Session()))
        elif not loaded:
            loaded.append(inspect_panel(options, in_log=True, model=get_model(role=GRADER)))
        return loaded[0]

    async def score(state: TaskState, target: Target) -> Score:  # noqa: ARG001
        with refusals_told():
            by = chosen()
            written = Paper(id=str(state.sample_id), text=state.output.completion, source="md")
            review = await signed_review(by, written if raw else scrub_paper(written))
        if review.status == "failed":
            empty: dict[str, str | float | None] = {"overall": None, "decision": None}
            return Score(value=empty, explanation=f"no review: {review.reason}", reason="grader_failed")
        reached = verdict(review, by.traits)
        return Score(
            value={"overall": review.overall, "decision": reached.decision},
            answer=None if review.overall is None else f"{review.overall:g}",
            explanation=f"decision from {reached.decision_from}\n\n{review_in_words(review)}",
            metadata={"reviewer": by.name, "fingerprint": by.fingerprint},
        )

    return score
