"""What a panel is given to read: the paper without hidden characters and orders to reviewers, within a length."""

from __future__ import annotations

from dataclasses import dataclass

from ...data.papers.invisible import HiddenText, clean
from ...data.papers.tokens import Cut, truncate
from ...data.records import Paper
from ..injections import Injection, find_injections, remove_injections
from .settings import PanelSettings


@dataclass(frozen=True)
class Reading:
    """The paper as the panel reads it, and what was taken out of it."""

    paper: Paper
    hidden: tuple[HiddenText, ...]
    injections: tuple[Injection, ...]
    cut: tuple[Cut, ...]

    def findings(self) -> dict[str, list[dict[str, object]]]:
        """What was found, for the record of the review; kinds of which there is nothing are left out."""
        found: dict[str, list[dict[str, object]]] = {
            "hidden": [h.model_dump() for h in self.hidden],
            "injections": [{"rule": i.rule, "excerpt": i.excerpt} for i in self.injections],
            "cut": [c.model_dump() for c in self.cut],
        }
        return {kind: items for kind, items in found.items() if items}


def prepare(paper: Paper, settings: PanelSettings) -> Reading:
    """The reading that a panel with these settings gets of a paper. Raises ValueError where no text is left."""
    text, hidden = clean(paper.text)
    if settings.injections == "remove":
        text, injections = remove_injections(text)
    else:
        injections = find_injections(text)
    if not text.strip():
        raise ValueError("the paper has no text")
    shortened, cut = truncate(paper.model_copy(update={"text": text, "sections": ()}), settings.max_paper_tokens)
    return Reading(shortened, hidden, injections, cut)
