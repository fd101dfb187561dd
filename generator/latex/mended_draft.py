"""A draft and its source file: which lines are of which text, and what rules mend there carried over to the draft."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Literal

from ...data.files import read_text
from .columns import in_columns
from .document import ABSTRACT, Draft
from .log import Problem
from .repair import auto_repair
from .styles import StyleName

Part = Literal["abstract", "sections", "appendix"]
MAIN = "paper.tex"
DOCUMENT = "\\begin{document}"


@dataclass(frozen=True)
class TextPlace:
    """A text of the draft in its file: from line `start`, counted from 0, to `end`, where the next one has its heading.

    `shown` is the text as it stands there.
    """

    part: Part
    name: str
    body: str
    shown: str
    start: int
    end: int


def text_places(draft: Draft, tex: str, style: StyleName) -> list[TextPlace]:
    """Where the abstract and the sections stand in the draft's source; those that were changed there are left out."""
    found: list[tuple[TextPlace, int]] = []
    position = 0
    for part, name, heading, body in _texts(draft):
        shown = (in_columns(body) if style == "two-column" and part == "sections" else body).strip()
        at = tex.find(f"{heading}\n{shown}\n", position)
        if at >= 0:
            position = at + len(heading) + 1
            start = tex.count("\n", 0, position)
            found.append((TextPlace(part, name, body, shown, start, start), start - 1))
    ends = [*(heading for _, heading in found[1:]), tex.count("\n") + 1]
    return [TextPlace(**{**vars(place), "end": end}) for (place, _), end in zip(found, ends, strict=True)]


def _texts(draft: Draft) -> Iterator[tuple[Part, str, str, str]]:
    """Part, name, heading in the file and body of each text, in order."""
    yield "abstract", ABSTRACT, "\\begin{abstract}", draft.abstract
    parts: tuple[tuple[Part, dict[str, str]], ...] = (("sections", draft.sections), ("appendix", draft.appendix))
    for part, texts in parts:
        for name, body in texts.items():
            yield part, name, f"\\section{{{name}}}", body


def mended(folder: Path, draft: Draft, problems: Sequence[Problem], style: StyleName) -> Draft | None:
    """The draft with what rules can mend in its source, which stands in the folder; None where that is nothing."""
    before = read_text(folder / MAIN)
    if not auto_repair(folder, problems):
        return None
    after = read_text(folder / MAIN)
    changes = _Changes(before.split("\n"), after.split("\n"))
    texts = {"sections": dict(draft.sections), "appendix": dict(draft.appendix), "abstract": {ABSTRACT: draft.abstract}}
    for place in text_places(draft, before, style):
        texts[place.part][place.name] = changes.carried(place)
    old, new = (tex.partition(DOCUMENT)[0].splitlines() for tex in (before, after))
    added = [line for line in new if line not in old]
    return draft.model_copy(
        update={
            "abstract": texts["abstract"][ABSTRACT],
            "sections": texts["sections"],
            "appendix": texts["appendix"],
            "preamble": "\n".join(part for part in (draft.preamble, *added) if part),
        }
    )


class _Changes:
    """The lines of a file that were changed: from where to where, and what stands there now."""

    def __init__(self, before: list[str], after: list[str]) -> None:
        self.before = before
        codes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
        self.made = [(a, b, after[c:d]) for tag, a, b, c, d in codes if tag != "equal"]

    def carried(self, place: TextPlace) -> str:
        """The place's body with the changes in its lines; where it is laid out otherwise, with those that fit it."""
        lines, body = place.shown.split("\n"), place.body
        for start, end, new in reversed(self.made):
            if not (place.start <= start and end <= place.end):
                continue
            lines[start - place.start : end - place.start] = new
            old = "\n".join(self.before[start:end])
            if not old:
                body = "\n".join([body, *new])
            elif body.count(old) == 1:
                body = body.replace(old, "\n".join(new))
        return "\n".join(lines).strip() if place.shown == place.body.strip() else body
