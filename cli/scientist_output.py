"""What `peerassay scientist` prints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.text import Text

from ..data.errors import InputError
from ..data.files import read_json
from ..generator.batch import ScientistRun, idea_folders, latest_review, read_audit
from ..generator.human_reviews.record import HumanReviews
from ..generator.human_reviews.table import people_table
from ..generator.literature.search import Literature
from ..generator.page.write import PAGE
from ..generator.provenance.audit import audit_paper, with_references
from ..generator.provenance.records import Audit
from ..generator.provenance.tables import audit_tables
from ..generator.state import State
from ..llm.ledger_file import spent_in
from ..presentation.cell import NONE, Cell
from ..presentation.numbers import counted, dollars, number, ratio, seconds, usd
from ..presentation.table import Table
from ..presentation.terminal import print_tables
from .output import log, print_json

MOST_PROBLEMS = 8
"""Of one paper, in the table's notes."""


def tell_run(folder: Path, *, as_json: bool) -> None:
    """Print a run: its table on stdout and, on stderr, where its papers and its page are; or one JSON document."""
    usd = spent_in(ScientistRun.open(folder).ledger_path)
    if as_json:
        print_json(batch_document(folder, usd))
        return
    people = people_table(idea_folders(folder))
    print_tables([batch_table(folder, usd), *([people] if people else [])])
    for path in (*sorted(folder.glob("idea_*/paper.pdf")), folder / PAGE):
        log().print(Text(str(path)), soft_wrap=True)


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
        "problems": list(State.read(folder).problems),
        "review": review.model_dump(mode="json") if review else None,
        "people": HumanReviews.read(folder).model_dump(mode="json"),
        "audit": audit.model_dump(mode="json", exclude={"matches"}) if audit else None,
    }


def batch_table(folder: Path, paid: float | None) -> Table:
    """One row per idea; `paid` is what all calls of all starts have cost, which the rows do not add up to.

    None: the price of one is unknown, and so is what an idea has cost.
    """
    heads = ("Idea", "Stage", "Score", "P(accept)", "Numbers that trace", "US$", "Seconds")
    rows = tuple(_row(idea, priced=paid is not None) for idea in idea_folders(folder))
    notes = [f"{idea.name}: {line}" for idea in idea_folders(folder) for line in _troubles(idea)]
    if paid != 0:
        notes.append(f"All calls of all starts: {dollars(paid)}, see calls.jsonl.")
    return Table(str(folder), heads, rows, "\n".join(notes))


def _row(folder: Path, *, priced: bool) -> tuple[str, ...]:
    state, review, audit = State.read(folder), latest_review(folder), read_audit(folder)
    idea = folder / "idea.json"
    stages = state.stages.values()
    known = priced and all(stage.usd is not None for stage in stages)
    score = None if review is None else review.overall
    return (
        f"{folder.name} {read_json(idea)['title'] if idea.exists() else ''}".strip(),
        _stage(state),
        NONE if score is None else Cell(f"{score:.3g}", score),
        number(review.p_accept if review else None, 2),
        NONE if audit is None else ratio(audit.supported, audit.numbers_checked),
        usd(sum(stage.usd or 0.0 for stage in stages) if known else None, NONE),
        seconds(sum(stage.seconds for stage in stages)),
    )


def _stage(state: State) -> str:
    """The first stage that is not done, or how the paper is that was made."""
    done = "done" + (f" with {counted(len(state.problems), 'problem')}" if state.problems else "")
    return next((f"{name}: {stage.status}" for name, stage in state.stages.items() if stage.status != "done"), done)


def _troubles(folder: Path) -> list[str]:
    """Why a stage failed, and what is wrong with the paper."""
    state = State.read(folder)
    failed = [f"{name} failed: {stage.message}" for name, stage in state.stages.items() if stage.status == "failed"]
    left = len(state.problems) - MOST_PROBLEMS
    more = [f"{left} more, see state.json"] if left > 0 else []
    return [*failed, *state.problems[:MOST_PROBLEMS], *more]


def tell_audit(paper: Path, results: Path | None, *, literature: Literature | None, as_json: bool) -> bool:
    """Audit and print; returns whether anything does not trace. Raises InputError where there is nothing to audit."""
    audits = [_audit(path, results, literature) for path in _papers(paper)]
    if as_json:
        print_json({"audits": [audit.model_dump(mode="json") for audit in audits]})
    else:
        print_tables(table for audit in audits for table in audit_tables(audit))
    return any(not audit.ok for audit in audits)


def _papers(path: Path) -> list[Path]:
    if path.is_dir() and not (path / "state.json").exists() and idea_folders(path):
        return [idea for idea in idea_folders(path) if (idea / "latex" / "paper.tex").exists()]
    return [path]


def _audit(path: Path, results: Path | None, literature: Literature | None) -> Audit:
    if (path / "state.json").exists():
        tex, pdf, results = path / "latex" / "paper.tex", path / "paper.pdf", results or path / "workspace"
    elif not path.is_file():
        raise InputError(f"{path}: no idea's folder, run, .tex or .pdf file")
    elif results is None:
        raise InputError(f"{path}: name the folder of the experiment's results with --results")
    else:
        tex = path if path.suffix.lower() in (".tex", ".ltx") else None
        pdf = None if tex else path
    audit = audit_paper(tex, pdf, results)
    return audit if literature is None else with_references(audit, tex, pdf, literature)
