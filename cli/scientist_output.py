"""What `peerassay scientist` prints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..data.errors import InputError
from ..data.files import read_json
from ..generator.batch import idea_folders, latest_review, read_audit
from ..generator.provenance.audit import audit_paper
from ..generator.provenance.records import Audit, to_markdown
from ..generator.state import State
from ..presentation.numbers import NONE
from ..presentation.table import Table
from .output import print_json


def batch_document(folder: Path, usd: float | None) -> dict[str, Any]:
    """A run as one document: what all its calls have cost (None: a price is unknown), and each idea's state, review
    and audit."""
    return {"run": str(folder), "usd": usd, "ideas": [_idea_document(idea) for idea in idea_folders(folder)]}


def _idea_document(folder: Path) -> dict[str, Any]:
    idea, review, audit = folder / "idea.json", latest_review(folder), read_audit(folder)
    paper = folder / "paper.pdf"
    return {
        "folder": str(folder),
        "idea": read_json(idea) if idea.exists() else None,
        "state": State.read(folder).model_dump(mode="json"),
        "paper": str(paper) if paper.exists() else None,
        "review": review.model_dump(mode="json") if review else None,
        "audit": audit.model_dump(mode="json", exclude={"matches"}) if audit else None,
    }


def batch_table(folder: Path, usd: float | None) -> Table:
    """One row per idea; `usd` is what all calls of all starts have cost, which the rows do not add up to.

    None: the price of one is unknown, and so is what an idea has cost.
    """
    heads = ("Idea", "Stage", "Score", "P(accept)", "Numbers that trace", "US$", "Seconds")
    rows = tuple(_row(idea, priced=usd is not None) for idea in idea_folders(folder))
    notes = [f"{idea.name}: {_trouble(idea)}" for idea in idea_folders(folder) if _trouble(idea)]
    if usd is None:
        notes.append("All calls of all starts: price unknown, see calls.jsonl.")
    elif usd:
        notes.append(f"All calls of all starts: US$ {usd:.2f}, see calls.jsonl.")
    return Table(str(folder), heads, rows, "\n".join(notes))


def _row(folder: Path, *, priced: bool) -> tuple[str, ...]:
    state, review, audit = State.read(folder), latest_review(folder), read_audit(folder)
    idea = folder / "idea.json"
    stages = state.stages.values()
    usd = (
        None if not priced or any(stage.usd is None for stage in stages) else sum(stage.usd or 0.0 for stage in stages)
    )
    return (
        f"{folder.name} {read_json(idea)['title'] if idea.exists() else ''}".strip(),
        next((f"{n}: {s.status}" for n, s in state.stages.items() if s.status != "done"), "done"),
        NONE if review is None or review.overall is None else f"{review.overall:.3g}",
        NONE if review is None or review.p_accept is None else f"{review.p_accept:.2f}",
        NONE if audit is None else f"{audit.supported}/{audit.numbers_checked}",
        NONE if usd is None else f"{usd:.2f}",
        f"{sum(stage.seconds for stage in stages):.0f}",
    )


def _trouble(folder: Path) -> str:
    stages = State.read(folder).stages.items()
    return next((f"{name} {stage.status}: {stage.message}" for name, stage in stages if stage.status == "failed"), "")


def tell_audit(paper: Path, results: Path | None, *, as_json: bool) -> bool:
    """Audit and print; returns whether anything does not trace. Raises InputError where there is nothing to audit."""
    audits = [_audit(path, results) for path in _papers(paper)]
    if as_json:
        print_json({"audits": [audit.model_dump(mode="json") for audit in audits]})
    else:
        print("\n".join(to_markdown(audit) for audit in audits))
    return any(not audit.ok for audit in audits)


def _papers(path: Path) -> list[Path]:
    if path.is_dir() and not (path / "state.json").exists() and idea_folders(path):
        return [idea for idea in idea_folders(path) if (idea / "latex" / "paper.tex").exists()]
    return [path]


def _audit(path: Path, results: Path | None) -> Audit:
    if (path / "state.json").exists():
        return audit_paper(path / "latex" / "paper.tex", path / "paper.pdf", results or path / "workspace")
    if not path.is_file():
        raise InputError(f"{path}: no idea's folder, run, .tex or .pdf file")
    if results is None:
        raise InputError(f"{path}: name the folder with run_*/final_info.json with --results")
    tex = path if path.suffix.lower() in (".tex", ".ltx") else None
    return audit_paper(tex, None if tex else path, results)
