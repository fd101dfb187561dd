"""How many tokens a paper makes for a language model, and cutting it to a number of them at the least loss.

The count needs no provider's tokenizer. First goes the appendix (all behind the references, or from the appendix's
heading on), then the references; if that is not enough, the longest sections lose their ends until all fit, title and
abstract last.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from pydantic import BaseModel, ConfigDict

from ..records import Paper, Section
from .sections import APPENDIX, REFERENCES, find_sections

ASCII_PER_TOKEN = 3.6
"""Characters per token of English scientific text with its formulae, numbers and references; prose alone has more."""
MARK = "\n[cut to fit]\n\n"


def estimate_tokens(text: str) -> int:
    """About how many tokens common tokenizers make of English scientific text.

    An estimate, for deciding what fits into a context window: 3.6 ASCII characters a token, and one token for each
    other character (mathematical signs make more, accented letters fewer).
    """
    ascii_characters = len(text.encode("ascii", "ignore"))
    return ceil(ascii_characters / ASCII_PER_TOKEN) + len(text) - ascii_characters


class Cut(BaseModel):
    """A section that lost text, and how many tokens (estimated)."""

    model_config = ConfigDict(frozen=True)

    section: str
    tokens: int


@dataclass
class _Part:
    title: str
    text: str
    front: bool

    @property
    def tokens(self) -> int:
        return estimate_tokens(self.text)


def truncate(paper: Paper, max_tokens: int) -> tuple[Paper, tuple[Cut, ...]]:
    """The paper with at most `max_tokens` in its text, and the cuts in the order in which they were made.

    Raises ValueError for fewer than one token.
    """
    if max_tokens < 1:
        raise ValueError(f"max_tokens must be at least 1, not {max_tokens}")
    if estimate_tokens(paper.text) <= max_tokens:
        return paper, ()
    sections = paper.sections or find_sections(paper.text)
    parts, cuts = _parts(paper.text, sections), []
    appendix, references = _back(sections)
    for group in (appendix, references):
        if sum(part.tokens for part in parts) > max_tokens:
            cuts += [Cut(section=parts[i].title, tokens=parts[i].tokens) for i in group if parts[i].text]
            for i in group:
                parts[i].text = ""
    cuts += _shorten([part for part in parts if not part.front], max_tokens - sum(p.tokens for p in parts if p.front))
    cuts += _shorten([part for part in parts if part.front], max_tokens - sum(p.tokens for p in parts if not p.front))
    text = "".join(part.text for part in parts)
    return paper.model_copy(update={"text": text, "sections": find_sections(text)}), tuple(cuts)


def _parts(text: str, sections: tuple[Section, ...]) -> list[_Part]:
    """The head (title and authors), then one part per section."""
    first = sections[0].start if sections else len(text)
    head = _Part("beginning", text[:first], front=bool(sections))
    own = [_Part(s.title, text[s.start : s.end], front=s.title.lower().startswith("abstract")) for s in sections]
    return [head, *own]


def _back(sections: tuple[Section, ...]) -> tuple[list[int], list[int]]:
    """The numbers of the parts that are appendix and of those that are references."""
    listed = [i for i, section in enumerate(sections) if REFERENCES.fullmatch(section.title)][-1:]
    headed = [i for i, section in enumerate(sections) if i > len(sections) // 3 and APPENDIX.fullmatch(section.title)]
    start = min([i + 1 for i in listed] + headed[:1], default=len(sections))
    appendix = [i + 1 for i in range(start, len(sections)) if i not in listed]
    return appendix, [i + 1 for i in listed]


def _shorten(parts: list[_Part], budget: int) -> list[Cut]:
    """Cut the ends of the longest parts until all of them together have at most `budget` tokens."""
    if sum(part.tokens for part in parts) <= budget:
        return []
    limit = _limit([part.tokens for part in parts], max(0, budget))
    cuts = []
    for part in parts:
        before = part.tokens
        if before > limit:
            part.text = _beginning(part.text, limit)
            cuts.append(Cut(section=part.title, tokens=before - part.tokens))
    return cuts


def _limit(tokens: list[int], budget: int) -> int:
    """The largest length that, as the longest allowed for each, keeps the sum within the budget."""
    left = budget
    for done, length in enumerate(sorted(tokens)):
        share = left // (len(tokens) - done)
        if length > share:
            return share
        left -= length
    return max(tokens, default=0)


def _beginning(text: str, limit: int) -> str:
    """The beginning of the text with a mark behind it, at most `limit` tokens in all, ended between two words."""
    room = limit - estimate_tokens(MARK)
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if estimate_tokens(text[:middle]) <= room else (low, middle - 1)
    kept = text[:low]
    if low < len(text) and not text[low].isspace():
        kept = kept[: max(kept.rfind(" "), kept.rfind("\n"), 0)]
    return kept.rstrip() + MARK if kept.strip() else ""
