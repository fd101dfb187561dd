"""An audit as tables: what was checked, and what does not trace, with its place and the nearest logged value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...presentation.cell import NONE
from ...presentation.table import Table, listed
from .records import Audit, CitationCheck, FigureCheck, Unsupported


def audit_tables(audit: Audit) -> Iterator[Table]:
    """What was checked, and a table for each kind of what does not trace."""
    yield Table(
        f"Provenance of {audit.paper}", ("", ""), tuple(_checked(audit)), "\n".join(f"Note: {n}" for n in audit.notes)
    )
    if audit.problems:
        yield listed("Not read", [("•", problem) for problem in audit.problems])
    yield from _numbers("Numbers without origin", audit.unsupported)
    if audit.contradicted:
        words = tuple((c.word, c.reason, c.where, c.section or NONE, c.context) for c in audit.contradicted)
        heads = ("Word", "Means", "Where", "Section", "Context")
        yield Table("Words that the results contradict", heads, words).compact()
    yield from _numbers("Set-up numbers that no setting has", audit.settings_unmatched)
    other = tuple(
        (m.what, m.stated, m.status, m.found, m.where, m.context) for m in audit.method if m.status != "agrees"
    )
    if other:
        heads = ("What", "Stated", "Status", "In the code", "Where", "Context")
        yield Table("Method that the code does not bear out", heads, other).compact()
    yield from _checks("Figures without origin", "Figure", [(f.path, f) for f in audit.figures if not f.traced])
    yield from _checks("Citations without origin", "Key", [(c.key, c) for c in audit.citations if not c.traced])
    if missing := [reference for reference in audit.references if reference.status != "found"]:
        rows = tuple((r.key, r.status, r.found or NONE, r.line) for r in missing)
        yield Table(
            "References that the literature does not bear out", ("Key", "Status", "Found", "Listed"), rows
        ).compact()


def _checked(audit: Audit) -> Iterator[tuple[str, str]]:
    yield "numbers", f"{audit.supported} of {audit.numbers_checked} trace to a logged value"
    if audit.settings_checked:
        matched = audit.settings_checked - len(audit.settings_unmatched)
        yield "set-up", f"{matched} of {audit.settings_checked} are settings of the experiment"
    if audit.claims_checked:
        borne = audit.claims_checked - len(audit.contradicted)
        yield "words of direction", f"{borne} of {audit.claims_checked} agree with the means"
    if audit.method:
        agree = sum(check.status == "agrees" for check in audit.method)
        yield "method", f"{agree} of {len(audit.method)} settings and data sets stated are in the code"
    if audit.figures:
        yield "figures", f"{sum(f.traced for f in audit.figures)} of {len(audit.figures)} trace"
    if audit.citations:
        unfetched = any(citation.status == "entry" for citation in audit.citations)
        held = "; held against the bibliography only: no list of fetched works" if unfetched else ""
        yield "citations", f"{sum(c.traced for c in audit.citations)} of {len(audit.citations)} trace{held}"
    if audit.references:
        there = sum(reference.status == "found" for reference in audit.references)
        yield "references", f"{there} of {len(audit.references)} found in the literature with author and year"
    if audit.exempt:
        yield "not checked", ", ".join(f"{count} {reason}" for reason, count in sorted(audit.exempt.items()))


def _numbers(title: str, numbers: Sequence[Unsupported]) -> Iterator[Table]:
    heads = ("Number", "Why", "Nearest logged", "Its name", "Where", "Section", "Context")
    rows = tuple((n.text, _why(n), *_nearest(n), n.where, n.section or NONE, n.context) for n in numbers)
    if rows:
        yield Table(title, heads, rows).compact()


def _why(number: Unsupported) -> str:
    return f"{number.reason}; looked for among {number.looked_for}" if number.looked_for else number.reason


def _nearest(number: Unsupported) -> tuple[str, str]:
    nearest = number.nearest
    return (f"{nearest.value:.6g}", nearest.name) if nearest else (NONE, NONE)


def _checks(title: str, head: str, found: Sequence[tuple[str, FigureCheck | CitationCheck]]) -> Iterator[Table]:
    if found:
        yield Table(title, (head, "Status", "Where"), tuple((name, check.status, check.where) for name, check in found))
