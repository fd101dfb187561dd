"""Changes to a paper's text as passages to be replaced: what a critique, a compiler or a review calls for."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from pydantic import Field

from ..latex.document import Draft
from .calls import AnswerForm, latex
from .section_text import bodies, with_body

TITLE = "Title"


class TextEdit(AnswerForm):
    """One passage and what stands there instead."""

    section: str = Field(description="the name of the section, Abstract or Title")
    passage: str = Field(
        description="copied from that section, long enough to stand there only once; empty: the end of the section"
    )
    replacement: str = Field(description="LaTeX to stand there instead; empty takes the passage out")


class TextEdits(AnswerForm):
    """All that is to be changed; an empty list leaves the paper as it is."""

    thought: str = Field(description="what is wrong with the paper and what matters most, in a few sentences")
    edits: list[TextEdit]


def edited(draft: Draft, edits: Sequence[TextEdit], tidy: Callable[[str], str]) -> tuple[Draft, list[str]]:
    """The draft with all edits that can be made, and a line for each that cannot. `tidy` cleans what is put in."""
    problems: list[str] = []
    for number, edit in enumerate(edits, start=1):
        try:
            draft = _with_edit(draft, edit, tidy)
        except ValueError as problem:
            problems.append(f"edit {number} ({edit.section}): {problem}")
    return draft, problems


def _with_edit(draft: Draft, edit: TextEdit, tidy: Callable[[str], str]) -> Draft:
    texts = {TITLE: draft.title, **bodies(draft)}
    name = next((name for name in texts if name.lower() == edit.section.strip().lower()), "")
    if not name:
        raise ValueError(f"there is no such section; the sections are {', '.join(texts)}")
    new = latex(edit.replacement)
    changed = _replaced(texts[name], edit.passage, " ".join(new.split()) if name == TITLE else tidy(new))
    if not changed:
        raise ValueError("nothing would be left of the section")
    if name == TITLE:
        return draft.model_copy(update={"title": changed})
    return with_body(draft, name, changed)


def _replaced(text: str, passage: str, new: str) -> str:
    words = passage.split()
    if not words:
        return f"{text}\n\n{new}".strip()
    found = list(re.finditer(r"\s+".join(map(re.escape, words)), text))
    if len(found) != 1:
        where = "does not stand in that section as it was copied" if not found else f"stands there {len(found)} times"
        raise ValueError(f'the passage "{" ".join(words)[:80]}" {where}')
    [only] = found
    before, after = text[: only.start()], text[only.end() :]
    return re.sub(r"\n{3,}", "\n\n", f"{before}{new}{after}" if new else f"{before.rstrip(' ')}{after}").strip()
