r"""Tables and figures as floats with a height that is known, so that none breaks a page.

A float that stands among the text leaves room for text on its page, so that LaTeX never gives it a page of its own;
what is higher, or has no room any more, goes to the appendix, where it stays where it is put ("H").
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

TEXT_WIDTH, TEXT_HEIGHT = 397.0, 643.0
"""The text of a page of our style in TeX points: 5.5 by 8.9 in."""
HIGHEST_IN_TEXT = 0.56 * TEXT_HEIGHT
HIGHEST = 0.78 * TEXT_HEIGHT
"""Of any float with its caption."""
IN_TEXT, IN_APPENDIX = "[htb]", "[H]"
CAPTION_LETTERS, CAPTION_LINE, CAPTION_SKIP = 92, 11.4, 8.0
"""Letters on a line of a caption, points between its lines, and points between it and the float's body."""
LARGEST_SHARE = 0.22
"""Of the pages that a paper may have: what floats may take among the text."""


class Float(BaseModel):
    """A `figure` or `table` environment, written for its place among the text."""

    model_config = ConfigDict(frozen=True)

    label: str
    tex: str
    height: float = Field(gt=0, description="with its caption, in points, estimated")

    @property
    def in_appendix(self) -> Float:
        """The same float, fixed to its place in the appendix."""
        return self.model_copy(update={"tex": self.tex.replace(IN_TEXT, IN_APPENDIX, 1)})


def environment(kind: str, label: str, caption: str, body: str, *, height: float) -> Float:
    """A float of the kind "table" (caption above) or "figure" (below); `height` is that of its body, in points."""
    named = [f"\\caption{{{caption}}}", f"\\label{{{label}}}"]
    inner = [*named, body] if kind == "table" else [body, *named]
    tex = "\n".join([f"\\begin{{{kind}}}{IN_TEXT}", r"\centering", *inner, f"\\end{{{kind}}}", ""])
    return Float(label=label, tex=tex, height=height + caption_height(caption))


def caption_height(caption: str) -> float:
    """The height of a caption with the space around it, in points; commands of LaTeX count as letters."""
    return math.ceil(len(caption) / CAPTION_LETTERS) * CAPTION_LINE + CAPTION_SKIP


def stands_in_appendix(tex: str) -> bool:
    """Whether an environment was written for the appendix."""
    return IN_APPENDIX in tex.partition("\n")[0]


def arranged(groups: Sequence[Sequence[Float]], *, pages: int) -> list[Float]:
    """The floats in their order, those without room among the text of so many pages written for the appendix.

    A group is a float with those that go on with it, which stay together. Among the text stand those that are low
    enough, the first ones first, until their share of the pages is used up.
    """
    left = LARGEST_SHARE * pages * TEXT_HEIGHT
    places: list[Float] = []
    for group in groups:
        height = sum(item.height for item in group)
        fits = height <= min(HIGHEST_IN_TEXT, left)
        left -= height if fits else 0.0
        places += group if fits else [item.in_appendix for item in group]
    return places
