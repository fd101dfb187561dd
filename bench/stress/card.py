"""The reviewer card: a page in HTML and as a PDF, its JSON and its Markdown, derived from the run's stored reviews."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from ...data.files import write_atomic, write_json
from ...presentation.numbers import counted
from ...presentation.report import Headline, Report, ReportSection, captioned, read_glossary
from ...presentation.table import Table
from .card_pdf import card_pdf
from .flaw_tables import flaw_tables
from .plots import aucs, ladder, shifts
from .profile_table import profile_table
from .result import ReviewerStress, StressOutcome
from .run import StressRun
from .summary import summary_table
from .tables import attack_table, change_tables, defence_table

TEMPLATES = Path(__file__).parents[1] / "templates"
CARDS = "cards"


def write_cards(run: StressRun, outcomes: Sequence[StressOutcome]) -> dict[str, Path]:
    """Write cards/NAME/card.html, card.pdf, card.md, card.json and figures/ for each reviewer; pages by reviewer.

    Raises InputError where a file cannot be written.
    """
    written: dict[str, Path] = {}
    for one in outcomes:
        folder = run.folder / CARDS / slug(one.entry.name)
        card = card_of(run, one)
        written[one.entry.name] = card.write(folder, TEMPLATES, "card.html.j2", stem="card")
        write_atomic(folder / "card.pdf", card_pdf(card, one.stress))
        write_json(folder / "card.json", one.stress.model_dump(mode="json"))
        write_json(folder / "scores.json", one.scores.model_dump(mode="json"))
    return written


def slug(name: str) -> str:
    """The name as that of a folder; one that is changed gets digits of its own."""
    plain = re.sub(r"[^\w.-]+", "-", name).strip("-.")[:60] or "reviewer"
    return plain if plain == name else f"{plain}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"


def card_of(run: StressRun, one: StressOutcome) -> Report:
    """What the page and the Markdown of a card show."""
    figures, rated = one.stress.figures, one.stress.rated
    plots = captioned(
        TEMPLATES / "card_captions.toml",
        {"shifts": shifts(figures), "ladder": ladder(figures), "aucs": aucs(figures)},
    )
    return Report(
        title=f"Reviewer card: {one.entry.name}",
        subject=_subject(run, one),
        headlines=list[Headline](),
        notes=one.stress.notes,
        sections=_sections(one, summary_table(figures, rated, one.stress.naming)),
        plots=plots,
        facts=_facts(run, one),
        glossary=read_glossary(TEMPLATES / "card_glossary.toml"),
        command=run.record.command,
    )


def stress_tables(one: StressOutcome) -> list[Table]:
    """The tables that the command prints."""
    figures = one.stress.figures
    others = (attack_table(figures), defence_table(figures))
    naming = flaw_tables([("rules", one.stress.naming)]) if one.stress.naming else []
    return [profile_table(figures, one.stress.rated), *naming, *change_tables(figures), *(t for t in others if t)]


def _sections(one: StressOutcome, look: Table) -> list[ReportSection]:
    figures = one.stress.figures
    against = [t for t in (attack_table(figures), defence_table(figures)) if t]
    return [
        ReportSection("look", "In one look", (look,), ("shifts", "ladder")),
        ReportSection("profile", "On papers as they are", (profile_table(figures, one.stress.rated),)),
        *([ReportSection("attack", "Attack and defence", tuple(against), ("aucs",))] if against or figures.auc else []),
        _flaws(one.stress),
        ReportSection("changes", "All changes", tuple(change_tables(figures))),
    ]


def _flaws(stress: ReviewerStress) -> ReportSection:
    tables = () if stress.naming is None else tuple(flaw_tables([("rules", stress.naming)]))
    missing = f"Not known: {stress.naming_missing}." if stress.naming_missing else ""
    return ReportSection("flaws", "Does the review name the flaw?", tables, intro=missing)


def _subject(run: StressRun, one: StressOutcome) -> str:
    dataset, figures = run.record.dataset, one.stress.figures
    split = "" if dataset.split == "all" else f" ({dataset.split} split)"
    kinds = len({change.name for change in figures.changes})
    return f"{counted(figures.n, 'paper')} of {dataset.name}{split}, {dataset.text}, {counted(kinds, 'kind')} of change"


def _facts(run: StressRun, one: StressOutcome) -> list[tuple[str, str]]:
    dataset, card, entry = run.record.dataset, run.record.card, one.entry
    decided = "none"
    if run.record.judgements:
        decided = "constructed by the dataset's authors" if card.labels == "constructed" else "human decisions"
    attacks = [f"{a.target}: at most {a.rounds} rounds and ${a.usd:g} per paper" for a in run.stress.attacks]
    return [
        ("Reviewer", f"{entry.name} ({entry.fingerprint})"),
        ("Decisions of the reviewer", one.stress.figures.rule or "none"),
        ("Dataset", f"{dataset.name}: {card.title}" if card.title else dataset.name),
        ("Labels", decided),
        ("Text", f"{dataset.text}{f' (rules {dataset.scrub_rules})' if dataset.scrub_rules else ''}"),
        ("Attacks", "; ".join(attacks) or "none"),
        ("Rewriter", run.stress.rewriter or "rules, no model"),
        ("Seed", str(run.stress.seed)),
        ("Intervals", "95%, papers of one group together; tests of shifts by sign flips, Holm over all changes"),
        ("Begun", run.record.created),
        ("Version", f"peerassay {run.record.peerassay}"),
    ]
