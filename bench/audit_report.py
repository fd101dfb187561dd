"""The audit as tables, audit.json and a self-contained audit.html with a diff view of a few papers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..data.dataset import Dataset
from ..data.files import make_folder, write_atomic, write_json
from ..reviewer.scrub import scrub
from .audit import AuditSummary
from .pages import embedded, render
from .plots_summary import leaks
from .table import Table, number, show

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


def audit_tables(summary: AuditSummary) -> list[Table]:
    """The probes, and what scrubbing removes."""
    probes = tuple(
        (
            probe.name,
            probe.kind,
            *(
                cell
                for f in (probe.raw, probe.scrubbed)
                for cell in (show(f.balanced_accuracy), show(f.auc), f.verdict)
            ),
        )
        for probe in summary.probes
    )
    heads = ("Probe", "Kind", "Raw: bal acc", "Raw: AUC", "Raw", "Scrubbed: bal acc", "Scrubbed: AUC", "Scrubbed")
    limits = {probe.kind: probe.limit for probe in summary.probes}
    note = (
        f"Fitted on: {summary.fitted_on}; n={summary.n}, {summary.accepted} accepted. "
        "A leak: the 95% interval lies above "
        f"{number(limits['artefact'], 2)} balanced accuracy (artefact), {number(limits['length'], 2)} AUC (length), "
        f"{number(limits['content'])} AUC (content: what two human reviewers reach against two others, where known)."
    )
    kept = ("kept", f"{summary.kept_accepted:.1%}", f"{summary.kept_rejected:.1%}", "", "")
    removed = tuple(
        (r.rule, f"{r.share_accepted:.2%}", f"{r.share_rejected:.2%}", str(r.papers_accepted), str(r.papers_rejected))
        for r in summary.removed
    )
    columns = ("Rule", "Share, accepted", "Share, rejected", "Papers, accepted", "Papers, rejected")
    return [
        Table(f"Leak audit: {summary.dataset}", heads, probes, note),
        Table("What scrubbing keeps and removes (shares of characters)", columns, (kept, *removed)),
    ]


def write_audit(dataset: Dataset, summary: AuditSummary, folder: Path) -> Path:
    """Write audit.json, audit.html and the figure into the folder; returns the page's path."""
    make_folder(folder)
    write_json(folder / "audit.json", summary.model_dump(mode="json"))
    page = render(
        "audit.html.j2",
        title=f"Leak audit: {summary.dataset}",
        summary=summary,
        card=dataset.card,
        tables=audit_tables(summary),
        figure=embedded(leaks(summary)),
        papers=_examples(dataset),
    )
    write_atomic(folder / "audit.html", page)
    return folder / "audit.html"


def _examples(dataset: Dataset) -> list[dict[str, object]]:
    """The first papers of either decision, as pieces."""
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
