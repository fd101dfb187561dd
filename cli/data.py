"""`peerassay data`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click
from rich.text import Text

from ..data.dataset import Dataset
from ..data.errors import InputError, unknown
from ..data.records import DatasetCard
from ..data.registry import (
    check_classes,
    data_home,
    list_names,
    load_card,
    load_dataset,
    plain_name,
    save_dataset,
    unknown_dataset,
)
from ..presentation.cell import NONE
from ..presentation.table import Table
from ..presentation.terminal import print_tables
from ..statistics.estimate import finite
from .ladder import make_ladder_command
from .options import AS_JSON
from .output import log, print_json, progress_bars, working


@click.group("data")
def data_command() -> None:
    """Datasets: list, info, import, pull, audit, make-ladder."""


data_command.add_command(make_ladder_command)


@data_command.command("list")
@AS_JSON
def list_command(as_json: bool) -> None:
    """The datasets that are here."""
    cards: list[DatasetCard] = []
    for name in list_names():
        try:
            cards.append(load_card(name))
        except InputError as error:
            log().print(Text(f"left out: {error}", style="yellow"))
    if as_json:
        print_json([card.model_dump(mode="json") for card in cards])
        return
    rows = tuple(
        (c.name, str(c.papers), NONE if c.labels == "undecided" else f"{c.base_rate:.1%}", c.labels, c.text_version,
         ", ".join(f"{split} {n}" for split, n in c.splits.items()))
        for c in cards
    )  # fmt: skip
    note = f"Imported and pulled datasets live in {data_home()} (PEERASSAY_DATA)."
    print_tables([Table("Datasets", ("Name", "Papers", "Accepted", "Labels", "Text version", "Splits"), rows, note)])


@data_command.command("info")
@click.argument("name")
@AS_JSON
def info_command(name: str, as_json: bool) -> None:
    """The card of a dataset: source, licence, revision, hash, base rate, scale, text version."""
    card = load_dataset(name).card if Path(name).exists() else load_card_or_fail(name)
    if as_json:
        print_json({**card.model_dump(mode="json"), "base_rate": finite(card.base_rate)})
        return
    print_tables([_card_table(card)])
    for note in card.notes:
        log().print(Text(f"note: {note}"))


def load_card_or_fail(name: str) -> DatasetCard:
    """The card of a dataset that is here. Raises InputError with near matches for any other name."""
    if name not in list_names():
        raise unknown_dataset(name, f"looked in {data_home()}")
    return load_card(name)


def _card_table(card: DatasetCard) -> Table:
    undecided = card.labels == "undecided"
    rows = {
        "title": card.title,
        "source": card.source,
        "licence": card.licence,
        "revision": card.revision,
        "labels": card.labels,
        "text version": card.text_version,
        "papers": str(card.papers),
        "base rate": "" if undecided else f"{card.base_rate:.3f} ({card.accepted} accepted)",
        "splits": _counts(card.splits),
        "tiers": _counts(card.tiers),
        "rating scale": ", ".join(f"{value:g}" for value in card.scale),
        "left out": _counts(card.excluded),
        "hash": card.hash,
    }
    return Table(card.name, ("Field", "Value"), tuple((key, value or "–") for key, value in rows.items()))


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{key} {n}" for key, n in counts.items())


@data_command.command("import")
@click.argument("name")
@click.argument("path")
@click.option("--map", "mapped", multiple=True, metavar="FIELD=COLUMN", help="Our field is called COLUMN there.")
@click.option(
    "--texts",
    type=click.Path(path_type=Path),
    help="Where the texts of a table's papers are, as ID.txt (.md, .tex, .pdf).",
)
@click.option("--hf", "huggingface", is_flag=True, help="PATH is for the Hugging Face `datasets` library.")
@click.option("--hf-split", multiple=True, help="With --hf: a split to read (again, or a,b for more), or all.")
@click.option("--hf-config", help="With --hf: the configuration.")
@click.option("--title", help="For the card.")
@click.option("--source", help="For the card.")
@click.option("--licence", help="For the card.")
@click.option("--text-version", type=click.Choice(["submission", "camera-ready", "latest", "unknown"]))
@click.option(
    "--undecided", is_flag=True, help="Papers without decisions, for `bench --seal` alone: a table, a folder."
)
@click.option("--overwrite", is_flag=True, help="Replace a dataset of this name.")
@AS_JSON
def import_command(
    name: str,
    path: str,
    mapped: tuple[str, ...],
    texts: Path | None,
    huggingface: bool,
    hf_split: tuple[str, ...],
    hf_config: str | None,
    undecided: bool,
    overwrite: bool,
    as_json: bool,
    **described: str | None,
) -> None:
    """Import a dataset under NAME from PATH.

    PATH is a folder of texts with its table of decisions (as the AI-Scientist release has it), a .csv, .tsv, .json or
    .jsonl table, or, with --hf, anything that the Hugging Face library reads (`hf:OWNER/NAME` for the hub, .parquet,
    .arrow, a folder); of several splits --hf-split takes some or all. With --undecided it is a table without decisions
    or a folder of papers.
    """
    from ..data.importers.columns import read_mapping
    from ..data.importing import import_dataset
    from ..data.papers.load import FEWEST_WORDS, shortness

    with working(f"reading {path}"):
        given = {key: value for key, value in described.items() if value is not None}
        dataset = import_dataset(
            name,
            path,
            columns=read_mapping(mapped),
            texts=texts,
            huggingface=huggingface,
            split=hf_split,
            config=hf_config,
            undecided=undecided,
            overwrite=overwrite,
            described=given,
        )
        short = [paper.id for paper in dataset.papers if shortness(paper.text)]
    if short:
        some = ", ".join(short[:5]) + (", ..." if len(short) > 5 else "")
        log().print(Text(f"{len(short)} papers have fewer than {FEWEST_WORDS} words ({some})", style="yellow"))
    _tell_saved(dataset.card, data_home() / name, as_json)


def _tell_saved(card: DatasetCard, folder: Path, as_json: bool) -> None:
    if as_json:
        print_json({"folder": str(folder), **card.model_dump(mode="json")})
        return
    print_tables([_card_table(card)])
    sealed = f"bench --seal -d {card.name} -r SPEC" if card.labels == "undecided" else f"data audit {card.name}"
    log().print(Text(f"saved: {folder}\nnext: peerassay {sealed}"))


@data_command.command("pull")
@click.argument("name")
@click.option("--limit", type=click.IntRange(min=2), help="At most this many papers, both classes in proportion.")
@click.option("--pdfs/--no-pdfs", default=True, show_default=True, help="Get the PDFs; else title and abstract.")
@click.option("--max-wait", type=float, default=4.0, show_default=True, help="Hours to wait for rate limits at most.")
@click.option("--base-url", help="Another OpenReview server.")
@click.option("--overwrite", is_flag=True, help="Replace a dataset of this name.")
@AS_JSON
def pull_command(
    name: str, limit: int | None, pdfs: bool, max_wait: float, base_url: str | None, overwrite: bool, as_json: bool
) -> None:
    """Get a year of ICLR from OpenReview, as in `pull iclr2024`; or `pull hf:OWNER/NAME` from the Hugging Face hub.

    OpenReview needs an account: OPENREVIEW_USERNAME and OPENREVIEW_PASSWORD, or OPENREVIEW_TOKEN. A pull that was
    stopped, or told to wait, goes on when it is started again.
    """
    from ..data.importers.huggingface import HUB, import_huggingface
    from ..data.importers.openreview import pull

    if name.startswith(HUB):
        dataset = import_huggingface(plain_name(name.rpartition("/")[2]), name)
    else:
        year = name.removeprefix("iclr")
        if not (name.startswith("iclr") and year.isdigit()):
            raise InputError(f"cannot pull {name!r}: expected iclrYEAR, such as iclr2024, or hf:OWNER/NAME")
        with progress_bars() as bars:
            task = bars.add_task(name, total=None)
            dataset = pull(
                int(year),
                data_home() / ".pulls" / name,
                base_url=base_url,
                pdfs=pdfs,
                limit=limit,
                max_wait=max_wait * 3600,
                progress=lambda done, total, what: bars.update(task, completed=done, total=total, description=what),
            )
    check_classes(dataset.card)
    _tell_saved(dataset.card, save_dataset(dataset, overwrite=overwrite), as_json)


@data_command.command("audit")
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
