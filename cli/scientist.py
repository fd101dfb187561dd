"""`peerassay scientist`."""

from __future__ import annotations

from pathlib import Path

import click

from ..data.errors import InputError
from ..generator.batch import ScientistRecord, ScientistRun, idea_folders
from ..generator.config import ScientistConfig
from ..generator.lab import LabSettings
from ..generator.latex.styles import PAGES, StyleName
from ..generator.preflight import check_scientist, check_tools
from ..generator.project import PaperSettings
from ..generator.state import STAGES
from ..generator.template import load_template, template_names
from ..llm.config import read_config
from . import kinds, options
from .scientist_dry import tell_dry_run
from .scientist_folders import new_template_command, setup_aider_command
from .scientist_output import tell_audit
from .scientist_page import page_command
from .scientist_people import COMMANDS as PEOPLE
from .scientist_people import asked_about
from .scientist_work import Crew, begun, folder_of, literature_of, work
from .scientist_write import write_command


@click.group("scientist")
def scientist_command() -> None:
    """Ideas, coded experiments, plots, a LaTeX paper and its review.

    `scientist run -t diffusion -m offline` needs no key: a rule-based scientist, real experiments.
    """


def _common(function: click.decorators.FC) -> click.decorators.FC:
    """The options that `ideas` and `run` share."""
    for option in reversed(
        (
            click.option(
                "-t",
                "--template",
                required=True,
                type=kinds.TEMPLATE,
                help=f"{', '.join(template_names())}, or a folder.",
            ),
            click.option(
                "-m",
                "--model",
                type=kinds.MODEL,
                default="offline",
                show_default=True,
                help="offline, openai/MODEL, ...",
            ),
            click.option("--ideas", type=click.IntRange(min=1), default=1, show_default=True),
            click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True),
            click.option("--out", type=kinds.PATH, help="[default: runs/TEMPLATE-MODEL-TIME]"),
            click.option("--offline-literature", is_flag=True, help="Search the local index only."),
            options.CONFIG,
            click.option("--budget", type=kinds.Number(min=0), help="US dollars that all starts may cost."),
            click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout."),
        )
    ):
        function = option(function)
    return function


@scientist_command.command("ideas")
@_common
def ideas_command(
    template: str,
    model: str,
    ideas: int,
    seed: int,
    out: Path | None,
    offline_literature: bool,
    config: Path | None,
    budget: float | None,
    as_json: bool,
) -> None:
    """Think of ideas and judge their novelty; `scientist resume` goes on with them."""
    check_scientist(load_template(template), model)
    settings = read_config(config, ScientistConfig)
    record = ScientistRecord(
        **begun(settings),
        template=template,
        model=model,
        reviewer="learned:iclr2022",
        ideas=ideas,
        seed=seed,
        online=not offline_literature,
        lab=LabSettings(**settings.experiments.model_dump()),
        paper=PaperSettings(**settings.paper.model_dump()),
    )
    work(folder_of(out, template, model), record, budget=budget, until="novelty", as_json=as_json)


@scientist_command.command("run")
@_common
@click.option("--parallel", type=click.IntRange(1, 1000), default=1, show_default=True, help="Ideas at once.")
@options.PROCESSES
@options.PATIENCE
@click.option(
    "-r",
    "--reviewer",
    type=kinds.REVIEWER,
    default="learned:iclr2022",
    show_default=True,
    help="Any SPEC, see `bench --help`.",
)
@click.option("--editor", type=click.Choice(["builtin", "aider"]), default="builtin", show_default=True)
@click.option("--search", type=click.Choice(["linear", "tree"]), default="linear", show_default=True)
@click.option("--workers", type=click.IntRange(1, 16), default=1, show_default=True, help="Runs at once, in a tree.")
@click.option("--search-seconds", type=kinds.Number(min=1), help="That all experiments of an idea may take.")
@click.option("--preset", help="Of the template: cpu or paper [default: what the machine allows].")
@click.option("--runs", type=click.IntRange(min=1), default=5, show_default=True, help="Experiments per idea.")
@click.option("--seeds", type=click.IntRange(min=2), help="Of each run [default: as many as the template has].")
@click.option("--run-seconds", type=kinds.Number(min=1), default=7200, show_default=True)
@click.option("--sandbox", type=click.Choice(["auto", "bubblewrap", "limits"]), default="auto", show_default=True)
@click.option(
    "--style", type=click.Choice(list(PAGES)), default="single-column", show_default=True, help="Of the paper."
)
@click.option("--pages", type=click.IntRange(min=2), help="Before the references [default: 8, 12 or 4 by style].")
@click.option("--no-pdf", is_flag=True, help="End with the draft: no LaTeX is needed, and there is no review.")
@click.option("--ask", help="Wait for a person after: idea, plan, experiments, draft (with commas).")
@click.option("--skip-novelty", is_flag=True, help="Go on with ideas that are not new.")
@click.option("--dry-run", is_flag=True, help="Only say what looking at figures and pages will take; needs no key.")
def run_command(
    template: str,
    model: str,
    ideas: int,
    seed: int,
    out: Path | None,
    offline_literature: bool,
    config: Path | None,
    budget: float | None,
    as_json: bool,
    parallel: int,
    reviewer: str,
    editor: str,
    search: str,
    workers: int,
    search_seconds: float | None,
    preset: str | None,
    runs: int,
    seeds: int | None,
    run_seconds: float,
    sandbox: str,
    style: StyleName,
    pages: int | None,
    no_pdf: bool,
    ask: str | None,
    skip_novelty: bool,
    dry_run: bool,
    processes: int | None,
    patience: float,
) -> None:
    """From ideas to reviewed papers. A run that was stopped goes on with `scientist resume`.

    LaTeX, the template's packages and its baseline are looked for before a model is paid.
    """
    opened = load_template(template)
    check_scientist(opened, model)
    if not dry_run:
        check_tools(opened, pdf=not no_pdf)
    if workers > 1 and search != "tree":
        raise InputError(f"--workers {workers}: only --search tree has runs at once; --parallel has ideas at once")
    settings = read_config(config, ScientistConfig)
    record = ScientistRecord(
        **begun(settings),
        template=template,
        model=model,
        reviewer=reviewer,
        editor=editor,
        sandbox=sandbox,
        online=not offline_literature,
        ideas=ideas,
        seed=seed,
        lab=LabSettings(
            preset=preset,
            runs=runs,
            seeds=seeds,
            run_seconds=run_seconds,
            workers=workers,
            search_seconds=search_seconds,
            **settings.experiments.model_dump(),
        ),
        paper=PaperSettings(
            search=search,
            style=style,
            page_limit=pages or PAGES[style],
            novelty=not skip_novelty,
            ask=asked_about(ask),
            **settings.paper.model_dump(),
        ),
    )
    if dry_run:
        tell_dry_run(record, opened, pdf=not no_pdf, as_json=as_json)
        return
    work(
        folder_of(out, template, model),
        record,
        budget=budget,
        parallel=parallel,
        until="writeup" if no_pdf else None,
        as_json=as_json,
        crew=Crew(processes, patience) if processes else None,
    )


@scientist_command.command("resume")
@click.argument("run", type=kinds.RUN)
@click.option("--from", "stage", type=click.Choice(STAGES), help="Do this stage and all after it again.")
@click.option("--parallel", type=click.IntRange(1, 1000), default=1, show_default=True)
@options.PROCESSES
@options.PATIENCE
@click.option("--budget", type=kinds.Number(min=0), help="US dollars that all starts may cost.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def resume_command(
    run: Path,
    stage: str | None,
    parallel: int,
    processes: int | None,
    patience: float,
    budget: float | None,
    as_json: bool,
) -> None:
    """Go on with a RUN, or with one idea's folder of it."""
    only = run if (run / "state.json").exists() else None
    folder = run.parent if only else run
    record = ScientistRun.open(folder).record
    ideas = [only] if only else idea_folders(folder)
    redo = {idea: stage for idea in ideas if stage and (idea / "state.json").exists()}
    crew = Crew(processes, patience) if processes else None
    work(folder, record, budget=budget, parallel=parallel, as_json=as_json, redo=redo, crew=crew)


@scientist_command.command("audit")
@click.argument("paper", type=kinds.PATH)
@click.option("--results", type=kinds.PATH, help="What the experiment wrote; the kinds are in docs/scientist.md.")
@click.option("--references", is_flag=True, help="Look for the works of the bibliography in the literature too.")
@click.option("--offline-literature", is_flag=True, help="With --references: search the local index only.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def audit_command(paper: Path, results: Path | None, references: bool, offline_literature: bool, as_json: bool) -> None:
    """Trace every number, figure and citation of a paper; exit code 1 where anything does not trace.

    A file that the paper asks for and that cannot be read is reported, with exit code 1 too.

    PAPER is an idea's folder, a whole run, or a .tex or .pdf file with --results.
    """
    literature = literature_of(online=not offline_literature) if references else None
    if tell_audit(paper, results, literature=literature, as_json=as_json):
        raise click.exceptions.Exit(1)


for command in (write_command, page_command, new_template_command, setup_aider_command, *PEOPLE):
    scientist_command.add_command(command)
