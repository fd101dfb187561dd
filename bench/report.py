"""The report of a run: report.html (one file, nothing external), report.md, and the figures as files."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..data.errors import printable
from ..data.files import write_atomic
from ..presentation.drawing import GREY, Plot, write_plots
from ..presentation.formats import markdown as table_markdown
from ..presentation.numbers import show
from ..presentation.pages import render
from ..presentation.table import Table
from .annotation_tables import annotation_tables
from .compare_tables import ranks_table
from .cost_tables import cost_table, spend_table
from .gallery import draw_all
from .glossary import GLOSSARY
from .matched_tables import matched_table
from .memory_tables import memory_sentence, memory_table
from .outcomes import Humans, Machine
from .plots_summary import shown_reviewers
from .records import Calibration, ReviewerFigures
from .repeats_tables import repeat_tables
from .run import BenchRecord, Run
from .summary import RunFigures
from .tables import decisions_table, headline_line, reliability_table, scores_table
from .terms_tables import mix_words, show_worth, terms_tables
from .texts import text_read, text_words

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Section:
    """A part of the report: tables, then figures by name."""

    name: str
    title: str
    tables: tuple[Table, ...] = ()
    plots: tuple[str, ...] = ()


@dataclass(frozen=True)
class Headline:
    """What to know of a reviewer in one sentence, beside its colour."""

    colour: str
    name: str
    rest: str


def write_report(
    run_folder: Path,
    figures: RunFigures,
    humans: Humans,
    machines: Sequence[Machine],
    calibrations: Mapping[str, Calibration] | None = None,
) -> Path:
    """Write report.html, report.md and figures/NAME.svg and .png into the run's folder; returns the page's path.

    `figures`, `humans` and `machines` are what `summarise` gave, with the same calibrations.

    Raises InputError where run.json is missing or a file cannot be written.
    """
    record = Run.open(run_folder).record
    plots = draw_all(figures, humans, machines, calibrations)
    sources = write_plots(run_folder, plots)
    found = sections(figures, {plot.name for plot in plots})
    opening = headlines(figures, machines)
    page = render(
        TEMPLATES,
        "report.html.j2",
        figures=figures,
        subject=subject(figures),
        headlines=opening,
        sections=found,
        plots={plot.name: plot for plot in plots},
        sources=sources,
        classes=row_classes(figures),
        facts=facts(figures, record),
        command=shlex.join(record.command),
        glossary=GLOSSARY,
    )
    write_atomic(run_folder / "report.html", page)
    write_atomic(run_folder / "report.md", markdown(figures, record, opening, found, plots))
    return run_folder / "report.html"


def sections(figures: RunFigures, drawn: set[str]) -> list[Section]:
    """The sections that have something to show; the leak audit always, if only to say that there was none."""
    reliability, spend = reliability_table(figures), spend_table(figures.spend)
    rated = tuple(table for table in (reliability, matched_table(figures.reviewers)) if table)
    memory = memory_table(figures.memory)
    found = [
        Section("scores", "Scores", (scores_table(figures),), ("roc",)),
        Section("decisions", "Decisions", (decisions_table(figures),), ("confusion",)),
        Section("terms", "On equal terms", tuple(terms_tables(figures))),
        Section("annotation", "In the place of human labels", tuple(annotation_tables(figures))),
        Section("probabilities", "Probabilities", (), ("reliability",)),
        Section("ratings", "Human ratings", rated, ("score_vs_rating",)),
        Section("tiers", "Tiers", (), ("tiers",)),
        Section("memory", "Memory", (memory,) if memory else ()),
        Section("repeats", "Repeated reviews", tuple(repeat_tables(figures.repeats))),
        Section("leaks", "Leak audit", (), ("leaks",)),
        Section("ranks", "Ranks", (ranks_table(figures.ranks),) if figures.ranks else ()),
        Section("cost", "Coverage and cost", (cost_table(figures.reviewers), *((spend,) if spend else ()))),
    ]
    return [s for s in found if s.tables or drawn & set(s.plots) or s.name == "leaks"]


def headlines(figures: RunFigures, machines: Sequence[Machine]) -> list[Headline]:
    """A sentence on every reviewer but the floors, and one on the best floor."""
    shown = shown_reviewers(figures, machines)
    found = [Headline(s.colour, s.name, _sentence(s.figures, figures)) for s in shown]
    floors = [r for r in figures.reviewers if r.kind == "floor" and "auc" in r.scores and not r.in_sample]
    if floors and all(s.figures.kind != "floor" for s in shown):
        best = max(floors, key=lambda r: r.scores["auc"].value or 0.0)
        found.append(Headline(GREY, f"Best floor, {best.name}", _sentence(best, figures)))
    return found


def _sentence(reviewer: ReviewerFigures, figures: RunFigures) -> str:
    text = headline_line(reviewer).removeprefix(reviewer.name)
    if reviewer.headline:
        text += f" ({reviewer.headline.rule})"
    text += f"; {mix_words(figures)}, n={reviewer.n}"
    worth = next((row for row in figures.terms.worth if row.name == reviewer.name), None)
    if worth and reviewer.name in figures.remembered:
        text += "; worth in human reviewers not told, its scores may be memory"
    elif worth:
        text += f"; worth {show_worth(worth.humans)} human reviewers"
    place = next((row for row in figures.ranks if row.name == reviewer.name), None)
    if place:
        ranks = [row.rank for row in figures.ranks if row.rank is not None]
        if place.rank is not None:
            text += f"; rank {place.rank}{' (tied)' if ranks.count(place.rank) > 1 else ''} of {len(ranks)} by AUC"
        elif place.in_sample:
            text += f"; no rank, fitted on {place.in_sample} of these papers"
    if reviewer.reviewed < reviewer.n:
        text += f"; {reviewer.n - reviewer.reviewed} of {reviewer.n} reviews failed"
        alone = next((row.complete for row in figures.terms.outages if row.name == reviewer.name), None)
        text += f" (AUC of the other {alone.n}: {show(alone)})" if alone else ""
    text += f"; {text_words(figures.texts[reviewer.name])}" if reviewer.name in figures.texts else ""
    age = figures.ages.get(reviewer.name)
    text += f"; {age}" if age else ""
    text += "".join(f"; {memory_sentence(row)}" for row in figures.memory if row.reviewer == reviewer.name)
    return f"{text}."


def subject(figures: RunFigures) -> str:
    """Which papers, in one line."""
    d = figures.dataset
    share = f"{mix_words(figures)} ({figures.accepted} of {figures.n} papers)"
    only = ", only papers that all replays reviewed" if d.reviewed_only else ""
    return f"{d.name}, {_split(d.split)}{only}, {text_read(d.text)}, {share}"


def _split(name: str) -> str:
    return "all splits" if name == "all" else f"{name} split"


def row_classes(figures: RunFigures) -> dict[str, str]:
    """How the rows of floors and of humans are set, by their first cell."""
    floors = {r.name: "floor" for r in figures.reviewers if r.kind == "floor"}
    marks = ("", " (contaminated)", " (model)")
    references = {f"{c.name}{mark}": "ceiling" for c in figures.ceilings for mark in marks}
    people = {row.name: "ceiling" for row in figures.terms.like_for_like if row.human}
    return {**floors, **references, **people}


def facts(figures: RunFigures, record: BenchRecord) -> list[tuple[str, str]]:
    """What was measured, as names and values; no path of this machine among them."""
    dataset, card = figures.dataset, figures.card
    constructed = "constructed by the dataset's authors, not human decisions"
    limit = f", limited to {dataset.limit}" if dataset.limit else ""
    rules = f" (rules {dataset.scrub_rules})" if dataset.scrub_rules else ", nothing removed"
    text = f"{dataset.text}{rules}; version of the texts: {card.text_version}"
    reviewers = "; ".join(f"{r.name} ({r.fingerprint})" for r in record.reviewers)
    return [
        ("Dataset", f"{dataset.name}: {card.title}" if card.title else dataset.name),
        ("Source", card.source or "unknown"),
        ("Licence", card.licence),
        ("Papers", f"{figures.n}, {_split(dataset.split)}{limit}"),
        ("Base rate", f"{figures.accepted} accepted, {figures.n - figures.accepted} rejected: {figures.base_rate:.1%}"),
        ("Labels", constructed if card.labels == "constructed" else "human decisions"),
        ("Text", "none: scores made elsewhere" if dataset.text == "none" else text),
        ("Dataset hash", f"SHA-256 {dataset.hash}"),
        ("Intervals", f"95%, {figures.draws:,} bootstrap draws of papers, seed {figures.seed}"),
        ("Reviewers", f"{reviewers} (fingerprints in brackets)"),
        ("Begun", record.created),
        ("Version", f"peerassay {record.peerassay}"),
    ]


def markdown(
    figures: RunFigures,
    record: BenchRecord,
    opening: Sequence[Headline],
    found: Sequence[Section],
    plots: Sequence[Plot],
) -> str:
    """The report in Markdown."""
    title = f"Reviewers against decisions: {subject(figures)}"
    told = facts(figures, record)
    said = {"leaks": _verdict(figures)}
    return markdown_page(title, opening, figures.notes, found, plots, told, GLOSSARY, record.command, said=said)


def markdown_page(
    title: str,
    opening: Sequence[Headline],
    notes: Sequence[str],
    found: Sequence[Section],
    plots: Sequence[Plot],
    told: Sequence[tuple[str, str]],
    glossary: Sequence[tuple[str, str]],
    command: Sequence[str],
    *,
    said: Mapping[str, str] | None = None,
) -> str:
    """A report in Markdown, without any markup of names or notes taken as HTML.

    `told` is what was measured, as names and values; `said` are words that come first in a section, by its name.
    """
    drawn = {plot.name: plot for plot in plots}
    parts = [f"# {title}"]
    parts.append("\n".join(f"- **{h.name}**{h.rest}" for h in opening))
    parts += [f"> {note}" for note in notes]
    for section in found:
        parts.append(f"## {section.title}")
        parts += [said[section.name]] if said and section.name in said else []
        parts += [table_markdown(table).strip() for table in section.tables]
        for name in section.plots:
            if name in drawn:
                parts.append(f"![{drawn[name].title}](figures/{name}.png)\n\n{drawn[name].caption}")
    parts.append("## What was measured")
    parts.append("\n".join(f"- {name}: {printable(value)}" for name, value in told))
    parts.append("## How to read this")
    parts.append("\n".join(f"- **{term}**: {meaning}" for term, meaning in glossary))
    escaped = "\n\n".join(parts).replace("<", "&lt;")
    return f"{escaped}\n\nCommand:\n\n    {printable(shlex.join(command))}\n"


def _verdict(figures: RunFigures) -> str:
    audit = figures.audit
    if figures.dataset.text == "none":
        return "There are no texts to audit."
    if audit is None:
        return f"No leak audit was made: `peerassay data audit {figures.dataset.name}` makes one."
    verdicts = ", ".join(
        f"{p.name} {show(p.raw.auc, interval=False)} raw, {show(p.scrubbed.auc, interval=False)} scrubbed"
        for p in audit.probes
    )
    found = {"leak": audit.leaks, "suspect": audit.suspects}.get(audit.verdict)
    head = f"**{audit.verdict.capitalize()}**: {', '.join(found)}" if found else "**No leak found**"
    worst = f" Worst finding: {audit.worst}." if audit.worst else ""
    return f"{head}, in the {audit.text} text (n={audit.n}).{worst} AUC of the probes: {verdicts}."
