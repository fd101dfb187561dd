"""The audit as tables, audit.json and a self-contained audit.html with a diff view of a few papers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ...data.dataset import Dataset
from ...data.files import make_folder, write_atomic, write_json
from ...presentation.cell import NONE, Cell
from ...presentation.drawing import encoded
from ...presentation.numbers import number, show, show_p
from ...presentation.pages import embedded, render
from ...presentation.table import Table
from ...reviewer.scrub import scrub
from ..plots_summary import leaks
from .records import AuditSummary, SignSearch

TEMPLATES = Path(__file__).parents[1] / "templates"
EXAMPLES = 2
"""Papers of either decision that the diff view shows."""
CONTEXT = 160
"""Characters of kept text shown around what was removed."""


@dataclass(frozen=True)
class Piece:
    """A run of characters of a paper, kept (rule empty) or removed; `omitted` stands for kept text not shown."""

    text: str
    rule: str = ""
    omitted: bool = False


MOST_SIGNS = 12
"""Signs of a form of the text that a table shows."""


def audit_tables(summary: AuditSummary) -> list[Table]:
    """The probes, the signs that were hunted down, and what scrubbing removes."""
    signs = [signs_table(form, hunt) for form, hunt in summary.hunts.items()]
    return [_probes_table(summary), *signs, _removed_table(summary)]


def _probes_table(summary: AuditSummary) -> Table:
    heads: tuple[str, ...] = ("Probe", "Kind")
    for form in ("Raw", "Scrubbed"):
        heads += (f"{form}: bal acc", f"{form}: AUC", f"{form}: rating-matched AUC", "p", form)
    rows = tuple(
        (
            probe.name,
            probe.kind,
            *(
                cell
                for f in (probe.raw, probe.scrubbed)
                for cell in (
                    show(f.balanced_accuracy),
                    show(f.auc),
                    show(f.matched.auc),
                    show_p(f.matched.p_value),
                    _toned(f.verdict),
                )
            ),
        )
        for probe in summary.probes
    )
    return Table(f"Leak audit: {summary.dataset}", heads, rows, _rule(summary)).compact()


def _toned(verdict: str) -> Cell:
    return Cell(verdict, tone="alarm" if verdict == "leak" else "note" if verdict == "suspect" else "")


def _rule(summary: AuditSummary) -> str:
    limits = {probe.kind: probe.limit for probe in summary.probes}
    bounds = (
        f"Fitted on: {summary.fitted_on}; n={summary.n}, {summary.accepted} accepted. "
        "Beyond its bounds: the 95% interval lies above "
        f"{number(limits['artefact'], 2)} balanced accuracy (artefact), {number(limits['length'], 2)} AUC (length), "
        f"{number(limits['content'])} AUC (content: what two human reviewers reach against two others, where known). "
    )
    if summary.unmatched:
        return f"{bounds}That alone makes a leak here, since there is no rating-matched AUC: {summary.unmatched}."
    papers = summary.probes[0].raw.matched
    matched = f"n={papers.auc.n if papers.auc else 0}, {papers.pairs} pairs"
    return (
        f"{bounds}Rating-matched AUC ({matched}): accepted against rejected papers of equal mean rating, where a leak "
        "of the outcome keeps its power and a reading of quality has little left. Leak: beyond its bounds and above .5 "
        "there (p < .05), or above .5 there after Holm's correction over the probes. Suspect: one without the other."
    )


def signs_table(form: str, hunt: SignSearch) -> Table:
    """The signs found in one form of the text, with an example of each; what was searched, where there is none."""
    title = f"Signs hunted down: {form} text"
    if hunt.reason:
        return Table(title, ("Sign", "Papers"), (("not hunted", NONE),), f"{hunt.reason}.")
    heads = ("Sign", "Kind", "Example", "Papers", "Accepted, found on", "Accepted, confirmed on", "p (Holm)",
             "Bal acc", "Rating-matched AUC", "p", "Beside a cut by", "Verdict")  # fmt: skip
    rows = tuple(
        (
            repr(sign.pattern) if sign.example else sign.pattern,
            sign.family,
            sign.example or NONE,
            str(sign.papers),
            f"{sign.fitted_accepted}/{sign.fitted}",
            f"{sign.tested_accepted}/{sign.tested}",
            show_p(sign.p_holm),
            show(sign.balanced_accuracy),
            show(sign.matched.auc),
            show_p(sign.matched.p_value),
            sign.beside_cut or NONE,
            _toned(sign.verdict),
        )
        for sign in hunt.signs[:MOST_SIGNS]
    )
    note = (
        f"{hunt.searched:,} signs that 20 papers or more bear were searched, {hunt.tried} tried on papers that they "
        "were not found on (Fisher's exact test, Holm's correction over these). "
    )
    if not rows:
        return Table(title, ("Sign", "Papers"), (("none", NONE),), note.strip())
    left = len(hunt.signs) - len(rows)
    return Table(title, heads, rows, note + (f"{left} more are in audit.json. " if left else "") + SIGNS).compact()


SIGNS = (
    '"a", "A", "0" stand for any lower-case letters, capitals, digits in a letter-blind sign, ↵ for a line break. '
    "Leak: above .5 among papers of equal mean rating too (p < .05), or nothing to match; suspect: not."
)


def _removed_table(summary: AuditSummary) -> Table:
    kept = ("kept", f"{summary.kept_accepted:.1%}", f"{summary.kept_rejected:.1%}", "", "")
    removed = tuple(
        (r.rule, f"{r.share_accepted:.2%}", f"{r.share_rejected:.2%}", str(r.papers_accepted), str(r.papers_rejected))
        for r in summary.removed
    )
    columns = ("Rule", "Share, accepted", "Share, rejected", "Papers, accepted", "Papers, rejected")
    return Table("What scrubbing keeps and removes (shares of characters)", columns, (kept, *removed))


def write_audit(dataset: Dataset, summary: AuditSummary, folder: Path) -> Path:
    """Write audit.json, audit.html and the figure into the folder; returns the page's path."""
    make_folder(folder)
    write_json(folder / "audit.json", summary.model_dump(mode="json"))
    page = render(
        TEMPLATES,
        "audit.html.j2",
        title=f"Leak audit: {summary.dataset}",
        summary=summary,
        card=dataset.card,
        tables=audit_tables(summary),
        figure=embedded(encoded(leaks(summary), "svg")),
        papers=_examples(dataset),
    )
    write_atomic(folder / "audit.html", page)
    return folder / "audit.html"


def _examples(dataset: Dataset) -> list[dict[str, object]]:
    """The first papers of either decision, as pieces; none without texts."""
    if not dataset.card.has_texts:
        return []
    chosen: list[dict[str, object]] = []
    for accepted in (True, False):
        same = [p for p, j in zip(dataset.papers, dataset.judgements, strict=True) if j.accepted is accepted]
        decision = "accepted" if accepted else "rejected"
        chosen += [{"id": p.id, "title": p.title, "decision": decision, **_diff(p.text)} for p in same[:EXAMPLES]]
    return chosen


def _diff(text: str) -> dict[str, object]:
    scrubbed = scrub(text)
    pieces: list[Piece] = []
    position = 0
    for span in scrubbed.removed:
        pieces += _kept(text[position : span.start], first=position == 0)
        pieces.append(Piece(_shortened(text[span.start : span.end]), span.rule))
        position = span.end
    pieces += _kept(text[position:], first=position == 0)
    return {"pieces": pieces, "kept": scrubbed.kept_share}


def _kept(text: str, *, first: bool) -> list[Piece]:
    if len(text) <= 2 * CONTEXT:
        return [Piece(text)] if text else []
    head = [] if first else [Piece(text[:CONTEXT])]
    return [*head, Piece(f" [{len(text) - 2 * CONTEXT:,} characters kept] ", omitted=True), Piece(text[-CONTEXT:])]


def _shortened(text: str, most: int = 1200) -> str:
    return text if len(text) <= most else f"{text[: most // 2]} [{len(text) - most:,} more] {text[-most // 2 :]}"
