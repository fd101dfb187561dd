"""The scorer of reviews, and the metrics of a bench as metrics of Inspect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from inspect_ai.scorer import Metric, SampleScore, Score, Scorer, Target, Value, metric, scorer
from inspect_ai.solver import TaskState

from ..bench.evaluate import evaluate
from ..bench.load_outcomes import humans_of, machine_of
from ..bench.records import ReviewerMetrics
from ..bench.resampled import DRAWS, Bootstrap
from ..data.errors import InputError
from ..data.files import validated
from ..data.records import Judgement
from ..reviewer.protocol import Traits
from ..reviewer.review import Review, failed
from ..reviewer.verdict import verdict
from ..statistics.estimate import Estimate
from .records import KEY, ReviewRecord, SampleRecord
from .words import NO_REVIEW

OF_SCORES = ("auc", "average_precision", "spearman", "brier", "ece")
OF_DECISIONS = ("balanced_accuracy", "f1", "accuracy", "mcc", "fpr", "fnr")


@metric(scores="unreduced")
def agreement(draws: int = DRAWS) -> Metric:
    """The metrics of `peerassay bench`, each with its 95% interval beside it (`auc_low`, `auc_high`).

    Decisions are by the rule that a bench looks at first: for a model the threshold that is cross-fitted where there
    are papers enough, else the form's. `n` is all papers, `reviewed` those with a review: a failed one counts as wrong.
    Of several epochs the first review of a paper counts. What few papers do not allow is left out.
    """

    def measure(scores: list[SampleScore]) -> Value:
        judgements, reviews, traits = first_reviews(scores)
        reviewed, n = sum(review.status == "ok" for review in reviews), len(reviews)
        try:
            figures = flat(measured(judgements, reviews, traits, draws))
        except InputError:
            figures = {}
        return {"reviewed": reviewed, **figures, "n": n}

    return measure


def measured(
    judgements: Sequence[Judgement], reviews: Sequence[Review], traits: Traits, draws: int = DRAWS
) -> ReviewerMetrics:
    """The figures of the reviews, in the order of the judgements. Raises InputError for papers of one class."""
    humans = humans_of(list(judgements))
    return evaluate(humans, machine_of("reviewer", traits, reviews, humans), Bootstrap(humans, draws))


def flat(figures: ReviewerMetrics) -> dict[str, float | int]:
    """Each metric by its name, the ends of its interval as NAME_low and NAME_high; undefined ones are left out."""
    decisions = figures.headline.metrics if figures.headline else {}
    found: dict[str, float | int] = {}
    for names, metrics in ((OF_SCORES, figures.scores), (OF_DECISIONS, decisions)):
        for name in names:
            found |= _with_ends(name, metrics)
    return found


def _with_ends(name: str, metrics: Mapping[str, Estimate]) -> dict[str, float | int]:
    if name not in metrics:
        return {}
    estimate = metrics[name]
    ends = {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}
    return {key: value for key, value in ends.items() if value is not None}


def first_reviews(scores: Sequence[SampleScore]) -> tuple[list[Judgement], list[Review], Traits]:
    """Judgements and first reviews of the papers in the order of their ids, and the reviewer's traits."""
    found: dict[str, tuple[Judgement, Review]] = {}
    traits, trained_on = Traits(), frozenset[str]()
    for one in scores:
        judgement = validated(SampleRecord, (one.sample_metadata or {})[KEY], "sample").judgement
        record = validated(ReviewRecord, (one.score.metadata or {})[KEY], "score")
        held = found.get(judgement.paper_id)
        if held is None or record.review.repeat < held[1].repeat:
            found[judgement.paper_id] = judgement, record.review
        if record.reviewer.fingerprint:
            traits, trained_on = record.reviewer.traits, trained_on | record.reviewer.traits.trained_on
    pairs = [found[paper_id] for paper_id in sorted(found)]
    return [j for j, _ in pairs], [r for _, r in pairs], traits.model_copy(update={"trained_on": trained_on})


@scorer(metrics=[agreement()])
def human_decision() -> Scorer:
    """The review against the human decision. A sample without one is a failed review, and counts as wrong."""

    async def score(state: TaskState, target: Target) -> Score:
        stored = state.store.get(KEY)
        if stored is None:
            empty = {"name": "", "spec": "", "fingerprint": "", "traits": {}}
            stored = {"reviewer": empty, "review": failed(str(state.sample_id), NO_REVIEW).model_dump(mode="json")}
        return score_of(validated(ReviewRecord, stored, f"sample {state.sample_id}"), target.text)

    return score


def score_of(record: ReviewRecord, decision: str) -> Score:
    """The score of one review: its overall and decision, and whether that is the human one."""
    review = record.review
    if review.status == "failed":
        value: dict[str, str | float | None] = {"overall": None, "decision": None, "correct": 0.0}
        words = f"failed, and counts as wrong: {review.reason}"
    else:
        reached = verdict(review, record.reviewer.traits)
        correct = None if reached.decision is None else float(reached.decision == decision)
        value = {"overall": review.overall, "decision": reached.decision, "correct": correct}
        words = f"decision from {reached.decision_from}; humans: {decision}"
    return Score(
        value=value,
        answer=None if review.overall is None else f"{review.overall:g}",
        explanation=words,
        metadata={KEY: record.model_dump(mode="json")},
    )
