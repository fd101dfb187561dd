"""A bench of reviewers whose scores stand in a table beside human decisions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote, urlencode

from ..data.errors import InputError, unknown_path
from ..data.importers.columns import read_pairs
from ..data.importers.scores import ScoreTable, import_scores
from ..data.registry import new_card, plain_name
from ..llm.session import Session
from .automatic import textless_specs
from .entrants import load_entrants
from .load_outcomes import humans_of
from .measure import Bench, BenchSettings, calibrations_in
from .mixes import chosen_mixes
from .run import default_folder, run_dataset


def prepare_evaluation(
    table: Path,
    session: Session,
    settings: BenchSettings,
    *,
    columns: Sequence[str] = (),
    threshold: float | None = None,
    scale: str | None = None,
) -> Bench:
    """A bench of the reviewers whose scores stand in a table beside human decisions, without any text.

    `columns` are FIELD=COLUMN, for columns of other names; `threshold` and `scale` (LOW-HIGH) are those of all.

    Raises InputError where the table is none of this kind, and as `prepare_bench`.
    """
    if not table.is_file():
        if table.is_dir():
            raise InputError(f"{table}: a folder; name the table of scores in it (.csv, .tsv, .json, .jsonl)")
        raise unknown_path("file", table, "a table of scores and decisions (.csv, .tsv, .json, .jsonl)")
    mixes = chosen_mixes(settings.mixes)
    read = import_scores(table, new_card(plain_name(table.stem), table), mapped=read_pairs(columns))
    dataset = read.dataset.subset(settings.split)
    humans_of(dataset.judgements)
    specs = _replays(table, read, threshold, scale)
    entrants = load_entrants(read.dataset, specs, textless_specs(read.dataset) if settings.floors else (), session)
    calibrations = calibrations_in(settings.calibration, entrants)
    papers = run_dataset(dataset, source=str(table), split=settings.split, limit=None, scrub_rules=None, text="none")
    folder = settings.out or default_folder(papers, specs)
    return Bench(dataset, entrants, papers, folder, session, settings, calibrations, mixes)


def _replays(path: Path, table: ScoreTable, threshold: float | None, scale: str | None) -> list[str]:
    """The SPEC of a replay for each column of scores."""
    common = [("threshold", f"{threshold:g}")] if threshold is not None else []
    common += [("scale", scale)] if scale else []
    specs = []
    for column in table.scores:
        maps = {"paper_id": table.paper_id, "score": column, "decision": table.decisions.get(column, "")}
        maps |= dict.fromkeys(("p_accept", "reviewer", "model", "status"), "")
        options = [("name", column), *common, *(("map", f"{field}={value}") for field, value in maps.items())]
        specs.append(f"replay:{path}?{urlencode(options, quote_via=quote)}")
    return specs
