"""Runs as logs of Inspect, one per reviewer, for its viewer and its tools."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from inspect_ai.dataset import Sample
from inspect_ai.log import (
    EvalConfig,
    EvalDataset,
    EvalLog,
    EvalMetric,
    EvalResults,
    EvalSample,
    EvalScore,
    EvalSpec,
    EvalStats,
    write_eval_log,
)
from inspect_ai.model import ChatMessageAssistant, ChatMessageUser, ModelOutput, ModelUsage
from inspect_ai.scorer import SampleScore

from ..bench.passages import without_passages
from ..bench.run import Run, RunReviewer
from ..data.errors import InputError
from ..data.files import make_folder
from ..data.records import Judgement, Paper
from ..data.registry import plain_name
from ..reviewer.protocol import fingerprint_of, paper_key
from ..reviewer.review import Review
from .records import KEY, ReviewRecord, SampleRecord, TaskRecord
from .scoring import agreement, score_of
from .words import review_in_words, stand_in

SCORER = "human_decision"
NO_MODEL = "none/none"


def write_logs(run: Run, folder: Path, texts: Mapping[str, Paper]) -> list[Path]:
    """A log for each reviewer of the run, NAME.eval in the folder; `texts` are papers by id that go along.

    Raises InputError where no reviewer has a review, and where a log of this name is there.
    """
    reviews = run.repeats()
    logs: dict[Path, EvalLog] = {}
    for entry in run.record.reviewers:
        mine = [
            r for those in reviews.values() for key, r in those.items() if key[:2] == (entry.name, entry.fingerprint)
        ]
        if mine:
            logs[folder / f"{plain_name(entry.name)}-{entry.fingerprint}.eval"] = _log(run, entry, mine, texts)
    if not logs:
        raise InputError(f"{run.folder}: has no reviews yet; continue the run first")
    for path in logs:
        if path.exists():
            raise InputError(f"{path}: is there already; choose another --out")
    make_folder(folder)
    for path, log in logs.items():
        write_eval_log(log, str(path))
    return list(logs)


def left_out(run: Run, *, texts: bool = False) -> list[str]:
    """What of a run no log holds, in words."""
    current = {(entry.name, entry.fingerprint) for entry in run.record.reviewers}
    lines = list(run.all_reviews())
    last = {(r.reviewer, r.fingerprint, r.paper_id, r.repeat) for r in lines}
    older = len(lines) - sum(key[:2] in current for key in last)
    aside = sorted(path.name for path in run.folder.glob("reviews-redone-*.jsonl"))
    quoting = sum(without_passages(review) is not review for review in lines)
    idle = [one.name for one in run.record.reviewers if not any(key[:2] == (one.name, one.fingerprint) for key in last)]
    return [
        *([f"reviewers without a review ({', '.join(idle)})"] if idle else []),
        *([f"what {quoting} reviews quote of hidden text and of orders to reviewers"] if quoting and not texts else []),
        *([f"{older} reviews that later ones stand for, or by reviewers as they were before"] if older else []),
        *([f"reviews that were set aside ({', '.join(aside)})"] if aside else []),
        *(["the ledger of calls (calls.jsonl); each review keeps what it took"] if run.ledger_path.exists() else []),
    ]


def _log(run: Run, entry: RunReviewer, reviews: list[Review], texts: Mapping[str, Paper]) -> EvalLog:
    model = _model_of(entry)
    judgements = {judgement.paper_id: judgement for judgement in run.record.judgements}
    known = [review for review in reviews if review.paper_id in judgements]
    samples = [_sample(run, entry, model, judgements[r.paper_id], r, texts.get(r.paper_id)) for r in known]
    samples.sort(key=lambda sample: (str(sample.id), sample.epoch))
    identity = fingerprint_of(run=run.record.created, reviewer=entry.name, fingerprint=entry.fingerprint)
    usage = _total([sample.model_usage[model] for sample in samples if sample.model_usage])
    name = run.record.dataset.name
    spec = EvalSpec(
        created=run.record.created or datetime.now(UTC).isoformat(timespec="seconds"),
        eval_id=identity,
        run_id=identity,
        task_id=identity,
        task=f"peerassay/{name}",
        task_display_name=f"{name}: {entry.name}",
        task_args={"split": run.record.dataset.split, "limit": run.record.dataset.limit},
        solver="peerassay/reviewer",
        solver_args={"spec": entry.spec or entry.name},
        dataset=EvalDataset(
            name=name, location=run.record.dataset.source, samples=len(judgements), sample_ids=list(judgements)
        ),
        model=model,
        config=EvalConfig(epochs=max(sample.epoch for sample in samples)),
        packages={"peerassay": version("peerassay")},
        metadata={KEY: TaskRecord.of(run.record, entry).model_dump(mode="json")},
    )
    complete = {str(sample.id) for sample in samples if sample.epoch == 1} == {*judgements}
    return EvalLog(
        status="success" if complete else "cancelled",
        eval=spec,
        results=_results(samples),
        stats=EvalStats(
            started_at=spec.created, completed_at=spec.created, model_usage={model: usage} if usage else {}
        ),
        samples=samples,
    )


def _model_of(entry: RunReviewer) -> str:
    """The language model by a name that Inspect takes; none where it is not one of ours, or not known."""
    asked = entry.name.removeprefix("inspect/") if not entry.spec else entry.spec
    return re.split("[@?]", asked)[0] if entry.traits.kind == "llm" and "/" in asked else NO_MODEL


def _sample(
    run: Run, entry: RunReviewer, model: str, judgement: Judgement, review: Review, paper: Paper | None
) -> EvalSample:
    trained_on = entry.traits.trained_on & {paper_key(review.paper_id)}
    own = entry.model_copy(update={"traits": entry.traits.model_copy(update={"trained_on": trained_on})})
    record = ReviewRecord(reviewer=own, review=review if paper else without_passages(review))
    place = run.record.dataset
    title = paper.title if paper else ""
    about = SampleRecord(
        dataset=place.source, raw=place.text == "raw", in_log=paper is not None, title=title, judgement=judgement
    )
    asked = paper.text if paper else stand_in(title, review.paper_id)
    said = review_in_words(record.review)
    took = review.usage
    usage = ModelUsage(
        input_tokens=took.tokens_in - took.tokens_cached,
        input_tokens_cache_read=took.tokens_cached,
        output_tokens=took.tokens_out,
        total_tokens=took.tokens_in + took.tokens_out,
        total_cost=took.usd,
    )
    sample = Sample(id=review.paper_id, input=asked, target=judgement.decision)
    return EvalSample(
        id=review.paper_id,
        epoch=review.repeat + 1,
        input=sample.input,
        target=sample.target,
        messages=[ChatMessageUser(content=asked), ChatMessageAssistant(content=said, model=entry.name)],
        output=ModelOutput.from_content(entry.name, said),
        scores={SCORER: score_of(record, judgement.decision)},
        metadata={KEY: about.model_dump(mode="json")},
        store={KEY: record.model_dump(mode="json")},
        model_usage={model: usage} if took.calls else {},
        total_time=took.seconds,
        uuid=fingerprint_of(paper=review.paper_id, by=entry.fingerprint, repeat=review.repeat),
    )


def _total(usages: list[ModelUsage]) -> ModelUsage | None:
    total = ModelUsage() if usages else None
    for usage in usages:
        total = usage if total is None else total + usage
    return total


def _results(samples: list[EvalSample]) -> EvalResults:
    """The metrics as an eval would have them."""
    scores = [
        SampleScore(score=sample.scores[SCORER], sample_id=sample.id, sample_metadata=sample.metadata)
        for sample in samples
        if sample.scores
    ]
    figures = agreement()(scores)  # type: ignore[arg-type]
    assert isinstance(figures, Mapping)
    metrics = {
        name: EvalMetric(name=name, group="agreement", value=value)
        for name, value in figures.items()
        if isinstance(value, (int, float))
    }
    score = EvalScore(name=SCORER, scorer=SCORER, scored_samples=len(scores), metrics=metrics)
    return EvalResults(total_samples=len(samples), completed_samples=len(samples), scores=[score])
