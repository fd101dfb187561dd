"""Figures as parts of a prompt: at about the size that they have in print, PDF figures drawn."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from ..data.errors import InputError
from ..data.papers.pdf.one_thread import one_thread
from ..llm.images import fitted_part
from ..llm.messages import ImagePart

WIDTH, HEIGHT = 840, 1100
"""Pixels of a figure, at most: the width of the text at 150 to the inch. What is illegible here is so in print."""
MOST = 12
"""Figures that are shown at once."""


def figure_parts(images: Mapping[str, bytes]) -> tuple[dict[str, ImagePart], list[str]]:
    """The images by name as parts of a prompt, and a line for each that cannot be shown."""
    parts: dict[str, ImagePart] = {}
    unseen: list[str] = []
    for name, content in images.items():
        if len(parts) == MOST:
            unseen.append(f"{name}: not looked at, {MOST} figures are shown at most")
            continue
        try:
            drawn = _drawn(content, name) if name.lower().endswith(".pdf") else content
            parts[name] = fitted_part(drawn, name, width=WIDTH, height=HEIGHT)
        except InputError as error:
            unseen.append(f"{error}; it was not looked at")
    return parts, unseen


@one_thread
def _drawn(pdf: bytes, name: str) -> bytes:
    """The first page of a PDF as a PNG file. Raises InputError where it is none."""
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(pdf) as document:
            page = document[0]
            scale: Any = min(WIDTH / max(1.0, page.get_width()), HEIGHT / max(1.0, page.get_height()))
            stream = io.BytesIO()
            page.render(scale=scale).to_pil().convert("RGB").save(stream, format="PNG")
            return stream.getvalue()
    except pypdfium2.PdfiumError as error:
        raise InputError(f"{name}: it cannot be drawn ({error})") from None
