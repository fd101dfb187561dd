"""A generator's page: its place on the board, its figures, its ideas."""

from __future__ import annotations

from ...presentation.cell import NONE, Cell
from ...presentation.numbers import counted, dollars
from ...statistics.estimate import Estimate
from ..boards import GeneratorBoard, GeneratorEntry
from ..records import GeneratorResult, IdeaScore
from .cells import UNKNOWN, estimated, money, number_cell, share, span
from .entries import METRIC_COLUMNS, Key, made_facts, rank_key
from .human_cells import humans_words
from .tables import BoardTable, Column, Row, board_table
from .template_part import hidden, integrity, problems, violations


def generator_keys(entry: GeneratorEntry, of: int) -> list[Key]:
    """The metrics at the top of a generator's page; `of` is the number of ranked entries on the template."""
    f = entry.result.figures
    return [
        rank_key(entry.place, of),
        Key("Mean score", estimated(f.mean, 2), "mean-score"),
        Key("Reviewed of tried", share(f.reviewed, f.tried), "tried"),
        Key("P(accept) per idea", estimated(f.p_tried), "p-accept"),
        Key("Cost per paper", Cell(dollars(f.usd_per_paper, "unknown")), "cost"),
    ]


def generator_table(result: GeneratorResult) -> BoardTable:
    """All metrics of a configuration on a template, with n and what they stand on."""
    f = result.figures
    estimates = (
        ("Mean score", f.mean, 2),
        ("Median score", f.median, 2),
        ("Mean over all ideas tried, lowest score where none", f.mean_tried, 2),
        ("Share accepted, of the ideas tried", f.accepted_share, 3),
        ("P(accept), mean over papers reviewed", f.p_accept, 3),
        ("P(accept) per idea tried", f.p_tried, 3),
        *_human_estimates(result),
    )
    rows = [
        (name, number_cell(e.value, digits), span(e, digits), f"{e.n:,}")
        for name, e, digits in estimates
        if e is not None
    ]
    rows += [
        ("Standard deviation of the scores", number_cell(f.sd, 2), "", f"{f.reviewed:,}"),
        ("Highest score", number_cell(f.highest, 2), "", f"{f.reviewed:,}"),
        ("Cost of all ideas tried", money(f.usd), "", f"{f.tried:,}"),
        ("Cost per finished paper", money(f.usd_per_paper), "", f"{f.finished:,}"),
        ("Minutes per finished paper", _minutes(f.seconds_per_paper), "", f"{f.finished:,}"),
        ("Integrity: share of checked numbers that trace", integrity(result), "", f"{f.numbers_checked:,}"),
        ("Violations per audited paper", violations(result), "", f"{f.audited:,}"),
        ("Share of papers with problems", problems(result), "", f"{f.examined:,}"),
        ("Papers with hidden text", hidden(result), "", f"{f.searched:,}"),
    ]
    cells = (Row((Cell(name), value, Cell(interval or NONE), Cell(n))) for name, value, interval, n in rows)
    return board_table("scores", "Each metric with its interval and n", METRIC_COLUMNS, cells, sortable=False)


def _human_estimates(result: GeneratorResult) -> tuple[tuple[str, Estimate | None, int], ...]:
    if result.humans is None:
        return ()
    h = result.humans.figures
    return (
        ("Mean human score", h.human, 2),
        ("Mean score of the same papers", h.judge, 2),
        ("Prediction-powered mean human score", h.powered, 2),
        ("Judge and humans, Pearson's r on these papers", h.pearson, 3),
    )


def ideas_table(result: GeneratorResult) -> BoardTable:
    """The ideas with what became of each."""
    columns = (
        Column("name", "Idea", kind="text", first="ascending"),
        Column("stage", "Stage", "tried", kind="text", first="ascending"),
        Column("score", "Score", "mean-score"),
        Column("humans", "Humans", "human-mean"),
        Column("p", "P(accept)", "p-accept"),
        Column("decision", "Decision", "decision-rules", kind="text", first="ascending"),
        Column("violations", "Violations", "violations"),
        Column("problems", "Problems", "problems"),
        Column("hidden", "Hidden text", "hidden-text"),
        Column("cost", "Cost", "cost"),
        Column("minutes", "Minutes"),
    )
    rows = tuple(_idea_row(idea) for idea in result.ideas)
    return board_table("ideas", f"The {len(rows)} ideas on record", columns, rows)


def _idea_row(idea: IdeaScore) -> Row:
    word = {True: "accept", False: "reject", None: NONE}[idea.accepted]
    checked = "" if idea.numbers_checked is None else f" ({idea.numbers_checked} checked)"
    injections = f"{idea.injections} speak to the reviewer" if idea.injections else ""
    cells = (
        Cell(idea.name),
        Cell(idea.stage, small=idea.reason),
        number_cell(idea.score, 2),
        number_cell(idea.human_mean, 2, counted(idea.human_reviews, "score") if idea.human_reviews else ""),
        number_cell(idea.p_accept),
        Cell(word),
        UNKNOWN if idea.violations is None else Cell(f"{idea.violations}{checked}", idea.violations),
        number_cell(idea.problems, 0),
        number_cell(idea.hidden, 0, injections),
        money(idea.usd),
        _minutes(idea.seconds),
    )
    return Row(cells, kind=idea.stage, look="" if idea.stage == "reviewed" else "floor")


def _minutes(seconds: float | None) -> Cell:
    return UNKNOWN if seconds is None else number_cell(seconds / 60, 1)


def _human_facts(result: GeneratorResult) -> list[tuple[str, str]]:
    humans = result.humans
    if humans is None:
        return []
    scale = f"{humans.scale[0]:g} to {humans.scale[1]:g}" if humans.scale else "not known"
    return [("Human scores", f"{humans.source}, scale {scale}")]


def generator_facts(result: GeneratorResult, board: GeneratorBoard) -> list[tuple[str, str]]:
    """Where a generator's metrics come from."""
    group = result.group
    settings = ", ".join(f"{name} = {value}" for name, value in group.settings.items())
    unsigned = " (its reviews do not say who made them)" if board.unsigned else ""
    return [
        ("Configuration", result.name),
        ("Settings", settings or "unknown"),
        ("Scientist", group.scientist_fingerprint or "unknown"),
        ("Template", f"{result.template} {group.template_fingerprint}".strip()),
        ("Reviewer", f"{board.reviewer}{unsigned}"),
        ("Fingerprint", board.fingerprint),
        ("Text", result.text),
        ("Accepted means", result.rule or "nothing decides"),
        ("P(accept)", result.probability or "there is none"),
        ("Humans", humans_words(board)),
        *_human_facts(result),
        *made_facts(result),
    ]
