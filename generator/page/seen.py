"""What a model saw on the figures and pages, look by look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ...reviewer.review_view import line
from ..viewing import Viewing, counted, read_viewings
from .reading import Reader


@dataclass(frozen=True)
class SeenView:
    """The viewings of figures and of pages; none where nothing was looked at."""

    figures: Sequence[Viewing]
    pages: Sequence[Viewing]

    @property
    def shows(self) -> dict[str, str]:
        """Image -> what the model says that it shows."""
        said = counted(self.figures).shows if self.figures else {}
        return {name: line(words) for name, words in said.items()}


def seen_of(reader: Reader, folder: Path) -> SeenView:
    """The viewings in an idea's folder."""
    figures = reader.attempt(lambda: read_viewings(folder, "figures")) or ()
    return SeenView(figures, reader.attempt(lambda: read_viewings(folder, "pages")) or ())
