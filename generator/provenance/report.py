"""An audit written out: as Markdown for people, as JSON for programs."""

from __future__ import annotations

from collections.abc import Sequence

from .records import Audit, Unsupported


def to_markdown(audit: Audit) -> str:
    """What was checked and what does not trace, as tables with the place and the nearest logged value."""
    lines = [f"# Provenance of {_cell(audit.paper)}", "", *_summary(audit)]
    if audit.problems:
        lines += ["", "## Not read", "", *(f"- {_cell(problem)}" for problem in audit.problems)]
    lines += _numbers("Numbers without origin", audit.unsupported)
    lines += _numbers("Set-up numbers that no setting has", audit.settings_unmatched)
    figures = [(f.path, f.status, f.where) for f in audit.figures if f.status != "made by a run"]
    lines += _table("Figures without origin", ("figure", "status", "where"), figures)
    citations = [(c.key, c.status, c.where) for c in audit.citations if c.status not in ("fetched record", "entry")]
    lines += _table("Citations without origin", ("key", "status", "where"), citations)
    if audit.notes:
        lines += ["", *(f"Note: {note}" for note in audit.notes)]
    return "\n".join(lines) + "\n"


def derivations_markdown(audit: Audit) -> str:
    """How each number that traces was traced, for a person to check."""
    rows = [(m.text, m.where, m.how, f"{m.chance:.1%}") for m in audit.matches]
    return "\n".join(_table("Derivations", ("number", "where", "how", "chance"), rows)).lstrip("\n") + "\n"


def to_json(audit: Audit) -> dict[str, object]:
    """The audit as a JSON object, with the shares and `ok`."""
    return audit.model_dump(mode="json")


def _summary(audit: Audit) -> list[str]:
    lines = [f"- numbers: {audit.supported} of {audit.numbers_checked} trace to a logged value"]
    if audit.settings_checked:
        matched = audit.settings_checked - len(audit.settings_unmatched)
        lines.append(f"- set-up: {matched} of {audit.settings_checked} are settings of the experiment")
    for name, items, share in (
        ("figures", audit.figures, audit.figure_share),
        ("citations", audit.citations, audit.citation_share),
    ):
        if share is not None:
            lines.append(f"- {name}: {round(share * len(items))} of {len(items)} trace")
    if audit.citations and any(citation.status == "entry" for citation in audit.citations):
        lines.append("- citations were held against the bibliography only: no list of fetched works")
    exempt = ", ".join(f"{count} {reason}" for reason, count in sorted(audit.exempt.items()))
    return [*lines, f"- not checked: {exempt}"] if exempt else lines


def _numbers(title: str, numbers: Sequence[Unsupported]) -> list[str]:
    rows = [
        (n.text, n.where, n.section, f"{n.nearest.value:.6g} ({n.nearest.name})" if n.nearest else "none", n.context)
        for n in numbers
    ]
    return _table(title, ("number", "where", "section", "nearest logged value", "context"), rows)


def _table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    if not rows:
        return []
    lines = ["", f"## {title}", "", f"| {' | '.join(heads)} |", "|" + " --- |" * len(heads)]
    return [*lines, *(f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows)]


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
