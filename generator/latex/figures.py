"""Figures: one image, or several side by side, with captions and labels."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from pydantic import BaseModel, ConfigDict, Field

from ...data.errors import InputError
from .floats import HIGHEST, TEXT_HEIGHT, TEXT_WIDTH, Float, caption_height, environment

GOOD_PATH = re.compile(r"[A-Za-z0-9._/+-]+")
FORMATS = (".pdf", ".png", ".jpg", ".jpeg")
"""What pdflatex takes."""
ASPECT = 0.75
"""Height by width of an image that nobody has measured."""
HIGHEST_IMAGE = 0.42
"""Share of the page's height for an image among the text."""
TOO_TALL = 1.25
"""An image that this would shrink by more gets a place of its own, in the appendix."""
PANEL_CAPTION = 20.0
"""Points below the image of a panel."""


class Panel(BaseModel):
    r"""One image of a figure; `caption` is LaTeX, `aspect` is height by width."""

    model_config = ConfigDict(frozen=True)

    path: str = Field(description="relative to the paper's folder")
    caption: str = ""
    label: str = ""
    aspect: float = Field(default=ASPECT, gt=0)


def figure(path: str, caption: str, label: str, width: float = 0.85, *, aspect: float = ASPECT) -> Float:
    r"""A `figure` environment with one image; `width` is a share of the line, `aspect` height by width.

    Raises InputError for a path that LaTeX cannot take or that leads out of the folder, and for a width outside (0, 1].
    """
    natural = width * TEXT_WIDTH * aspect / TEXT_HEIGHT
    tall = (HIGHEST - caption_height(caption)) / TEXT_HEIGHT
    highest = tall if natural > TOO_TALL * HIGHEST_IMAGE else HIGHEST_IMAGE
    body = _image(path, width, highest)
    return environment("figure", label, caption, body, height=min(natural, highest) * TEXT_HEIGHT)


def figures(panels: Sequence[Panel], caption: str, label: str, *, per_row: int = 2) -> Float:
    r"""A `figure` environment with images side by side, lettered (a), (b), ... by subcaption.

    Raises InputError as `figure` does, and where there is no panel.
    """
    if not panels or per_row < 1:
        raise InputError(f"figure {label}: give at least one image, and one per row")
    share = 1 / per_row - 0.02 * (per_row > 1)
    rows = [panels[start : start + per_row] for start in range(0, len(panels), per_row)]
    highest = min(HIGHEST_IMAGE, (HIGHEST - caption_height(caption)) / TEXT_HEIGHT / len(rows) - 0.04)
    body = "\n\\par\\medskip\n".join("\n\\hfill\n".join(_panel(one, share, highest) for one in row) for row in rows)
    height = sum(max(min(share * TEXT_WIDTH * one.aspect, highest * TEXT_HEIGHT) for one in row) for row in rows)
    return environment("figure", label, caption, body, height=height + PANEL_CAPTION * len(rows))


def _panel(panel: Panel, share: float, highest: float) -> str:
    named = [f"\\label{{{panel.label}}}"] if panel.label else []
    lines = [f"\\begin{{subfigure}}[t]{{{share:.3g}\\linewidth}}", r"\centering", _image(panel.path, 1.0, highest),
             f"\\caption{{{panel.caption}}}", *named, r"\end{subfigure}"]  # fmt: skip
    return "\n".join(lines)


def _image(path: str, width: float, highest: float) -> str:
    if not GOOD_PATH.fullmatch(path) or PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
        raise InputError(f"figure {path!r}: name a file in the paper's folder by letters, digits and . _ - + / only")
    if PurePosixPath(path).suffix.lower() not in FORMATS:
        raise InputError(f"figure {path}: save it as one of {', '.join(FORMATS)}")
    if not 0 < width <= 1:
        raise InputError(f"figure {path}: the width is a share of the line above 0 and up to 1, not {width:g}")
    size = r"\linewidth" if width == 1 else f"{width:g}\\linewidth"
    return f"\\includegraphics[width={size},height={highest:.3g}\\textheight,keepaspectratio]{{{path}}}"
