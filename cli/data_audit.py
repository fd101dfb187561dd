"""`peerassay data audit`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click
from rich.text import Text

from ..data.dataset import Dataset
from ..data.errors import unknown
from ..data.registry import load_dataset
from ..presentation.terminal import print_tables
from .options import AS_JSON
from .output import log, print_json, working


@click.command("audit")
@click.argument("source", metavar="NAME|PATH")
@click.option("--raw", is_flag=True, help="Judge the raw text: what a bench with --raw would use.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the report [default: audits/NAME].")
@click.option("--diff", "paper_id", metavar="PAPER", help="Show what scrubbing removes from one paper, and stop.")
@AS_JSON
def audit_command(source: str, raw: bool, out: Path | None, paper_id: str | None, as_json: bool) -> None:
    """Find what tells the decision without being the science, in the raw and in the scrubbed text.

    Exit code 1 where a leak is found in the text that a bench would use.
    """
    from ..bench.audit.leaks import stored_audit
    from ..bench.audit.report import audit_tables, write_audit

    with working(f"reading {source}"):
        dataset = load_dataset(source)
    if paper_id is not None:
        _show_diff(dataset, paper_id, as_json)
        return
    with working("auditing") as tell:
        summary = stored_audit(dataset, progress=tell).on("raw" if raw else "scrubbed")
        report = write_audit(dataset, summary, out or Path("audits") / dataset.card.name)
    if as_json:
        print_json({**summary.model_dump(mode="json"), "report": str(report)})
    else:
        print_tables(audit_tables(summary))
        log().print(Text(f"verdict on {summary.in_words}\nreport: {report}", style="bold"))
    if summary.verdict == "leak":
        raise click.exceptions.Exit(1)


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
