"""Captions of figures as sections of a draft, so that they are changed by the same edits as its text."""

from __future__ import annotations

from collections.abc import Mapping

from ...data.papers.tex.commands import command_argument
from ..latex.document import Draft

CAPTION_OF = "Caption of "


def with_captions(draft: Draft, floats: Mapping[str, str]) -> Draft:
    """The draft with a section for the caption of each figure; those of tables are the program's."""
    captions = {
        f"{CAPTION_OF}{label}": caption
        for label, tex in floats.items()
        if label.startswith("fig:") and (caption := command_argument(tex, "caption"))
    }
    return draft.model_copy(update={"sections": {**draft.sections, **captions}})


def without_captions(draft: Draft, floats: Mapping[str, str]) -> tuple[Draft, dict[str, str]]:
    """The draft without these sections, and the floats with the captions that stood there."""
    sections = {name: body for name, body in draft.sections.items() if not name.startswith(CAPTION_OF)}
    changed = dict(floats)
    for name, body in draft.sections.items():
        label = name.removeprefix(CAPTION_OF)
        old = command_argument(floats.get(label, ""), "caption")
        if name.startswith(CAPTION_OF) and old and body != old:
            caption = " ".join(body.split())
            changed[label] = floats[label].replace(f"\\caption{{{old}}}", f"\\caption{{{caption}}}", 1)
    return draft.model_copy(update={"sections": sections}), changed
