"""A folder of results as people have it, read by the audit's readers: runs, summaries, tables, JSON, TensorBoard."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ...data.errors import InputError
from ..provenance.foreign import read_stages, read_summaries
from ..provenance.logged import RUN, Logged
from ..provenance.mapping import MAPPING
from ..provenance.plain_logs import SAYS_NOTHING, TABLES, log_files, read_events, read_file
from ..provenance.results import read_logged
from ..provenance.settings import code_files
from ..provenance.sources import sha256
from .cells import Decimal
from .observations import Observations
from .table import THE_DATA, read_table

SEED = re.compile(r"(?P<run>.*?)[\s_./=-]*(?:seed|fold|rep|trial)[\s_.=-]*(?P<seed>\d+)", re.I)
CODE = "experiment.py"


def read_folder(folder: Path, given: Mapping[str, Sequence[str]], decimal: Decimal | None) -> Observations:
    """The results of a folder.

    Raises InputError where there are none, or a file cannot be read, or in more than one way.
    """
    if not folder.is_dir():
        what = "is a file: give it with --data" if folder.exists() else "no such folder"
        raise InputError(f"{folder}: {what}; --results names the folder that the experiments wrote to")
    found = Observations()
    infos = [path for path in folder.glob("run_*/final_info.json") if RUN.fullmatch(path.parent.name)]
    if infos or (folder / MAPPING).is_file() or read_summaries(folder) or read_stages(folder):
        _add_logged(folder, found)
        _hash(found, infos or _json_files(folder), folder)
    else:
        _add_plain(folder, given, decimal, found)
    if not found.cells:
        raise InputError(f"{folder}: nothing numeric in it: no run_*/final_info.json, no summaries, no table, JSON or "
                         f"TensorBoard log with numbers; describe others in {MAPPING}")  # fmt: skip
    found.code = next((text for name, text in code_files(folder) if name == CODE), found.code)
    return found


def _add_logged(folder: Path, found: Observations) -> None:
    """A folder of which the audit knows the layout."""
    logged = read_logged(folder)
    _add(sorted(logged.logged, key=lambda x: (len(x.run), x.run)), found)
    _add(logged.failed, found)
    found.labels, found.better = dict(logged.labels), dict(logged.better)
    found.code = "\n\n".join(f"# {name}\n{text}" for name, text in logged.codes)
    found.unnamed_seeds = any(len(cell.seeds) > 1 for cell in found.cells.values())


def _add_plain(folder: Path, given: Mapping[str, Sequence[str]], decimal: Decimal | None, found: Observations) -> None:
    """Plain logs: each file a run, unless its columns or keys name others; "…seed_3" in a name is the seed."""
    logs, events = log_files(folder)
    for path in logs:
        if path.suffix.lower() in TABLES:
            name = _named(path, folder)
            match = SEED.fullmatch(name)
            run, seed = (match["run"] or "run", match["seed"]) if match else (name, "")
            read_table(path, given, decimal, found, run=run, seed=seed)
        else:
            _add(_with_seed(read_file(path, _named(path, folder)), found), found, path)
            found.unnamed_seeds |= any(len(cell.seeds) > 1 for cell in found.cells.values())
    for place in events:
        _add(_with_seed(read_events(place, _named(place / "log", folder)), found), found, place)
    _hash(found, [*logs, *(path for place in events for path in sorted(place.iterdir()) if path.is_file())], folder)
    _runs_for_datasets(found)


def _named(path: Path, folder: Path) -> str:
    """The run of a file: its place in the folder, without names that say nothing."""
    parts = [*path.relative_to(folder).parts[:-1], path.stem]
    return "/".join(part for part in parts if part.lower() not in SAYS_NOTHING) or path.stem


def _with_seed(logged: Iterable[Logged], found: Observations) -> list[Logged]:
    """The values with runs such as "wide/seed_3" parted into run and seed."""
    parted: list[Logged] = []
    for x in logged:
        match = SEED.fullmatch(x.run)
        if match is None or x.kind not in ("mean", "seed"):
            parted.append(x)
        elif x.kind == "mean":
            line = f"{x.run}: seed {match['seed']} of run {match['run'] or 'run'}, by its name"
            found.said += [line] if line not in found.said else []
            parted.append(Logged(match["run"] or "run", x.dataset, x.metric, "seed", x.value, x.path, match["seed"]))
    return parted


def _add(logged: Iterable[Logged], found: Observations, path: Path | None = None) -> None:
    """Add the values; a path is that of a plain log, which may not say another thing than those before it."""
    new: set[tuple[str, str, str]] = set()
    for x in logged:
        if not x.metric or x.kind not in ("mean", "stderr", "seed"):
            continue
        place = (x.run or "run", x.dataset or THE_DATA, x.metric)
        if path and x.kind == "mean" and place in found.cells and place not in new:
            raise InputError(f"{path}: {x.metric} of run {place[0]!r} on {place[1]!r} stands in another file too; "
                             f"leave one of the files out, or say in {MAPPING} what they are")  # fmt: skip
        new.add(place)
        cell = found.cell(*place)
        if x.kind == "seed":
            cell.seeds[x.seed or str(len(cell.seeds))] = x.value
        elif x.value == x.value:
            setattr(cell, x.kind, x.value)


def _runs_for_datasets(found: Observations) -> None:
    """Let the one run's "datasets" be the runs where one is called a baseline: {"baseline": ..., "ours": ...}."""
    from .baseline import BASELINE_NAME

    named = [name for name in found.datasets if BASELINE_NAME.search(name)]
    if len(found.runs) == 1 and len(named) == 1 and len(found.datasets) > 1:
        found.cells = {(name, THE_DATA, metric): cell for (_, name, metric), cell in found.cells.items()}
        found.said.append(
            f"the names {', '.join(found.runs)} in the file are taken for runs, since one is {named[0]!r}"
        )


def _json_files(folder: Path) -> list[Path]:
    return [path for path in log_files(folder, most=math.inf)[0] if path.suffix.lower() in (".json", *TABLES)]


def _hash(found: Observations, paths: Iterable[Path], folder: Path) -> None:
    found.files |= {str(path.relative_to(folder)): sha256(path) for path in paths}
