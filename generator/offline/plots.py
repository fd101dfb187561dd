"""Figures: the names of runs in plot.py, and what each figure of the bundled templates shows."""

from __future__ import annotations

import ast
import json
import struct
from collections.abc import Mapping
from pathlib import Path

from ...data.errors import InputError
from ...data.files import read_text, write_atomic
from ...presentation.latex import escape
from ..latex.figures import Panel, figure, figures
from .words import code

NAME = "labels"
MOST_PANELS = 4
CAPTIONS: dict[str, dict[str, str]] = {
    "grokking": {
        "accuracy.png": r"Accuracy over the updates of training (log axis), one panel per operation. Solid lines are "
        r"the held-out part, dashed lines the training part, both as means over seeds; the shade spans the seeds of "
        r"the held-out part.",
        "steps_to_99.png": r"Updates until the held-out accuracy passes 99\%. Bars are means with standard errors, "
        r"dots are seeds; a hollow dot is a seed that never passed and counts with the last update.",
        "loss.png": r"Cross-entropy over the updates, both axes logarithmic. Solid lines are the held-out part, "
        r"dashed lines the training part.",
    },
    "diffusion": {
        "kl_divergence.png": r"KL divergence between held-out and generated points. Dots are seeds, markers are means "
        r"with standard errors; the black line is what a single Gaussian fitted to the data reaches.",
        "generated_images.png": r"Points generated with the first seed, a row for each setting, over training points "
        r"in grey. The number in a panel is the KL divergence, as a mean over seeds.",
        "train_loss.png": r"Training loss as a running mean over the steps, averaged over seeds; the band reaches "
        r"from the lowest to the highest seed.",
    },
    "nanogpt": {
        "val_loss_*.png": r"Held-out loss over the steps of training: means over seeds, with a band of one standard "
        r"error to both sides. The grey lines are what models that count pairs and triples of characters reach.",
        "train_loss_*.png": r"Training loss over the steps: means over seeds, with a band of one standard error.",
    },
}
"""Captions by template and file, LaTeX, in the order in which a paper shows them. A name with a star stands for several
files, one per dataset, that make one figure."""


def relabel(plot: Path, labels: Mapping[str, str]) -> None:
    """Let the dictionary `labels` of a plot.py name these runs.

    Raises InputError where the file assigns no such dictionary at its top level, or is not Python.
    """
    text = read_text(plot)
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise InputError(f"{plot}:{error.lineno}: not Python ({error.msg})") from None
    value = next((value for node in tree.body if (value := _assigned(node)) is not None), None)
    if value is None or value.end_lineno is None or value.end_col_offset is None:
        raise InputError(f"{plot}: it assigns no dictionary `labels`; without it the figures cannot name the runs")
    lines = text.encode().split(b"\n")
    start = sum(len(line) + 1 for line in lines[: value.lineno - 1]) + value.col_offset
    end = sum(len(line) + 1 for line in lines[: value.end_lineno - 1]) + value.end_col_offset
    new = json.dumps(dict(labels), indent=4, ensure_ascii=False)
    write_atomic(plot, text.encode()[:start] + new.encode() + text.encode()[end:])


def _assigned(node: ast.stmt) -> ast.expr | None:
    """What the statement assigns to `labels`."""
    if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == NAME for t in node.targets):
        return node.value
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == NAME:
        return node.value
    return None


def floats(template: str, folder: Path) -> list[tuple[str, str]]:
    """Label and `figure` environment of the figures that a paper shows, the most telling first."""
    captions = CAPTIONS.get(template) or {path.name: _plain_caption(path) for path in sorted(folder.glob("*.png"))}
    found = [(pattern, sorted(folder.glob(pattern))[:MOST_PANELS], caption) for pattern, caption in captions.items()]
    return [_float(pattern, paths, caption) for pattern, paths, caption in found if paths]


def _plain_caption(path: Path) -> str:
    return escape(f"The template's plot of {path.stem.replace('_', ' ')}, for all settings.")


def _float(pattern: str, paths: list[Path], caption: str) -> tuple[str, str]:
    prefix = pattern.partition("*")[0].removesuffix(".png").rstrip("_")
    label = f"fig:{prefix}"
    if len(paths) == 1:
        return label, figure(paths[0].name, caption, label, width=_width(paths[0]))
    panels = [Panel(path=path.name, caption=code(path.stem.removeprefix(f"{prefix}_"))) for path in paths]
    return label, figures(panels, caption, label)


def _width(path: Path) -> float:
    """A share of the line that leaves room on the page: wide images get more of it."""
    header = path.read_bytes()[:24]
    width, height = struct.unpack(">II", header[16:24]) if header[1:4] == b"PNG" else (4, 3)
    return 0.86 if width > 1.6 * height else 0.76
