"""Figures: one image, or several side by side, with captions and labels."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from pydantic import BaseModel, ConfigDict, Field

from ...data.errors import InputError

GOOD_PATH = re.compile(r"[A-Za-z0-9._/+-]+")
FORMATS = (".pdf", ".png", ".jpg", ".jpeg")
"""What pdflatex takes."""


class Panel(BaseModel):
    r"""One image of a figure; `caption` is LaTeX."""

    model_config = ConfigDict(frozen=True)

    path: str = Field(description="relative to the paper's folder")
    caption: str = ""
    label: str = ""


def figure(path: str, caption: str, label: str, width: float = 0.85) -> str:
    r"""A `figure` environment with one image; `width` is a share of the line, `caption` is LaTeX.

    Raises InputError for a path that LaTeX cannot take or that leads out of the folder, and for a width outside (0, 1].
    """
    return _environment([f"{_image(path, width)}"], caption, label)


def figures(panels: Sequence[Panel], caption: str, label: str, *, per_row: int = 2) -> str:
    r"""A `figure` environment with images side by side, lettered (a), (b), ... by subcaption.

    Raises InputError as `figure` does, and where there is no panel.
    """
    if not panels or per_row < 1:
        raise InputError(f"figure {label}: give at least one image, and one per row")
    share = 1 / per_row - 0.02 * (per_row > 1)
    lines: list[str] = []
    for index, panel in enumerate(panels):
        named = [f"\\label{{{panel.label}}}"] if panel.label else []
        lines += [
            f"\\begin{{subfigure}}[t]{{{share:.3g}\\linewidth}}", r"\centering", _image(panel.path, 1.0),
            f"\\caption{{{panel.caption}}}", *named, r"\end{subfigure}",
        ]  # fmt: skip
        last_in_row = (index + 1) % per_row == 0
        if index + 1 < len(panels):
            lines.append(r"\par\medskip" if last_in_row else r"\hfill")
    return _environment(lines, caption, label)


def _environment(lines: Sequence[str], caption: str, label: str) -> str:
    inner = [r"\centering", *lines, f"\\caption{{{caption}}}", f"\\label{{{label}}}"]
    return "\n".join([r"\begin{figure}[tbp]", *inner, r"\end{figure}", ""])


def _image(path: str, width: float) -> str:
    if not GOOD_PATH.fullmatch(path) or PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
        raise InputError(f"figure {path!r}: name a file in the paper's folder by letters, digits and . _ - + / only")
    if PurePosixPath(path).suffix.lower() not in FORMATS:
        raise InputError(f"figure {path}: save it as one of {', '.join(FORMATS)}")
    if not 0 < width <= 1:
        raise InputError(f"figure {path}: the width is a share of the line above 0 and up to 1, not {width:g}")
    size = r"\linewidth" if width == 1 else f"{width:g}\\linewidth"
    return f"\\includegraphics[width={size},height=0.42\\textheight,keepaspectratio]{{{path}}}"
