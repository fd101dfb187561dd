"""`peerassay export` and `import`: runs in the forms of other tools, and back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from rich.text import Text

from ..bench.run import Run
from ..data.errors import InputError
from ..data.hub.front_matter import kind_of
from ..data.licences import open_licence
from ..data.records import Paper
from ..data.registry import load_dataset
from ..inspecting import require_inspect
from . import kinds, options
from .output import log, print_json, tell_notes, working


@click.command("export")
@click.argument("run", type=kinds.RUN)
@click.option(
    "--to",
    type=click.Choice(["inspect", "hf"]),
    required=True,
    help="inspect: a log of Inspect AI per reviewer; hf: a Hugging Face folder, parquet with a card.",
)
@click.option("--out", type=kinds.PATH, help="The folder to write into [default: RUN/inspect, RUN/hf].")
@click.option("--texts", is_flag=True, help="With inspect: the texts of the papers too, as they were reviewed.")
@click.option("--licence", help="With hf: the licence under which you pass the reviews on, as CC-BY-4.0.")
@options.AS_JSON
def export_command(run: Path, to: str, out: Path | None, texts: bool, licence: str | None, as_json: bool) -> None:
    """Write a RUN of `bench` in the form of another tool.

    Logs of Inspect open in its viewer (inspect view --log-dir FOLDER). A Hugging Face folder has a row per review,
    is read by `datasets.load_dataset`, and is a reviewer as it stands (-r replay:FOLDER). Both come back by
    `peerassay import`. Texts of papers stay out of them unless --texts asks for them.
    """
    if (texts and to != "inspect") or (licence and to != "hf"):
        raise InputError(f"{'--texts goes with --to inspect' if texts else '--licence goes with --to hf'} alone")
    if to == "inspect":
        require_inspect()
    opened = Run.open(run)
    folder = out or run / to
    written, left_out = _logs(opened, folder, texts) if to == "inspect" else _folder(opened, folder, licence or "")
    notes = [f"not in there: {what}" for what in left_out]
    if texts and not open_licence(opened.record.card.licence):
        words = opened.record.card.licence
        notes.append(f"the logs hold texts of papers, which the licence ({words}) does not let you pass on")
    if as_json:
        print_json({"written": [str(path) for path in written], "notes": notes})
        return
    tell_notes(notes)
    for path in written:
        print(path)
    follows = f"inspect view --log-dir {folder}" if to == "inspect" else f"peerassay bench -d ... -r replay:{folder}"
    log().print(Text(f"next: {follows}"), soft_wrap=True)


def _logs(run: Run, folder: Path, texts: bool) -> tuple[Sequence[Path], list[str]]:
    from ..inspecting.log_out import left_out, write_logs

    papers = _texts(run) if texts else {}
    with working("writing the logs"):
        return write_logs(run, folder, papers), left_out(run, texts=texts)


def _folder(run: Run, folder: Path, licence: str) -> tuple[Sequence[Path], list[str]]:
    from ..bench.run_folders import export_run

    with working("writing parquet"):
        return [folder], export_run(run, folder, licence=licence)


def _texts(run: Run) -> dict[str, Paper]:
    """The papers of a run as they were reviewed. Raises InputError where the dataset has no texts, or has changed."""
    from ..reviewer.scrub import scrub_papers

    record = run.record.dataset
    dataset = load_dataset(record.source or record.name)
    dataset.require_texts("--texts")
    if dataset.card.hash != record.hash:
        raise InputError(f"--texts: dataset {record.name} is not the one of the run any more (its hash differs)")
    chosen = dataset.only({judgement.paper_id for judgement in run.record.judgements}).papers
    papers = scrub_papers(chosen) if record.text == "scrubbed" else chosen
    return {paper.id: paper for paper in papers}


@click.command("import")
@click.argument("sources", nargs=-1, required=True, type=kinds.PATH, metavar="LOGS|FOLDER")
@click.option("--out", type=kinds.PATH, required=True, help="The run folder.")
@options.DRAWS
@options.SEED
@options.AS_JSON
def import_command(sources: tuple[Path, ...], out: Path, draws: int, seed: int, as_json: bool) -> None:
    """Make a run of what `peerassay export` wrote, or of logs of `inspect eval peerassay/...`.

    Several logs on the same papers become one run with several reviewers, ready for `compare` and `calibrate`; a folder
    stands for all logs in it. (Datasets come in by `peerassay data import`.)
    """
    from ..bench.presented import presented
    from ..bench.report import write_report
    from ..bench.summary import summarise
    from ..bench.tables import summary_table
    from ..presentation.terminal import print_tables

    with working(f"reading {sources[0]}"):
        run = _imported(sources, out)
    with working("bootstrapping") as tell:
        figures, humans, machines = summarise(run, draws=draws, seed=seed, progress=tell)
        report = write_report(run.folder, figures, humans, machines, {})
    if as_json:
        print_json({**figures.model_dump(mode="json"), "run": str(run.folder), "report": str(report)})
        return
    shown, _ = presented(figures, machines)
    print_tables([summary_table(shown)])
    tell_notes(shown.notes)
    log().print(Text(f"report: {report}", style="bold"), soft_wrap=True)


def _imported(sources: Sequence[Path], out: Path) -> Run:
    kinds = [kind_of(path) for path in sources]
    if "dataset" in kinds:
        path = sources[kinds.index("dataset")]
        raise InputError(f"{path}: is a dataset that was exported: peerassay data import NAME {path}")
    if "run" in kinds:
        from ..bench.run_folders import import_run

        if len(sources) > 1:
            raise InputError(f"{sources[kinds.index('run')]}: is a whole run that was exported; import it alone")
        return import_run(sources[0], out)
    require_inspect()
    from ..inspecting.log_in import import_logs

    return import_logs(sources, out)
