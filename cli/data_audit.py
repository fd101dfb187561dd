"""`peerassay data audit` and `data leaks`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click
from rich.text import Text

from ..data.dataset import Dataset
from ..data.errors import InputError, unknown
from ..data.files import write_atomic
from ..data.registry import load_dataset
from ..presentation.terminal import print_tables
from . import kinds
from .options import AS_JSON
from .output import log, print_json, tell_notes, working


@click.command("audit")
@click.argument("source", type=kinds.DATASET, metavar="NAME|PATH")
@click.option("--raw", is_flag=True, help="Judge the raw text: what a bench with --raw would use.")
@click.option("--out", type=kinds.PATH, help="Folder of the report [default: audits/NAME].")
@click.option("--diff", "paper_id", metavar="PAPER", help="Show what scrubbing removes from one paper, and stop.")
@click.option(
    "--row",
    type=kinds.PATH,
    help="Write the row for the table of leak verdicts: to a .json file, or into a folder of results.",
)
@AS_JSON
def audit_command(
    source: str, raw: bool, out: Path | None, paper_id: str | None, row: Path | None, as_json: bool
) -> None:
    """Find what tells the decision without being the science, in the raw and in the scrubbed text.

    Exit code 1 where a leak is found in the text that a bench would use.
    """
    from ..bench.audit.leaks import stored_audit
    from ..bench.audit.report import audit_tables, write_audit
    from ..bench.audit.rows import leak_row, write_row

    with working(f"reading {source}"):
        dataset = load_dataset(source)
    if paper_id is not None:
        _show_diff(dataset, paper_id, as_json)
        return
    with working("auditing") as tell:
        summary = stored_audit(dataset, progress=tell).on("raw" if raw else "scrubbed")
        report = write_audit(dataset, summary, out or Path("audits") / dataset.card.name)
    if row is not None:
        made = leak_row(dataset, summary, f"peerassay data audit {dataset.card.name}")
        log().print(Text(f"row: {write_row(made, row)}"))
    if as_json:
        print_json({**summary.model_dump(mode="json"), "report": str(report)})
    else:
        print_tables(audit_tables(summary))
        log().print(Text(f"verdict on {summary.in_words}\nreport: {report}", style="bold"))
    if summary.verdict == "leak":
        raise click.exceptions.Exit(1)


@click.command("leaks")
@click.option("--results", multiple=True, type=kinds.PATH, help="A folder of results; several times.")
@click.option("--out", type=kinds.FileOrFolder(".md"), help="Write the page, in Markdown.")
@AS_JSON
def leaks_command(results: tuple[Path, ...], out: Path | None, as_json: bool) -> None:
    """The public table of leak verdicts: what the audits of datasets found, made by `data audit NAME --row DIR`."""
    from ..leaderboards.leaks import document, makings_table, notes_on, read_rows, verdicts_table
    from ..leaderboards.places import results_to_read

    rows, refused = read_rows(results_to_read(results))
    for one in refused:
        log().print(Text(f"refused: {one.path}: {one.reason}", style="yellow"))
    if not rows:
        raise InputError("no rows of leak verdicts there; make one by `peerassay data audit NAME --row DIR`")
    if out is not None:
        write_atomic(out, document(rows))
        log().print(Text(f"written: {out}"))
    if as_json:
        print_json([row.model_dump(mode="json") for row in rows])
    elif out is None:
        print_tables([verdicts_table(rows), makings_table(rows)])
        tell_notes(notes_on(rows))
    if refused:
        raise click.exceptions.Exit(3)


def _show_diff(dataset: Dataset, paper_id: str, as_json: bool) -> None:
    from rich.console import Console

    from ..reviewer.scrub import scrub

    dataset.require_texts("--diff")
    texts = {paper.id: paper.text for paper in dataset.papers}
    if paper_id not in texts:
        raise unknown("paper", paper_id, texts)
    scrubbed = scrub(texts[paper_id])
    if as_json:
        print_json({"paper": paper_id, "kept": scrubbed.kept_share, "removed": [asdict(r) for r in scrubbed.removed]})
        return
    shown = Text(scrubbed.original)
    for span in scrubbed.removed:
        shown.stylize("strike red", span.start, span.end)
    Console(highlight=False, soft_wrap=True).print(shown)
    console = log()
    console.print(Text(f"kept {scrubbed.kept_share:.1%} of the characters; removed:"))
    for rule, share in scrubbed.removed_shares().items():
        console.print(Text(f"  {rule}: {share:.2%}"))
