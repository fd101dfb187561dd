"""`peerassay export` and `import`: runs in the forms of other tools, and back."""

from __future__ import annotations

from pathlib import Path

import click
from rich.text import Text

from ..bench.run import Run
from ..data.errors import InputError
from ..data.licences import open_licence
from ..data.records import Paper
from ..data.registry import load_dataset
from . import options
from .output import log, print_json, tell_notes, working


@click.command("export")
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--to", type=click.Choice(["inspect"]), required=True, help="inspect: a log of Inspect AI per reviewer.")
@click.option("--out", type=click.Path(path_type=Path), help="The folder to write into [default: RUN/inspect].")
@click.option("--texts", is_flag=True, help="The texts of the papers too, as they were reviewed.")
@options.AS_JSON
def export_command(run: Path, to: str, out: Path | None, texts: bool, as_json: bool) -> None:
    """Write a RUN of `bench` in the form of another tool.

    Logs of Inspect open in its viewer (inspect view --log-dir FOLDER), and come back by `peerassay import`. Texts of
    papers stay out of them unless --texts asks for them.
    """
    from ..bench.inspecting import require_inspect

    require_inspect()
    from ..bench.inspecting.log_out import left_out, write_logs

    opened = Run.open(run)
    papers = _texts(opened) if texts else {}
    with working("writing the logs"):
        paths = write_logs(opened, out or run / to, papers)
    notes = [f"not in the logs: {what}" for what in left_out(opened)]
    if papers and not open_licence(opened.record.card.licence):
        notes.append(
            f"the logs hold texts of papers, which the dataset's licence ({opened.record.card.licence}) does not let "
            f"you pass on"
        )
    if as_json:
        print_json({"logs": [str(path) for path in paths], "notes": notes})
        return
    tell_notes(notes)
    for path in paths:
        print(path)
    log().print(Text(f"look at them: inspect view --log-dir {paths[0].parent}"), soft_wrap=True)


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
@click.argument("logs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The run folder.")
@options.DRAWS
@options.SEED
@options.AS_JSON
def import_command(logs: tuple[Path, ...], out: Path, draws: int, seed: int, as_json: bool) -> None:
    """Make a run of LOGS of Inspect: of `peerassay export`, or of `inspect eval peerassay/...`.

    Several logs on the same papers become one run with several reviewers, ready for `compare` and `calibrate`.
    A folder stands for all logs in it. (Datasets come in by `peerassay data import`.)
    """
    from ..bench.inspecting import require_inspect

    require_inspect()
    from ..bench.inspecting.log_in import import_logs
    from ..bench.presented import presented
    from ..bench.report import write_report
    from ..bench.summary import summarise
    from ..bench.tables import summary_table
    from ..presentation.terminal import print_tables

    with working("reading the logs"):
        run = import_logs(logs, out)
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
