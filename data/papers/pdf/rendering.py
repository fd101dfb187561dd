"""What of a page's text leaves a trace when the page is drawn."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from .objects import Box, PageObject, TextObject

if TYPE_CHECKING:
    import numpy as np

SCALE = 1.5
"""Pixels per point of the renderings."""

MOST_PIXELS = 20e6

CONTRAST = 20
"""Difference of a colour channel, of 255, that an eye sees: a grey of 235 on white is the lightest that counts."""

SEEN_SHARE = 0.25
"""Share of a run's length that shows a difference where the run can be seen."""


def unrendered(page: Any, suspects: Sequence[TextObject], texts: Sequence[TextObject]) -> list[TextObject]:
    """Those of the suspects that change nothing in the look of a pypdfium2 page that has none of its `texts`.

    Light, medium and dark ones are put back in turn, so that white words between black ones are told from these.
    """
    if not suspects:
        return []
    left, bottom, right, top = page.get_bbox()
    scale = min(SCALE, (MOST_PIXELS / max(1.0, (right - left) * (top - bottom))) ** 0.5)
    hidden = []
    set_shown(texts, shown=False)
    ground = _rendered(page, scale)
    for group in _by_tone(suspects):
        set_shown(group, shown=True)
        printed = _rendered(page, scale)
        set_shown(group, shown=False)
        for text in group:
            place = pixels(page, text.box, ground.shape)
            if not _differ(ground[place], printed[place]):
                hidden.append(text)
    set_shown(texts, shown=True)
    return hidden


def set_shown(texts: Iterable[TextObject], *, shown: bool) -> None:
    """Give the texts their own render mode, or make them invisible."""
    import pypdfium2.raw as pdfium

    for text in texts:
        mode = text.mode if shown else pdfium.FPDF_TEXTRENDERMODE_INVISIBLE
        pdfium.FPDFTextObj_SetTextRenderMode(text.handle, mode)


def _rendered(page: Any, scale: float) -> np.ndarray:
    """The page as an array (height, width, channels) of bytes."""
    return page.render(scale=scale, draw_annots=False).to_numpy()


def _by_tone(texts: Iterable[TextObject]) -> list[list[TextObject]]:
    groups: dict[str, list[TextObject]] = {}
    for text in texts:
        tone = "unknown" if text.light is None else "dark" if text.light < 100 else "medium"
        groups.setdefault("light" if (text.light or 0) >= 255 - CONTRAST else tone, []).append(text)
    return list(groups.values())


def _differ(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two pictures of a box differ over enough of its longer side."""
    import numpy as np

    part = (np.maximum(one, other) - np.minimum(one, other)).max(axis=2, initial=0) >= CONTRAST
    if part.size == 0:
        return False
    along = part.any(axis=0 if part.shape[1] >= part.shape[0] else 1)
    return bool(along.mean() >= SEEN_SHARE)


def pixels(page: Any, box: Box, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """Rows and columns of a rendering of this shape that hold the box."""
    import pypdfium2.raw as pdfium

    height, width = shape[:2]
    xs, ys = [], []
    for x, y in ((box[0], box[1]), (box[2], box[3])):
        column, row = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDF_PageToDevice(page.raw, 0, 0, width, height, 0, x, y, column, row)
        xs.append(column.value)
        ys.append(row.value)
    return (
        slice(max(0, min(ys)), max(0, min(max(ys) + 1, height))),
        slice(max(0, min(xs)), max(0, min(max(xs) + 1, width))),
    )


def overlaps(texts: Sequence[TextObject], others: Sequence[PageObject]) -> tuple[np.ndarray, np.ndarray]:
    """For each text the share of its box that other objects take, counted twice where two do: all, and later ones."""
    import numpy as np

    if not texts or not others:
        return np.zeros(len(texts)), np.zeros(len(texts))
    boxes = np.array([text.box for text in texts])
    covers = np.array([other.box for other in others])
    area = np.maximum((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]), 1e-6)
    low = np.maximum(boxes[:, None, :2], covers[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], covers[None, :, 2:])
    shares = np.clip(high - low, 0, None).prod(axis=2) / area[:, None]
    later = np.array([o.order for o in others])[None, :] > np.array([t.order for t in texts])[:, None]
    return shares.sum(axis=1), (shares * later).sum(axis=1)
