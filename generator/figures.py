"""The figures of a paper: the names of runs in plot.py, and the images as LaTeX with the template's captions."""

from __future__ import annotations

import ast
import json
import struct
from collections.abc import Collection, Mapping
from pathlib import Path

from ..data.errors import InputError
from ..data.files import read_text, write_atomic
from ..presentation.latex import escape
from .latex.figures import ASPECT, Panel, figure, figures
from .latex.floats import Float
from .latex.words import code
from .template import assigned

NAME = "labels"
MOST_PANELS = 4
WIDE = 1 / 1.6
"""Height by width below which an image needs more of the line."""


def relabel(plot: Path, labels: Mapping[str, str]) -> None:
    """Let the dictionary `labels` of a plot.py name these runs; settings put together get a line for each.

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
    lines_of_legend = {run: label.replace(" + ", "\n+ ") for run, label in labels.items()}
    new = json.dumps(lines_of_legend, indent=4, ensure_ascii=False)
    write_atomic(plot, text.encode()[:start] + new.encode() + text.encode()[end:])


def captioned_figures(captions: Mapping[str, str], folder: Path, images: Collection[str] | None = None) -> list[Float]:
    """The figures that captions have been written for, in their order, where the folder has the images.

    `captions` are those of `Template.captions`, a name with a star for several images that make one figure; without
    any, each PNG has a plain one. With `images`, only figures that have all of their images among them.
    """
    captions = captions or {path.name: plain_caption(path.name) for path in sorted(folder.glob("*.png"))}
    found = [(pattern, sorted(folder.glob(pattern))[:MOST_PANELS], caption) for pattern, caption in captions.items()]
    return [
        _figure(pattern, paths, caption)
        for pattern, paths, caption in found
        if paths and (images is None or {path.name for path in paths} <= set(images))
    ]


def figure_of(image: Path, caption: str) -> Float:
    """The figure of one image; `caption` is LaTeX, a plain one where it is empty."""
    return _single(image, caption or plain_caption(image.name), f"fig:{image.stem}")


def plain_caption(image: str) -> str:
    """What there is to say of an image whose caption nobody has written, as LaTeX."""
    return escape(f"The plot of {Path(image).stem.replace('_', ' ')}, for all settings.")


def _figure(pattern: str, paths: list[Path], caption: str) -> Float:
    prefix = pattern.partition("*")[0].removesuffix(".png").rstrip("_")
    label = f"fig:{prefix}"
    if len(paths) == 1:
        return _single(paths[0], caption, label)
    panels = [
        Panel(path=path.name, caption=code(path.stem.removeprefix(f"{prefix}_")), aspect=aspect_of(path))
        for path in paths
    ]
    return figures(panels, caption, label)


def _single(image: Path, caption: str, label: str) -> Float:
    aspect = aspect_of(image)
    return figure(image.name, caption, label, 0.86 if aspect < WIDE else 0.76, aspect=aspect)


def aspect_of(image: Path) -> float:
    """Height by width of a PNG; images of other formats are not looked into."""
    header = image.read_bytes()[:24]
    width, height = struct.unpack(">II", header[16:24]) if header[1:4] == b"PNG" else (1, ASPECT)
    return height / width if width and height else ASPECT
