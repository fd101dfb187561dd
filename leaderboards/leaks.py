"""The public table of leak verdicts: rows of `data audit --row`, as a table, a page of the site and docs/leaks.md."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..bench.audit.records import Finding
from ..bench.audit.rows import LEAKS, LeakForm, LeakRow, read_row
from ..data.errors import InputError, printable
from ..presentation.cell import NONE, Cell
from ..presentation.formats import markdown
from ..presentation.numbers import show, show_p
from ..presentation.table import Table
from .boards import Refused

TITLE = "Leak verdicts"
LEAD = (
    "Does anything but the science tell the human decision? A row for each dataset and form of its texts: raw, and "
    "scrubbed, as a bench uses them. Shown is the gravest finding of the audit, or the strongest probe where nothing "
    "leaks, with 95% intervals, on as many papers as stand beside. Among papers of equal mean human rating a leak of "
    "the outcome keeps its power, and a reading of quality has little left. The documentation of datasets says what a "
    "verdict rests on."
)


def read_rows(folders: Sequence[Path]) -> tuple[tuple[LeakRow, ...], tuple[Refused, ...]]:
    """The rows in the folders of results, human labels first, by name; of one dataset that of the first folder.

    What is no row is refused, with the reason.
    """
    rows: dict[str, LeakRow] = {}
    refused: list[Refused] = []
    for path in (path for folder in folders for path in sorted((folder / LEAKS).glob("*"))):
        try:
            row = read_row(path)
        except InputError as error:
            refused.append(Refused(path, printable(str(error).removeprefix(f"{path}: "))))
            continue
        rows.setdefault(row.dataset, row)
    return tuple(sorted(rows.values(), key=lambda row: (row.labels != "human", row.dataset))), tuple(refused)


def verdicts_table(rows: Sequence[LeakRow]) -> Table:
    """Two rows for each dataset: what leaks from its raw and from its scrubbed texts."""
    heads = ("Dataset", "Papers", "Accepted", "Text version", "Form", "Verdict", "Findings", "Gravest or strongest",
             "Bal acc", "AUC", "AUC at equal rating", "p")  # fmt: skip
    lines = tuple(
        _line(row, name, form) for row in rows for name, form in (("raw", row.raw), ("scrubbed", row.scrubbed))
    )
    return Table(TITLE, heads, lines)


def _line(row: LeakRow, name: str, form: LeakForm) -> tuple[str, ...]:
    found = form.gravest
    matched = found.matched
    return (
        row.dataset,
        f"{row.n:,}" if row.n == row.papers else f"{row.n:,} of {row.papers:,}",
        show(row.base_rate),
        row.text_version,
        name,
        Cell(form.verdict, tone="alarm" if form.verdict == "leak" else "note" if form.verdict == "suspect" else ""),
        str(form.findings),
        _named(found),
        show(found.balanced_accuracy),
        show(found.auc),
        f"{show(matched.auc)} (n={matched.auc.n:,})" if matched.auc else NONE,
        show_p(matched.p_value),
    )


def _named(found: Finding) -> str:
    return found.name if found.verdict in ("leak", "suspect") else f"{found.name} ({found.verdict})"


def makings_table(rows: Sequence[LeakRow]) -> Table:
    """How each row was made."""
    heads = ("Dataset", "Title", "Labels", "Source", "Fitted on", "Hash", "Audit", "peerassay", "Made", "Command")
    lines = tuple(
        (row.dataset, row.title or NONE, row.labels, row.source or NONE, row.fitted_on, row.hash[:12], row.audit,
         row.version, row.made.isoformat(), row.command)
        for row in rows
    )  # fmt: skip
    return Table("How they were made", heads, lines)


def notes_on(rows: Sequence[LeakRow]) -> list[str]:
    """What a reader of the table has to know of single rows."""
    notes = [f"{row.dataset}: {row.sample}" for row in rows if row.sample]
    made = [row.dataset for row in rows if row.labels == "constructed"]
    if made:
        notes.append(f"{', '.join(made)}: the labels are constructed (sound against flawed), not human decisions.")
    unmatched = [row.dataset for row in rows if row.raw.gravest.matched.auc is None]
    if unmatched:
        notes.append(
            f"{', '.join(unmatched)}: no figure at equal rating (no ratings, or too few papers that share one): the "
            "verdict rests on the bounds alone."
        )
    return notes


def document(rows: Sequence[LeakRow]) -> str:
    """The page docs/leaks.md."""
    notes = "".join(f"- {note}\n" for note in notes_on(rows))
    return (
        f"# {TITLE}\n\nMade by `peerassay data leaks --out docs/leaks.md`; the rows by `make leaks`.\n\n{LEAD}\n\n"
        f"{_bare(verdicts_table(rows))}\n{notes}\n## How they were made\n\n{_bare(makings_table(rows))}\n"
        "A row of your own: `peerassay data audit NAME --row FILE.json`; `--row DIR` puts it into a folder of results, "
        "from where `leaderboard build --results DIR` and `data leaks --results DIR` take it.\n"
    )


def _bare(table: Table) -> str:
    """The table in Markdown without its title."""
    return markdown(table).partition("\n\n")[2]
