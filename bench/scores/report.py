"""The report of a score run: report.html (one file, nothing external), report.md, CSV files, and the figures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...data.errors import printable
from ...data.files import write_json
from ...presentation.drawing import GREY, Plot
from ...presentation.numbers import counted, number, show, show_p, signed
from ...presentation.report import Headline, Report, ReportSection, captioned, read_glossary
from ...statistics.estimate import ENOUGH
from ..report import TEMPLATES
from .csv_files import write_csv_files
from .human_tables import human_tables
from .idea_tables import checks_table, cost_table, papers_table, score_digits, settings_table
from .metrics import GroupMetrics, ScoreMetrics, ScorePair
from .people_tables import people_tables
from .plots import VIOLIN_FROM, distributions, histograms
from .plots_groups import configuration_colours, differences, funnel, shown_pairs
from .records import FLOOR, ScoreRecord
from .tables import acceptance_table, pairs_table, scores_table, tried_pairs_table

OPEN_UP_TO = 60
"""Papers that the page shows at once; a longer table is folded."""


def write_score_report(folder: Path, record: ScoreRecord, figures: ScoreMetrics) -> Path:
    """Write metrics.json, report.html, report.md, the CSV files and the drawings; returns the page.

    Raises InputError where a file cannot be written.
    """
    write_json(folder / "metrics.json", figures.model_dump(mode="json"))
    write_csv_files(folder, figures)
    plots = draw_scores(figures)
    report = Report(
        title="Scores of generated papers",
        subject=subject(figures),
        headlines=headlines(figures),
        notes=figures.notes,
        sections=sections(record, figures, {plot.name for plot in plots}),
        plots=plots,
        facts=facts(record, figures),
        glossary=read_glossary(TEMPLATES / "score_glossary.toml"),
        command=record.command,
        context={"papers": papers_table(figures), "folded": len(figures.ideas) > OPEN_UP_TO},
    )
    return report.write(folder, TEMPLATES, "score.html.j2")


def draw_scores(figures: ScoreMetrics) -> list[Plot]:
    """Every drawing that the run has something to show in."""
    few = len(shown_pairs(figures)) < sum(pair.difference is not None for pair in figures.pairs)
    chosen = " Only those with the first configuration of each template; all are in the table." if few else ""
    line = "" if figures.threshold is None else " The dashed line is the score from which on the table's rule accepts."
    words = {"violin": str(VIOLIN_FROM), "line": line, "chosen": chosen}
    words |= (
        {"end": "accepted", "accepted": ", papers accepted"} if figures.rule else {"end": "reviewed", "accepted": ""}
    )
    drawn = {
        "distributions": distributions(figures),
        "histograms": histograms(figures),
        "differences": differences(figures),
        "funnel": funnel(figures),
    }
    return captioned(TEMPLATES / "score_captions.toml", drawn, words)


def sections(record: ScoreRecord, figures: ScoreMetrics, drawn: set[str]) -> list[ReportSection]:
    """The sections that have something to show."""
    acceptance, cost = acceptance_table(figures), cost_table(figures)
    pairs = tuple(table for table in (pairs_table(figures), tried_pairs_table(figures)) if table)
    checks, settings = checks_table(figures), settings_table(record)
    found = [
        ReportSection("scores", "Scores", (scores_table(figures),), ("distributions",)),
        ReportSection("differences", "Which is better", pairs, ("differences",)),
        ReportSection("yield", "What becomes of an idea", (acceptance,) if acceptance else (), ("funnel",)),
        ReportSection("histograms", "Histograms", (), ("histograms",)),
        ReportSection("checks", "Provenance and hidden text", (checks,) if checks else ()),
        ReportSection("humans", "Humans and the judge", tuple(human_tables(figures))),
        ReportSection("people", "People and the reviewer", tuple(people_tables(figures))),
        ReportSection("cost", "Cost", (cost,) if cost else ()),
        ReportSection("settings", "Configurations", (settings,) if settings else ()),
    ]
    return [section for section in found if section.tables or drawn & set(section.plots)]


def headlines(figures: ScoreMetrics) -> list[Headline]:
    """A sentence per template: the configuration with the highest mean, against the second and against the floor."""
    colours = configuration_colours(figures)
    by_template: dict[str, list[GroupMetrics]] = {}
    for group in figures.groups:
        by_template.setdefault(group.template, []).append(group)
    found: list[Headline] = []
    for template, (first, *others) in by_template.items():
        if first.mean.value is None:
            tried = sum(group.tried for group in (first, *others) if group.configuration != FLOOR)
            found.append(
                Headline(GREY, printable(template), f": no paper has a score, of {counted(tried, 'idea')} tried.")
            )
            continue
        scored = [group for group in others if group.mean.value is not None]
        second = next((group for group in scored if group.configuration != FLOOR), None)
        floor = next((group for group in scored if group.configuration == FLOOR), None)
        mark = f" ({figures.gate.mark})" if figures.gate.mark else ""
        rest = f"{mark} {_standing(first, figures, alone=second is None)}"
        if second:
            rest += f"; {_apart(first, second, figures)}"
        if floor:
            rest += f"; {_apart(first, floor, figures)}"
        name = printable(f"{template}: {first.configuration}")
        found.append(Headline(colours[first.configuration], name, f"{rest}."))
    return found


def subject(figures: ScoreMetrics) -> str:
    """What was scored and by whom, in one line; ideas are "known" where nothing was said of those that failed."""
    tried, reviewed = sum(g.tried for g in figures.groups), sum(g.reviewed for g in figures.groups)
    groups = counted(len(figures.groups), "group")
    reviewer = printable(figures.reviewer.name)
    extent = "known" if any(g.tried_from == "papers" for g in figures.groups) else "tried"
    return (
        f"{counted(reviewed, 'paper')} reviewed of {counted(tried, 'idea')} {extent}, in {groups}; reviewer: {reviewer}"
    )


def facts(record: ScoreRecord, figures: ScoreMetrics) -> list[tuple[str, str]]:
    """What was measured, as names and values."""
    reviewer, scale = figures.reviewer, figures.scale
    sources = {"given": "as given", "run": "from the run", "papers": "papers only, nothing was said of others"}
    tried = "; ".join(dict.fromkeys(sources[group.tried_from] for group in record.groups))
    rules = f" (rules {record.scrub_rules})" if record.scrub_rules else ""
    return [
        ("Reviewer", f"{reviewer.name}{f' ({reviewer.spec})' if reviewer.spec not in ('', reviewer.name) else ''}"),
        ("Fingerprint", reviewer.fingerprint),
        ("Scale", f"{scale[0]:g} to {scale[1]:g}" if scale else "not known"),
        ("Acceptance", figures.rule or "no rule: nothing decides"),
        ("P(accept)", figures.probability or "none: a score without a calibration has no chance of acceptance"),
        ("Text", f"{record.text}{rules}"),
        ("Ideas tried", tried),
        (
            "Intervals",
            f"95%: Student's for means from {ENOUGH} papers on, the sign test's for medians, Wilson's for shares",
        ),
        (
            "Tests",
            "two-sided permutation tests of Welch's statistic, Holm's correction over all tests of a template; seed "
            f"{figures.seed} where they are drawn",
        ),
        ("Begun", record.created),
        ("Version", f"peerassay {record.peerassay}"),
    ]


def _standing(group: GroupMetrics, figures: ScoreMetrics, *, alone: bool) -> str:
    which = "has a mean score of" if alone else "has the highest mean score,"
    words = f"{which} {show(group.mean, digits=score_digits(figures))} over {counted(group.reviewed, 'paper')}"
    if group.reviewed < ENOUGH:
        words += " (too few for an interval)"
    if group.tried_from != "papers":
        words += f" of {counted(group.tried, 'idea')} tried"
    if group.accepted is not None:
        words += f", {group.accepted} accepted"
    if group.p_tried is not None and group.p_tried.value is not None:
        words += f", P(accept) per idea {number(group.p_tried.value)}"
    return words


def _apart(first: GroupMetrics, second: GroupMetrics, figures: ScoreMetrics) -> str:
    pair, name = _pair_of(first, second, figures.pairs), printable(second.configuration)
    if pair is None or pair.p_holm is None:
        return f"too few papers to tell it from {name}"
    digits = score_digits(figures)
    difference = signed(pair.difference, pair.low, pair.high, digits)
    called = f"{FLOOR} (sentences in random order)" if second.configuration == FLOOR else f"the second, {name}"
    words = f"{_word(pair.resolved)} from {called} ({difference}, p {_equals(pair.p_holm)} after Holm)"
    if pair.tried_p_holm is None or (pair.tried_a, pair.tried_b) == (pair.n_a, pair.n_b):
        return words
    difference = signed(pair.tried_difference, pair.tried_low, pair.tried_high, digits)
    return f"{words}; of all ideas tried {_word(pair.tried_resolved)} ({difference}, p {_equals(pair.tried_p_holm)})"


def _word(resolved: bool) -> str:
    return "resolved" if resolved else "not resolved"


def _pair_of(first: GroupMetrics, second: GroupMetrics, pairs: Sequence[ScorePair]) -> ScorePair | None:
    sought = (first.template, first.configuration, second.configuration)
    return next((pair for pair in pairs if (pair.template, pair.a, pair.b) == sought), None)


def _equals(p: float) -> str:
    text = show_p(p)
    return text if text.startswith("<") else f"= {text}"
