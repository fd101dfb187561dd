"""`peerassay scientist write`: a paper on experiments that somebody else has run."""

from __future__ import annotations

from pathlib import Path

import click

from ..data.errors import InputError
from ..generator.batch import ScientistRecord, ScientistRun
from ..generator.config import ScientistConfig
from ..generator.given.options import reading_of
from ..generator.lab import LabSettings
from ..generator.latex.styles import PAGES, StyleName
from ..generator.preflight import check_latex
from ..generator.project import PaperSettings
from ..llm.config import read_config
from . import kinds, options
from .scientist_people import asked_about
from .scientist_work import begun, folder_of, work

FOLDER = "given"
"""In the run's folder: what stands for a template."""


@click.command("write")
@click.option("--results", type=kinds.PATH, help="The folder that the experiments wrote to.")
@click.option("--data", type=kinds.PATH, help="A tidy table: CSV, TSV, JSON or JSON lines.")
@click.option(
    "-m", "--model", type=kinds.MODEL, default="offline", show_default=True, help="offline, openai/MODEL, ..."
)
@click.option("--column", "columns", multiple=True, metavar="ROLE=NAME",
              help="run, dataset, seed, step, metric, value or ignore; NAME may be A,B.")  # fmt: skip
@click.option("--better", multiple=True, metavar="METRIC=lower|higher", help="Where the name does not say.")
@click.option("--primary", multiple=True, metavar="METRIC", help="What decides.")
@click.option("--baseline", metavar="RUN", help="What the other runs are compared with.")
@click.option("--decimal", type=click.Choice(["point", "comma"]), help="Where numbers can be read both ways.")
@click.option("--mapping", type=kinds.PATH, help="A TOML with all of these, see docs/scientist.md.")
@click.option("--title", help="Of the paper.")
@click.option("--notes", type=kinds.PATH, help="A text on what was run and why.")
@click.option("--out", type=kinds.PATH, help="[default: runs/write-MODEL-TIME]")
@click.option("-r", "--reviewer", type=kinds.REVIEWER, default="learned:iclr2022", show_default=True, help="Any SPEC.")
@click.option("--style", type=click.Choice(list(PAGES)), default="single-column", show_default=True)
@click.option("--pages", type=click.IntRange(min=2), help="Before the references [default: by style].")
@click.option("--no-pdf", is_flag=True, help="End with the draft: no LaTeX is needed, and there is no review.")
@click.option("--ask", help="Wait for a person after: draft.")
@click.option("--offline-literature", is_flag=True, help="Search the local index only.")
@options.CONFIG
@click.option("--budget", type=kinds.Number(min=0), help="US dollars that all starts may cost.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def write_command(
    results: Path | None,
    data: Path | None,
    model: str,
    columns: tuple[str, ...],
    better: tuple[str, ...],
    primary: tuple[str, ...],
    baseline: str | None,
    decimal: str | None,
    mapping: Path | None,
    title: str | None,
    notes: Path | None,
    out: Path | None,
    reviewer: str,
    style: StyleName,
    pages: int | None,
    no_pdf: bool,
    ask: str | None,
    offline_literature: bool,
    config: Path | None,
    budget: float | None,
    as_json: bool,
) -> None:
    """A paper from your own finished experiments: statistics, figures, text and audit; nothing is run.

    What the files leave open is guessed aloud where only one reading is possible, and refused else.
    """
    from ..generator.given.study import read_study
    from ..generator.given.workspace import make_folder_of

    if results is None and data is None:
        raise InputError("nothing to write about: give --results FOLDER, or --data TABLE")
    reading = reading_of(mapping, columns, better, primary, baseline, decimal, title, notes)
    study = read_study(results, data, reading)
    settings = read_config(config, ScientistConfig)
    folder = folder_of(out, "write", model).absolute()
    check_latex(pdf=not no_pdf)
    record = ScientistRecord(
        **begun(settings),
        template=str(folder / FOLDER),
        model=model,
        reviewer=reviewer,
        online=not offline_literature,
        lab=LabSettings(**settings.experiments.model_dump()),
        paper=PaperSettings(
            style=style, page_limit=pages or PAGES[style], ask=asked_about(ask), **settings.paper.model_dump()
        ),
    )
    ScientistRun.start(folder, record)
    make_folder_of(study, folder / FOLDER)
    work(folder, record, budget=budget, until="writeup" if no_pdf else None, as_json=as_json)
