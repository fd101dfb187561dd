"""What a model made of passages of papers: kept with its hash, and put in their places."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from ...data.errors import InputError
from ...data.files import read_jsonl, validated
from ...data.records import Paper
from .manipulation import NotApplicable
from .parts import Edit, abstract_of, body_of, edited, with_text
from .section_kinds import prose_paragraphs

ABSTRACT, PRESENTATION = "abstract", "presentation"


class Rewrite(BaseModel):
    """A line of rewrites.jsonl: a passage in a style, as the model wrote it, or why that was refused."""

    model_config = ConfigDict(frozen=True)

    key: str = Field(description="`key_of` the style and the passage")
    style: str
    paper: str
    text: str = Field(default="", description="what the model wrote; empty where it was refused")
    digest: str = Field(default="", description="SHA-256 of the text")
    refused: str = Field(default="", description="why the passage stays as it is")
    usd: float | None = Field(default=0.0, description="its share of the call; None: unknown")


class Rewrites:
    """The rewritten passages that are known by their keys; `keep` is called with each further one."""

    def __init__(self) -> None:
        self.known: dict[str, Rewrite] = {}
        self.keep: Callable[[Rewrite], None] = lambda _: None

    def read(self, path: Path) -> None:
        """Know those of a run too. Raises InputError for a line that is none, or whose text is not that on record."""
        for number, value in read_jsonl(path, torn_tail=True) if path.exists() else ():
            one = validated(Rewrite, value, f"{path}:{number}")
            if one.text and one.digest != digest_of(one.text):
                raise InputError(f"{path}:{number}: its text is not the one on record; choose another --out")
            self.known[one.key] = one

    def add(self, one: Rewrite) -> None:
        """Know and keep a further one."""
        self.known[one.key] = one
        self.keep(one)

    def lacking(self, paper: Paper, target: str, style: str) -> list[str]:
        """The passages of the paper that are not rewritten in the style yet, each once."""
        texts = [paper.text[a:b] for a, b in passages(paper, target)]
        return [text for text in dict.fromkeys(texts) if key_of(style, text) not in self.known]

    def usd(self, paper: Paper, target: str, style: str) -> float | None:
        """What rewriting the paper in the style has cost; None: unknown."""
        costs = [self._one(paper.text[a:b], style).usd for a, b in passages(paper, target)]
        return None if None in costs else sum(cost or 0.0 for cost in costs)

    def applied(self, paper: Paper, target: str, style: str) -> Paper:
        """The paper with its passages in the style; refused ones stay as they are.

        Raises NotApplicable where there is no such passage, or all were refused, and InputError for one not known.
        """
        spans = passages(paper, target)
        if not spans:
            raise NotApplicable(f"no {'abstract' if target == ABSTRACT else 'paragraph of running text'} found")
        found = [(a, b, self._one(paper.text[a:b], style)) for a, b in spans]
        edits = [Edit(a, b, one.text) for a, b, one in found if one.text]
        if not edits:
            reason, _ = Counter(one.refused for _, _, one in found).most_common(1)[0]
            raise NotApplicable(f"the rewriting was refused: {reason}")
        return with_text(paper, edited(paper.text, edits))

    def _one(self, passage: str, style: str) -> Rewrite:
        found = self.known.get(key_of(style, passage))
        if found is None:
            raise InputError("a rewritten passage is missing in rewrites.jsonl; choose another --out")
        return found


def refusals(rewrites: Iterable[Rewrite]) -> str:
    """One line on how many passages were rewritten and how many were refused, and why; empty without any."""
    given = list(rewrites)
    counts = Counter(one.refused for one in given if one.refused)
    if not given:
        return ""
    why = ", ".join(f"{count} ({reason})" for reason, count in counts.most_common())
    stay = f"; {sum(counts.values())} stay as they were: {why}" if counts else "; none was refused"
    return f"{len(given)} passages were given to the rewriter{stay}."


def passages(paper: Paper, target: str) -> list[tuple[int, int]]:
    """Where the abstract stands in the text, and for the presentation the paragraphs of the body too."""
    found: list[tuple[int, int]] = []
    place = abstract_of(paper)
    if place:
        words = paper.text[slice(*place)]
        start = place[0] + len(words) - len(words.lstrip())
        found = [(start, start + len(words.strip()))] if words.strip() else []
    return found if target == ABSTRACT else [*found, *prose_paragraphs(paper.text, *body_of(paper))]


def key_of(style: str, passage: str) -> str:
    """What a passage in a style is known by."""
    return digest_of(f"{style}\n{passage}")


def digest_of(text: str) -> str:
    """SHA-256 of a text."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
