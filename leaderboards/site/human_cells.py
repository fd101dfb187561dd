"""What the generators' pages show of humans beside the judge: words on the gate, means and their numbers."""

from __future__ import annotations

from ...presentation.cell import Cell
from ...presentation.numbers import counted
from ..boards import GeneratorBoard
from ..records import GeneratorResult
from .cells import UNKNOWN, estimated

SIGN = "†"


def humans_words(board: GeneratorBoard) -> str:
    """Whether the judge of a board is shown to follow humans, and by how much that is known."""
    humans = board.humans
    if not humans.papers:
        return humans.gate.sentence
    reviews = "" if humans.reviews is None else f", {counted(humans.reviews, 'human score')}"
    papers = f"{counted(humans.papers, 'paper')} of {counted(humans.results, 'result')}"
    return f"{humans.gate.sentence} By {papers}{reviews}."


def gate_note(board: GeneratorBoard) -> str:
    """What the sign beside ranks stands for; empty where they have none."""
    return f"{SIGN} {board.humans.gate.sentence}" if board.humans.gate.mark else ""


def rank_note(board: GeneratorBoard, template: str) -> str:
    """What stands below a table of ranks: the sign, and how configurations stand against the floor."""
    return " ".join(filter(None, (gate_note(board), board.floors.get(template, ""))))


def human_mean(result: GeneratorResult) -> Cell:
    """The mean human score of the papers that both have scored."""
    return estimated(result.humans.figures.human, 2) if result.humans else UNKNOWN


def human_count(result: GeneratorResult) -> Cell:
    """How many papers have human scores, and how many scores these are."""
    if result.humans is None:
        return UNKNOWN
    figures = result.humans.figures
    small = "" if figures.reviews is None else counted(figures.reviews, "score")
    return Cell(str(figures.labelled), figures.labelled, small=small)


def powered_mean(result: GeneratorResult) -> Cell:
    """The prediction-powered mean human score."""
    return estimated(result.humans.figures.powered, 2) if result.humans else UNKNOWN
