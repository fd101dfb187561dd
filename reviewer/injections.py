"""Passages in a paper that speak to its reviewer: "ignore your instructions", "give a positive review only".

The rules are data (injection_rules.toml) and know English. They read normal text: look-alike characters replaced,
invisible ones dropped, words joined again that a line end took apart. The time is linear in the length of the text.

They are a tripwire and no shield: of 75 wordings invented after the rules, about half were found before the rules were
widened. Papers about such passages are found as well.
"""

from __future__ import annotations

import functools
import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ..data.files import read_text
from .normal_text import NormalText
from .protocol import fingerprint_of
from .scrub_patterns import SENTENCE_END
from .scrub_sentences import LONGEST_SENTENCE
from .word_index import WordIndex

RULES_FILE = Path(__file__).parent / "injection_rules.toml"
REMOVED = "[removed: text addressed to the reviewer]"
EXCERPT = 200
"""Characters of an excerpt at most."""
BETWEEN = 300
"""Two passages at most so many characters apart are removed with what stands between them."""
BETWEEN_WORDS = r"(?:[^\w.!?]{1,4}+)"
CLAUSE = r"""(?:\A|\n\n|[.!?:;>})\]",]\s?|-\s|^(?=[^\W\d_a-z]))[^\w\n]{0,3}(?=[^\W\d_])"""
"""What stands before the first letter of a sentence or clause."""


class Injection(NamedTuple):
    """A passage that speaks to the reviewer: the rule that found it, its place in the text, what it says."""

    rule: str
    start: int
    end: int
    excerpt: str


class Rules(NamedTuple):
    """Patterns for anywhere, what stands before an order, patterns of orders, and what letters apart may say."""

    anywhere: WordIndex
    clause: re.Pattern[str]
    orders: WordIndex
    letters_apart: re.Pattern[str]


def find_injections(text: str) -> tuple[Injection, ...]:
    """The passages that a rule finds, in order of their start; passages of different rules may overlap."""
    normal = NormalText(text)
    spans = {(name, *normal.span(*span)) for name, span in _matches(normal)}
    found = (Injection(name, start, end, _excerpt(text[start:end])) for name, start, end in spans)
    return tuple(sorted(found, key=lambda injection: (injection.start, injection.end, injection.rule)))


def remove_injections(text: str) -> tuple[str, tuple[Injection, ...]]:
    """The text with the sentences that hold an injection replaced by a remark, and what was found.

    What stands between two such sentences goes too where it is short.
    """
    injections = find_injections(text)
    if not injections:
        return text, ()
    kept, position = [], 0
    for start, end in _passages(text, injections):
        kept += [text[position:start], REMOVED]
        position = end
    return "".join([*kept, text[position:]]), injections


def rules_fingerprint() -> str:
    """Twelve hex digits that change with the rules."""
    return fingerprint_of(version=1, rules=read_text(RULES_FILE))


@functools.cache
def load_rules() -> Rules:
    """The rules of the file, compiled."""
    written: dict[str, Any] = tomllib.loads(read_text(RULES_FILE))

    def index(where: str, before: str, flags: int = 0) -> WordIndex:
        return WordIndex(
            (
                (rule["name"], before + _either([pattern], written["words"]))
                for rule in written["rules"]
                for pattern in rule.get(where, [])
            ),
            flags,
        )

    return Rules(
        index("anywhere", "", re.MULTILINE),
        re.compile(f"{CLAUSE}(?i:{_either(['{please}'], written['words'])})", re.MULTILINE),
        index("orders", r"\b"),
        re.compile(written["letters_apart"]),
    )


def _matches(normal: NormalText) -> Iterator[tuple[str, tuple[int, int]]]:
    """Name of the rule and span of each match in normal text."""
    rules = load_rules()
    lowered = normal.text.lower()
    yield from ((name, found.span()) for name, found in rules.anywhere.search(lowered))
    clauses = (found.end() for found in rules.clause.finditer(normal.text))
    yield from ((name, found.span()) for name, found in rules.orders.match_at(lowered, clauses))
    for start, end, letters in normal.letters_apart():
        if rules.letters_apart.search(letters.lower()):
            yield "letters apart", (start, end)


def _either(patterns: list[str], words: dict[str, str]) -> str:
    """One pattern out of several in short notation; a list of words may name another."""
    spelt_out = []
    for pattern in patterns or [r"(?!)"]:
        while names := re.findall(r"\{([a-z_]+)\}", pattern):
            pattern = pattern.replace(f"{{{names[0]}}}", words[names[0]])
        pattern = re.sub(r"~(\d+)", r"(?: \\w{1,30}+){0,\1}?", pattern)
        spelt_out.append(f"(?:{pattern.replace(' ', BETWEEN_WORDS)})")
    return "|".join(spelt_out)


def _passages(text: str, injections: Iterable[Injection]) -> list[tuple[int, int]]:
    """The sentences around the injections, in order and apart from one another."""
    ends = [0, *(m.end() for m in SENTENCE_END.finditer(text)), len(text)]
    passages: list[tuple[int, int]] = []
    for injection in injections:
        start, end = _sentence(text, ends, injection)
        if passages and start - passages[-1][1] <= BETWEEN:
            first, last = passages.pop()
            start, end = min(start, first), max(end, last)
        passages.append((start, end))
    return passages


def _sentence(text: str, ends: list[int], injection: Injection) -> tuple[int, int]:
    """The sentence around an injection without the spaces at its ends; where it is very long, the injection alone."""
    before = ends[bisect_right(ends, injection.start) - 1]
    after = ends[min(bisect_right(ends, injection.end - 1), len(ends) - 1)]
    start = before if injection.start - before <= LONGEST_SENTENCE else injection.start
    end = after if 0 <= after - injection.end <= LONGEST_SENTENCE else injection.end
    start = injection.start - len(text[start : injection.start].lstrip())
    return start, injection.end + len(text[injection.end : end].rstrip())


def _excerpt(passage: str) -> str:
    line = " ".join(passage[: 4 * EXCERPT].split())
    return line if len(line) <= EXCERPT else f"{line[: EXCERPT - 1]}…"
