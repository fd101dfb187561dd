"""Logs of Inspect as a run: those that were exported, and those of `inspect eval peerassay/...`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from inspect_ai.log import EvalLog, EvalSample, read_eval_log
from pydantic import ValidationError

from ..bench.run import BenchRecord, Run, RunReviewer
from ..bench.run_folders import write_run
from ..data.errors import InputError, printable
from ..data.files import validated
from ..data.records import Judgement
from ..reviewer.protocol import Traits, fingerprint_of
from ..reviewer.review import Review, failed
from ..reviewer.run_folder import RunRecord
from .records import KEY, ReviewRecord, SampleRecord, TaskRecord
from .words import NO_REVIEW


class ReadLog(NamedTuple):
    """One log as records of ours."""

    path: Path
    task: TaskRecord
    judgements: list[Judgement]
    reviewer: RunReviewer
    reviews: list[Review]
    record: BenchRecord


def import_logs(paths: Sequence[Path], folder: Path) -> Run:
    """The run of which these are the logs, in a new folder.

    Raises InputError for what is no whole log of a task of ours, logs on other papers, and two of one reviewer.
    """
    logs = sorted((read_log(path) for path in files_of(paths)), key=lambda log: log.task.place)
    first = logs[0]
    for other in logs[1:]:
        if (other.task.dataset, other.judgements) != (first.task.dataset, first.judgements):
            raise InputError(f"{other.path}: is on other papers than {first.path}; import them one by one")
    names = [log.reviewer.name for log in logs]
    for number, log in enumerate(logs):
        if log.reviewer.name in names[:number]:
            raise InputError(f"{log.path}: a second log of {log.reviewer.name}; import it into another --out")
    notes = list(dict.fromkeys(note for log in logs for note in log.record.notes))
    record = first.record.model_copy(update={"reviewers": [log.reviewer for log in logs], "notes": notes})
    return write_run(folder, record, (review for log in logs for review in log.reviews))


def files_of(paths: Sequence[Path]) -> list[Path]:
    """The logs that are meant: files, and those in folders. Raises InputError for a folder without one."""
    found: list[Path] = []
    for path in paths:
        if (path / "run.json").is_file():
            raise InputError(f"{path}: is a run already, and no folder of Inspect's logs")
        inside = sorted([*path.glob("*.eval")] or _json_logs(path)) if path.is_dir() else [path]
        if not inside:
            raise InputError(f"{path}: has no logs of Inspect (.eval or .json) in it")
        found += inside
    return found


def _json_logs(folder: Path) -> list[Path]:
    """The logs of a folder that are JSON, of which Inspect keeps lists and settings too."""
    return [path for path in folder.glob("*.json") if path.name not in ("logs.json", "eval-set.json")]


def read_log(path: Path) -> ReadLog:
    """What a log says. Raises InputError as `import_logs`."""
    if not path.is_file():
        raise InputError(f"{path}: no such file; give logs of Inspect (.eval or .json)")
    try:
        log = read_eval_log(str(path), resolve_attachments=True)
    except ValidationError:
        raise InputError(f"{path}: no log of Inspect; give its logs (.eval or .json)") from None
    except Exception as error:
        raise InputError(f"{path}: no log of Inspect ({printable(str(error))[:150]}); give its logs") from None
    found = (log.eval.metadata or {}).get(KEY)
    if found is None:
        raise InputError(f"{path}: is the log of another task ({log.eval.task}), not of one of peerassay")
    task = validated(TaskRecord, found, f"{path}: metadata")
    _check_valid(path, log)
    if task.reviewer is None:
        _check_whole(path, log)
    samples = log.samples or []
    judgements = {sample.id: _about(path, sample).judgement for sample in samples}
    reviewer = task.reviewer or _reviewer_of(path, log, samples)
    reviews = [_review_of(path, sample, reviewer) for sample in sorted(samples, key=lambda s: s.epoch)]
    ordered = task.judgements or sorted(judgements.values(), key=lambda judgement: judgement.paper_id)
    return ReadLog(path, task, ordered, reviewer, reviews, _record(log, task, ordered))


def _check_valid(path: Path, log: EvalLog) -> None:
    """Raises InputError where samples were marked as of no use."""
    if log.invalidated or any(sample.invalidation for sample in log.samples or []):
        raise InputError(f"{path}: samples of this log are marked as invalid; run them again, or take the mark away")


def _check_whole(path: Path, log: EvalLog) -> None:
    """Raises InputError where the eval has not come to its end, or samples are missing that it was to have."""
    samples = log.samples or []
    there = {str(sample.id) for sample in samples if sample.epoch == 1}
    wanted = {str(sample_id) for sample_id in log.eval.dataset.sample_ids or there}
    if log.status != "success" or not there or wanted - there:
        raise InputError(
            f"{path}: the eval is not finished ({log.status}), {len(there)} of {len(wanted)} papers have a sample; "
            f"go on with it first: inspect eval-retry {path}"
        )


def _about(path: Path, sample: EvalSample) -> SampleRecord:
    return validated(SampleRecord, sample.metadata.get(KEY), f"{path}: sample {sample.id}")


def _stored(path: Path, sample: EvalSample) -> ReviewRecord | None:
    """The review in the sample's store, or else in its score; None where it came to none."""
    scored = [(score.metadata or {}).get(KEY) for score in (sample.scores or {}).values()]
    found: list[Any] = [value for value in (sample.store.get(KEY), *scored) if value]
    return validated(ReviewRecord, found[0], f"{path}: sample {sample.id}") if found else None


def _reviewer_of(path: Path, log: EvalLog, samples: Sequence[EvalSample]) -> RunReviewer:
    """The reviewer of an eval: what it was fitted on is told sample by sample."""
    stored = [record.reviewer for sample in samples if (record := _stored(path, sample)) and record.reviewer.name]
    if not stored:
        identity = fingerprint_of(model=log.eval.model, args=log.eval.task_args)
        return RunReviewer(name=f"inspect/{log.eval.model}", spec="", fingerprint=identity, traits=Traits(kind="llm"))
    first = stored[0]
    if any(other.fingerprint != first.fingerprint for other in stored):
        raise InputError(f"{path}: its reviews are by several reviewers, or by one that changed on the way")
    trained_on = frozenset[str]().union(*(one.traits.trained_on for one in stored))
    return first.model_copy(update={"traits": first.traits.model_copy(update={"trained_on": trained_on})})


def _review_of(path: Path, sample: EvalSample, reviewer: RunReviewer) -> Review:
    """The review; a failed one where the sample ended in an error or at a limit."""
    record = _stored(path, sample)
    known = record.review if record is not None and record.reviewer.name else None
    review = known or failed(str(sample.id), _why_none(sample))
    if review.paper_id != str(sample.id):
        raise InputError(f"{path}: sample {sample.id} holds a review of {review.paper_id}")
    return review.model_copy(
        update={"reviewer": reviewer.name, "fingerprint": reviewer.fingerprint, "repeat": sample.epoch - 1}
    )


def _why_none(sample: EvalSample) -> str:
    if sample.limit:
        return f"a limit of the eval ended the sample ({sample.limit.type})"
    return f"the sample ended in an error: {sample.error.message}" if sample.error else NO_REVIEW


def _record(log: EvalLog, task: TaskRecord, judgements: list[Judgement]) -> BenchRecord:
    """The record of the run that was exported, or of one that begins with this eval."""
    if task.run:
        return BenchRecord(**task.run, dataset=task.dataset, card=task.card, judgements=judgements)
    whole = task.dataset.papers
    notes = [f"Reviewed by Inspect AI {log.eval.packages.get('inspect_ai', '')}, model {log.eval.model}."]
    if whole != len(judgements):
        notes.append(f"The eval was on {len(judgements)} of {whole} papers (--limit or --sample-id of inspect eval).")
    return BenchRecord(
        **{**RunRecord.now(), "created": log.eval.created},
        command=["inspect eval", log.eval.task, f"--model {log.eval.model}"],
        notes=notes,
        dataset=task.dataset.model_copy(update={"papers": len(judgements)}),
        card=task.card,
        judgements=judgements,
    )
