"""From the values that were read to a study: the baseline, the metrics with their directions, the runs with results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ...data.errors import InputError, unknown
from ..latex.tables import CellValue, decimals_of
from ..latex.words import capital, count, listed, number_word
from ..nodes import Results
from ..template import Metric
from .baseline import with_baseline_first
from .cells import Decimal
from .directions import Better, by_name, is_time, label_of
from .folder import read_folder
from .observations import Observations
from .pairing import paired_without_names
from .printable import make_printable
from .record import GivenRun, GivenStudy
from .table import read_table

MOST_RUNS, MOST_DATASETS = 60, 60
MOST_PRIMARY = 2
"""Metrics that decide where nobody has chosen; with more of them, the first."""


@dataclass(frozen=True)
class Reading:
    """How results are to be read, as far as a person has said so."""

    columns: Mapping[str, Sequence[str]] = field(default_factory=dict)
    better: Mapping[str, Better] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    primary: tuple[str, ...] = ()
    baseline: str = ""
    decimal: Decimal | None = None
    title: str = ""
    notes: str = ""


def read_study(results: Path | None, data: Path | None, reading: Reading) -> GivenStudy:
    """The study that a folder of results, or a table, holds; with both the table counts, and the folder has the code.

    Raises InputError for whatever can be read in more than one way, naming what decides it.
    """
    found = Observations()
    if data is not None:
        read_table(data, reading.columns, reading.decimal, found)
        found.files[data.name] = _digest(data)
    if results is not None:
        folder = read_folder(results, reading.columns, reading.decimal) if data is None else _code_of(results)
        found = folder if data is None else found
        found.code = folder.code
    found.labels |= reading.labels
    make_printable(found)
    runs = with_baseline_first(found, reading.baseline)
    _check_size(runs, found)
    if found.unnamed_seeds and len(runs) > 1:
        found.said.append(paired_without_names(found))
    metrics = _metrics(found, reading)
    names = [metric.name for metric in metrics]
    given = [GivenRun(name=run, label=_label(run, found), results=_results(run, names, found)) for run in runs]
    empty = [run.name for run in given if not run.results]
    if given[0].name in empty or len(empty) == len(given):
        raise InputError(f"run {given[0].name!r} has no finite value of {', '.join(names)}; nothing can be said of it")
    lost = [*_lost(given, names, found), *(f"{name} has no value of any metric, and is left out" for name in empty)]
    found.said += _means_that_differ(found)
    return GivenStudy(
        title=reading.title or _title(metrics, given),
        notes=reading.notes,
        source=str(data or results),
        files=found.files,
        metrics=tuple(metrics),
        runs=tuple(run for run in given if run.results),
        said=tuple(dict.fromkeys(found.said)),
        lost=tuple(lost),
        unnamed_seeds=found.unnamed_seeds,
        code=found.code,
    )


def _digest(path: Path) -> str:
    from ..provenance.sources import sha256

    return sha256(path)


def _code_of(folder: Path) -> Observations:
    from ..provenance.settings import code_files

    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; leave --results out, or name the one with the experiment's code")
    return Observations(code=next((text for name, text in code_files(folder) if name == "experiment.py"), ""))


def _check_size(runs: Sequence[str], found: Observations) -> None:
    for what, names, most in (("runs", runs, MOST_RUNS), ("datasets", found.datasets, MOST_DATASETS)):
        if len(names) > most:
            raise InputError(f"{len(names)} {what} ({', '.join(names[:3])}, ...); a paper takes at most {most}: give a "
                             f"table with those that it is about, or say what they are with --column")  # fmt: skip


def _metrics(found: Observations, reading: Reading) -> list[Metric]:
    """The metrics of which the direction is known, those that decide marked; what is left out is said.

    Raises InputError for an unknown metric, and where none that may decide has a direction.
    """
    for name in (*reading.better, *reading.primary):
        if name not in found.metrics:
            raise unknown("metric", name, found.metrics)
    better: dict[str, Better] = {}
    for name in found.metrics:
        said = reading.better.get(name) or found.better.get(name)
        way: Better | None = said if said in ("lower", "higher") else None
        guessed = by_name(name) if way is None else None
        if guessed and not is_time(name):
            found.said.append(f"{name}: {guessed} is better, by its name (--better {name}=... says otherwise)")
        if way or guessed:
            better[name] = way or guessed  # type: ignore[assignment]
    open_ = [name for name in found.metrics if name not in better]
    if wanted := next((name for name in reading.primary if name in open_), None):
        raise InputError(f"metric {wanted!r}: which way is it better? say --better {wanted}=lower or ...=higher")
    tested = [name for name in better if not is_time(name)]
    if not (reading.primary or tested):
        names = ", ".join(open_[:8]) or ", ".join(better)
        raise InputError(f"metrics {names}: no name says which way is better; say it with --better NAME=lower or "
                         f"--better NAME=higher")  # fmt: skip
    if open_:
        found.said.append(
            f"left out, since nothing says which way they are better (--better NAME=...): {', '.join(open_)}"
        )
    primary = list(reading.primary) or (tested if len(tested) <= MOST_PRIMARY else tested[:1])
    if not reading.primary and len(tested) > 1:
        found.said.append(f"what decides is {' and '.join(primary)} (--primary NAME chooses otherwise)")
    ordered = [*primary, *(name for name in better if name not in primary)]
    return [_metric(name, better[name], name in primary, found) for name in ordered]


def _metric(name: str, better: Better, primary: bool, found: Observations) -> Metric:
    values = [cell.value() for (_, _, metric), cell in found.cells.items() if metric == name]
    known = [CellValue(mean=value.mean, stderr=value.stderr) for value in values if value is not None]
    return Metric(
        name=name, label=label_of(name), better=better, primary=primary,
        digits=max(1, decimals_of(known)) if any(value.mean % 1 for value in known) else 0, timed=is_time(name),
    )  # fmt: skip


def _results(run: str, metrics: Sequence[str], found: Observations) -> Results:
    results: Results = {}
    for dataset in found.datasets:
        values = {name: cell.value() for name in metrics if (cell := found.cells.get((run, dataset, name)))}
        if known := {name: value for name, value in values.items() if value is not None}:
            results[dataset] = known
    return results


def _label(run: str, found: Observations) -> str:
    return " ".join(found.labels.get(run, run).replace("_", " ").split())


def _lost(runs: Sequence[GivenRun], metrics: Sequence[str], found: Observations) -> list[str]:
    """What is missing or has failed: seeds, cells, and seeds that the baseline lacks or has alone."""
    lines: list[str] = []
    first = runs[0]
    for run in runs:
        failed = {d: n for d in found.datasets for m in metrics
                  if (cell := found.cells.get((run.name, d, m))) and (n := cell.failed)}  # fmt: skip
        whole = [d for d in failed if d not in run.results]
        part = [d for d in failed if d in run.results]
        if part:
            lines.append(f"{run.label} has seeds without a finite value on {listed(part)}")
        if whole:
            lines.append(f"{run.label} has no finite value at all on {listed(whole)}, and is not compared there")
        absent = [d for d in first.results if d not in run.results and d not in whole]
        if run.results and absent:
            lines.append(f"{run.label} has no value on {listed(absent)}, and is not compared there")
        further = [d for d in run.results if d not in first.results]
        if further:
            lines.append(f"{run.label} has values on {listed(further)}, where the baseline has none")
        lines += _unshared(first, run)
    return lines


def _unshared(first: GivenRun, run: GivenRun) -> list[str]:
    """Seeds that only one of the two has."""
    lines: list[str] = []
    for dataset, values in run.results.items():
        for name, value in values.items():
            before = first.results.get(dataset, {}).get(name)
            if before is None or set(before.names) == set(value.names):
                continue
            shared = len(set(before.names) & set(value.names))
            how = f"share {number_word(shared)} of them" if shared else "share none, and are paired by lot"
            lines.append(f"{run.label} has {count(len(value.names), 'seed')} on {dataset} and the baseline "
                         f"{number_word(len(before.names))}; they {how}")  # fmt: skip
            break
    return lines


def _means_that_differ(found: Observations) -> list[str]:
    cells = [" ".join(place) for place, cell in found.cells.items() if cell.differs]
    more = f" and {len(cells) - 3} more" if len(cells) > 3 else ""
    line = f"the mean in the file is not that of the seeds beside it, which counts: {', '.join(cells[:3])}{more}"
    return [line] if cells else []


def _title(metrics: Sequence[Metric], runs: Sequence[GivenRun]) -> str:
    primary = listed([" ".join(map(capital, metric.label.split())) for metric in metrics if metric.primary])
    if len(runs) == 1:
        return f"{primary} of {runs[0].label}"
    return f"A Comparison of {count(len(runs), 'Configuration').title()} by {primary}"
