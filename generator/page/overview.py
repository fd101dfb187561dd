"""The tables of the page: the ideas of a batch, and the calls of language models for one idea."""

from __future__ import annotations

from collections.abc import Sequence

from ...presentation import numbers
from ...presentation.cell import NONE, Cell, Tone
from ...presentation.table import Table
from ...reviewer.review_view import line
from .idea import IdeaView
from .stages import spent

TONES: dict[str, Tone] = {"fine": "fine", "alarm": "alarm", "note": "note"}


def ideas_table(views: Sequence[IdeaView], page: str) -> Table:
    """A row per idea, with a link to its `page`."""
    heads = ("Idea", "State", "Experiments", "Numbers that trace", "Score", "P(accept)", "US$", "Seconds")
    return Table("Ideas", heads, tuple(_idea_row(view, page) for view in views))


def _idea_row(view: IdeaView, page: str) -> tuple[str, ...]:
    made = [node for node in view.nodes if node.run != "run_0"]
    review = view.reviews[-1] if view.reviews else None
    return (
        Cell(view.name, href=f"{view.name}/{page}", small=view.title),
        Cell(view.outcome.word, tone=TONES.get(view.outcome.tone, "")),
        numbers.ratio(sum(node.word == "ran" for node in made), len(made)) if made else NONE,
        numbers.ratio(view.audit.supported, view.audit.numbers_checked) if view.audit else NONE,
        NONE if review is None or review.overall is None else Cell(f"{review.overall:.3g}", review.overall),
        numbers.number(review.p_accept if review else None, 2),
        numbers.usd(view.usd),
        numbers.seconds(view.seconds),
    )


def calls_table(view: IdeaView) -> Table:
    """What the calls for an idea took, by purpose and model."""
    rows = tuple((line(purpose), line(model), spent(took)) for purpose, model, took in view.calls)
    return Table("Calls of language models", ("For", "Model", "Took"), rows)
