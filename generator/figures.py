"""The figures of a paper: the names of runs in plot.py, and the images as LaTeX with the template's captions."""

from __future__ import annotations

import ast
import json
import struct
from collections.abc import Mapping
from pathlib import Path

from ..data.errors import InputError
from ..data.files import read_text, write_atomic
from ..presentation.latex import escape
from .latex.figures import Panel, figure, figures
from .latex.words import code
from .template import assigned

NAME = "labels"
MOST_PANELS = 4


def relabel(plot: Path, labels: Mapping[str, str]) -> None:
    """Let the dictionary `labels` of a plot.py name these runs.

    Raises InputError where the file assigns no such dictionary at its top level, or is not Python.
    """
    text = read_text(plot)
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise InputError(f"{plot}:{error.lineno}: not Python ({error.msg})") from None
    value = assigned(tree.body, NAME)
    if value is None or value.end_lineno is None or value.end_col_offset is None:
        raise InputError(f"{plot}: it assigns no dictionary `labels`; without it the figures cannot name the runs")
    lines = text.encode().split(b"\n")
    start = sum(len(line) + 1 for line in lines[: value.lineno - 1]) + value.col_offset
    end = sum(len(line) + 1 for line in lines[: value.end_lineno - 1]) + value.end_col_offset
    new = json.dumps(dict(labels), indent=4, ensure_ascii=False)
    write_atomic(plot, text.encode()[:start] + new.encode() + text.encode()[end:])


def captioned_figures(captions: Mapping[str, str], folder: Path) -> list[tuple[str, str]]:
    """Label and `figure` environment of the figures that a paper shows, in the order of the captions.

    `captions` are those of `Template.captions`; without any, each PNG of the folder has a plain one.
    """
    captions = captions or {path.name: plain_caption(path.name) for path in sorted(folder.glob("*.png"))}
    found = [(pattern, sorted(folder.glob(pattern))[:MOST_PANELS], caption) for pattern, caption in captions.items()]
    return [_figure(pattern, paths, caption) for pattern, paths, caption in found if paths]


def plain_caption(image: str) -> str:
    """What there is to say of an image whose caption nobody has written, as LaTeX."""
    return escape(f"The plot of {Path(image).stem.replace('_', ' ')}, for all settings.")


def _figure(pattern: str, paths: list[Path], caption: str) -> tuple[str, str]:
    prefix = pattern.partition("*")[0].removesuffix(".png").rstrip("_")
    label = f"fig:{prefix}"
    if len(paths) == 1:
        return label, figure(paths[0].name, caption, label, width=0.86 if is_wide(paths[0]) else 0.76)
    panels = [Panel(path=path.name, caption=code(path.stem.removeprefix(f"{prefix}_"))) for path in paths]
    return label, figures(panels, caption, label)


def is_wide(image: Path) -> bool:
    """Whether a PNG is wide, so that it needs more of the line; images of other formats are not looked into."""
    header = image.read_bytes()[:24]
    width, height = struct.unpack(">II", header[16:24]) if header[1:4] == b"PNG" else (4, 3)
    return width > 1.6 * height
