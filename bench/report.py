"""The report of a run: what its page, its Markdown and its drawings show, and one CSV of all scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ..presentation.drawing import GREY, Plot
from ..presentation.numbers import show
from ..presentation.report import Headline, Report, ReportSection, captioned, read_glossary
from ..presentation.table import Table
from .annotation_tables import annotation_tables, memory_table
from .compare_tables import pairs_tables, ranks_table
from .cost_tables import cost_table, repeat_tables, spend_table
from .decision_tables import decisions_table, matched_table, other_scores_table, reliability_table
from .notes import memory_sentence, text_read, text_words
from .outcomes import Humans, Machine
from .plots import reliability, score_vs_rating
from .plots_roc import BANDS, roc
from .plots_summary import confusion, leaks, paired_differences, shown_reviewers, tiers
from .presented import presented, short_names
from .records import Calibration, ReviewerMetrics
from .run import BenchRecord, Run
from .scores_csv import write_scores_csv
from .sealing.records import Memory
from .summary import RunMetrics
from .tables import headline_line, scores_table
from .terms_tables import mix_words, show_worth, terms_tables

TEMPLATES = Path(__file__).parent / "templates"
GLOSSARY = TEMPLATES / "glossary.toml"
BEFORE = "No leak audit: the texts were read before the decisions came out"
SEALED_TEXTS: dict[Memory, str] = {
    "impossible": f"{BEFORE}, and cannot tell them.",
    "unchecked": f"{BEFORE}, if the seal is older than they are.",
    "possible": "No leak audit was made, and the texts may be of after the decisions.",
}
"""What to say of leaks in the texts of sealed forecasts."""


def write_report(
    run_folder: Path,
    figures: RunMetrics,
    humans: Humans,
    machines: Sequence[Machine],
    calibrations: Mapping[str, Calibration] | None = None,
) -> Path:
    """Write report.html, report.md, scores.csv and the drawings into the run's folder; returns the page's path.

    `figures`, `humans` and `machines` are what `summarise` gave, with the same calibrations.

    Raises InputError where run.json is missing or a file cannot be written.
    """
    run = Run.open(run_folder)
    write_scores_csv(run, run_folder / "scores.csv")
    names = short_names([reviewer.name for reviewer in figures.reviewers])
    figures, machines = presented(figures, machines)
    calibrations = {names.get(name, name): fitted for name, fitted in (calibrations or {}).items()}
    plots = draw_all(figures, humans, machines, calibrations)
    labels = "constructed labels" if figures.card.labels == "constructed" else "human decisions"
    report = Report(
        title=f"{'Sealed forecasts' if figures.seal else 'Reviewers'} against {labels}",
        subject=subject(figures),
        headlines=headlines(figures, machines),
        notes=figures.notes,
        sections=sections(figures, {plot.name for plot in plots}),
        plots=plots,
        facts=facts(figures, run.record),
        glossary=read_glossary(GLOSSARY),
        command=run.record.command,
        context={"figures": figures, "classes": row_classes(figures), "unaudited": SEALED_TEXTS},
    )
    return report.write(run_folder, TEMPLATES, "bench.html.j2")


def run_tables(figures: RunMetrics) -> list[Table]:
    """All tables of the report, in its order."""
    return [table for section in sections(figures, set()) for table in section.tables]


def draw_all(
    figures: RunMetrics,
    humans: Humans,
    machines: Sequence[Machine],
    calibrations: Mapping[str, Calibration] | None = None,
) -> list[Plot]:
    """Every drawing that the run has something to show in."""
    reviewers = shown_reviewers(figures, machines)
    floors = (
        "" if reviewers[0].figures.kind == "floor" else "; grey lines are floors, constant ones lie on the diagonal"
    )
    words = {"banded": " for the highest four" if len(reviewers) > BANDS else "", "floors": floors}
    drawn = {
        "roc": roc(figures, humans, machines),
        "reliability": reliability(figures, humans, machines, calibrations),
        "score_vs_rating": score_vs_rating(figures, humans, machines),
        "confusion": confusion(figures, machines),
        "tiers": tiers(figures, machines),
        "pairs": paired_differences(figures.pairs),
        "leaks": leaks(figures.audit) if figures.audit else None,
    }
    return captioned(TEMPLATES / "captions.toml", drawn, words)


def sections(figures: RunMetrics, drawn: set[str]) -> list[ReportSection]:
    """The sections that have something to show; the leak audit always, if only to say that there was none."""
    reliability, spend = reliability_table(figures), spend_table(figures.spend)
    rated = tuple(table for table in (reliability, matched_table(figures.reviewers)) if table)
    memory, other = memory_table(figures.memory), other_scores_table(figures.reviewers, figures.base_rate)
    found = [
        ReportSection("scores", "Scores", (scores_table(figures),), ("roc",)),
        ReportSection("decisions", "Decisions", (decisions_table(figures),), ("confusion",)),
        ReportSection("terms", "On equal terms", tuple(terms_tables(figures))),
        ReportSection("annotation", "In the place of human labels", tuple(annotation_tables(figures))),
        ReportSection("probabilities", "Probabilities", (other,) if other else (), ("reliability",)),
        ReportSection("ratings", "Human ratings", rated, ("score_vs_rating",)),
        ReportSection("tiers", "Tiers", (), ("tiers",)),
        ReportSection("memory", "Memory", (memory,) if memory else ()),
        ReportSection("repeats", "Repeated reviews", tuple(repeat_tables(figures.repeats))),
        ReportSection("leaks", "Leak audit", (), ("leaks",), _verdict(figures)),
        ReportSection("pairs", "Differences between reviewers", tuple(pairs_tables(figures.pairs)), ("pairs",)),
        ReportSection("ranks", "Ranks", (ranks_table(figures.ranks),) if figures.ranks else ()),
        ReportSection("cost", "Coverage and cost", (cost_table(figures.reviewers), *((spend,) if spend else ()))),
    ]
    return [s for s in found if s.tables or drawn & set(s.plots) or s.name == "leaks"]


def headlines(figures: RunMetrics, machines: Sequence[Machine]) -> list[Headline]:
    """A sentence on every reviewer but the floors, and one on the best floor."""
    shown = shown_reviewers(figures, machines)
    found = [Headline(s.colour, s.name, _sentence(s.figures, figures)) for s in shown]
    floors = [r for r in figures.reviewers if r.kind == "floor" and "auc" in r.scores and not r.in_sample]
    if floors and all(s.figures.kind != "floor" for s in shown):
        best = max(floors, key=lambda r: r.scores["auc"].value or 0.0)
        found.append(Headline(GREY, f"Best floor, {best.name}", _sentence(best, figures)))
    return found


def _sentence(reviewer: ReviewerMetrics, figures: RunMetrics) -> str:
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


def subject(figures: RunMetrics) -> str:
    """Which papers, in one line."""
    d = figures.dataset
    share = f"{mix_words(figures)} ({figures.accepted} of {figures.n} papers)"
    only = ", only papers that all replays reviewed" if d.reviewed_only else ""
    papers = "sealed before the decisions were opened" if figures.seal else _split(d.split)
    return f"{d.name}, {papers}{only}, {text_read(d.text)}, {share}"


def _split(name: str) -> str:
    return "all splits" if name == "all" else f"{name} split"


def row_classes(figures: RunMetrics) -> dict[str, str]:
    """How the rows of floors and of humans are set, by their first cell."""
    floors = {r.name: "floor" for r in figures.reviewers if r.kind == "floor"}
    marks = ("", " (contaminated)", " (model)")
    references = {f"{c.name}{mark}": "ceiling" for c in figures.ceilings for mark in marks}
    people = {row.name: "ceiling" for row in figures.terms.like_for_like if row.human}
    return {**floors, **references, **people}


def facts(figures: RunMetrics, record: BenchRecord) -> list[tuple[str, str]]:
    """What was measured, as names and values; no path of this machine among them."""
    dataset, card = figures.dataset, figures.card
    constructed = "constructed by the dataset's authors, not human decisions"
    limit = f", limited to {dataset.limit}" if dataset.limit else ""
    rules = f" (rules {dataset.scrub_rules})" if dataset.scrub_rules else ", nothing removed"
    text = f"{dataset.text}{rules}; version of the texts: {card.text_version}"
    shown = short_names([r.name for r in record.reviewers])
    short = {name: f"{short} = " for name, short in shown.items()}
    reviewers = "; ".join(f"{short.get(r.name, '')}{r.name} ({r.fingerprint})" for r in record.reviewers)
    return [
        ("Dataset", f"{dataset.name}: {card.title}" if card.title else dataset.name),
        ("Source", card.source or "unknown"),
        ("Licence", card.licence),
        ("Papers", f"{figures.n}{'' if figures.seal else f', {_split(dataset.split)}'}{limit}"),
        ("Base rate", f"{figures.accepted} accepted, {figures.n - figures.accepted} rejected: {figures.base_rate:.1%}"),
        ("Labels", constructed if card.labels == "constructed" else "human decisions"),
        ("Text", "none: scores made elsewhere" if dataset.text == "none" else text),
        ("Dataset hash", f"SHA-256 {dataset.hash}"),
        ("Intervals", f"95%, {figures.draws:,} bootstrap draws of papers, seed {figures.seed}"),
        ("Reviewers", f"{reviewers} (fingerprints in brackets)"),
        *(figures.seal.facts if figures.seal else ()),
        ("Begun", record.created),
        ("Version", f"peerassay {record.peerassay}"),
    ]


def _verdict(figures: RunMetrics) -> str:
    audit = figures.audit
    if figures.dataset.text == "none" and audit is None:
        return "There are no texts to audit."
    if audit is None and figures.seal:
        return SEALED_TEXTS[figures.seal.memory]
    if audit is None:
        return f"No leak audit was made: `peerassay data audit {figures.dataset.name}` makes one."
    verdicts = ", ".join(
        f"{p.name} {show(p.raw.auc, interval=False)} raw, {show(p.scrubbed.auc, interval=False)} scrubbed"
        for p in audit.probes
    )
    found = {"leak": audit.leaks, "suspect": audit.suspects}.get(audit.verdict)
    head = f"**{audit.verdict.capitalize()}**: {', '.join(found)}" if found else "**No leak found**"
    worst = f" Worst finding: {audit.worst}." if audit.worst else ""
    return f"{head}, in the {audit.text} text (n={audit.n}){audit.on_file}.{worst} AUC of the probes: {verdicts}."
