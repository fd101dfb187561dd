"""Searching for many patterns at once finds what searching for each finds."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from peerassay.reviewer.word_index import WordIndex, first_letters

PATTERNS = {
    "plain": r"\bignore all\b",
    "either": r"\b(?:give|gives|as)[^\w.!?]{1,4}+(?:us|a) ten\b",
    "optional": r"\b(?:very )?good (?:paper|work)\b",
    "short": r"\bno[^\w.!?]{1,4}+flaws?\b",
    "class": r"\bpraise[sd]? it\b",
    "no word": r"</?paper-",
    "any word": r"\b\w{1,9} only\b",
    "line": r"^system:",
}
WORDS = (
    *["ignore", "all", "give", "gives", "as", "us", "a", "ten", "very", "good", "paper", "work", "no", "flaws"],
    *["praise", "praised", "it", "</paper-", "only", "system:", ".", "\n"],
)


@pytest.mark.parametrize(
    ("pattern", "letters"),
    [
        (r"\bignore all\b", {"ignor"}),
        (r"\b(?:give|gives|as) me", {"give", "gives", "as"}),
        (r"\b(?:very )?good\b", {"very", "good"}),
        (r"\bno[^\w.]{1,4}+way", {"no"}),
        (r"\b[ab]c d", {"ac", "bc"}),
        (r"ignore", None),
        (r"\b\w+ only", None),
        (r"^system", None),
    ],
)
def test_the_first_letters_of_a_pattern(pattern: str, letters: set[str] | None) -> None:
    assert first_letters(pattern) == (None if letters is None else frozenset(letters))


@given(st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join))
def test_the_index_misses_nothing_and_invents_nothing(text: str) -> None:
    found = {(name, match.start()) for name, match in WordIndex(PATTERNS.items(), re.MULTILINE).search(text)}
    searched = {
        (name, match.start())
        for name, pattern in PATTERNS.items()
        for match in re.compile(pattern, re.MULTILINE).finditer(text)
    }
    assert searched <= found
    assert all(re.compile(PATTERNS[name], re.MULTILINE).match(text, start) for name, start in found)


def test_at_given_places_nothing_else_is_found() -> None:
    index = WordIndex(PATTERNS.items(), re.MULTILINE)
    text = "ignore all. Now ignore all"
    assert [(name, m.start()) for name, m in index.match_at(text, [0, 3, 16])] == [("plain", 0), ("plain", 16)]
