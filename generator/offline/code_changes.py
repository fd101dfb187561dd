"""The edits of a knob: made in the workspace, and shown in the paper."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from difflib import SequenceMatcher
from pathlib import Path

from ...data.errors import InputError
from ...data.files import read_text, write_atomic
from ..template import Edit, Variant

LINE = 88
"""Characters that fit a line of a listing."""
IN_COLUMN = 54
"""In one of two columns."""
MOST_LINES = 26


def apply_edits(folder: Path, edits: Sequence[Edit]) -> None:
    """Make the replacements, all or none.

    Raises InputError where a text does not stand in its file exactly once, or a file lies outside the folder.
    """
    contents: dict[Path, str] = {}
    for edit in edits:
        path = folder / edit.file
        if not path.resolve().is_relative_to(folder.resolve()):
            raise InputError(f"knobs.json: {edit.file} leads out of the template's folder; name a file in it")
        text = contents[path] if path in contents else read_text(path)
        found = text.count(edit.search)
        if found != 1:
            times = "does not occur" if not found else f"occurs {found} times"
            raise InputError(f"{path}: {edit.search[:60]!r} {times}; knobs.json has to name a text that occurs once")
        contents[path] = text.replace(edit.search, edit.replace)
    for path, text in contents.items():
        write_atomic(path, text)


def listing(variants: Sequence[Variant], width: int = LINE) -> str:
    """The changed lines as a LaTeX listing: those of the baseline behind "-", those of each variant behind "+".

    Lines have up to `width` characters; those that all variants replace are shown once. What is beyond `MOST_LINES` is
    left out, and that is said.
    """
    changes = [_changed(variant.edits) for variant in variants]
    removed = changes[0][0]
    shared = all(before == removed for before, _ in changes)
    lines = ["# Baseline", *_marked("-", removed, width)] if shared else []
    for variant, (before, after) in zip(variants, changes, strict=True):
        lines += [f"# {variant.label}", *([] if shared else _marked("-", before, width)), *_marked("+", after, width)]
    if len(lines) > MOST_LINES:
        lines = [*lines[:MOST_LINES], "# ... (the rest is in the code that is kept with the runs)"]
    body = "\n".join(lines).replace(r"\end{verbatim}", r"\end {verbatim}")
    return "\\begingroup\\footnotesize\n\\begin{verbatim}\n" + body + "\n\\end{verbatim}\n\\endgroup"


def _changed(edits: Sequence[Edit]) -> tuple[list[str], list[str]]:
    """The lines that the edits take out, and those that they put in."""
    before: list[str] = []
    after: list[str] = []
    for edit in edits:
        old, new = edit.search.split("\n"), edit.replace.split("\n")
        for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            if tag != "equal":
                before += old[a:b]
                after += new[c:d]
    return before, after


def _marked(mark: str, lines: Sequence[str], width: int) -> list[str]:
    """The lines behind the mark, without their common indent, long ones broken."""
    shown = textwrap.dedent("\n".join(lines)).split("\n") if lines else []
    marked: list[str] = []
    for line in shown:
        pieces = textwrap.wrap(line, width, subsequent_indent=" " * 8, drop_whitespace=False) or [""]
        marked += [f"{mark} {pieces[0]}", *(f"  {piece}" for piece in pieces[1:])]
    return marked
