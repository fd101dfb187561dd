"""Surface counts of a text: how long, how cited, how laid out, how marked. None of them reads an argument.

They are what a reviewer has to beat, and what a leak shows up in, so they are kept plain: counts of words and marks per
1000 words, the highest numbers of figures and the like, shapes of lines and sentences, and (apart, in LENGTHS) what
tells how much text there is and how it ends.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

import numpy as np

from ..statistics.arrays import Floats

WORD = re.compile(r"[A-Za-z]+")
SENTENCE_END = re.compile(r"[.!?]\s+(?=[A-Z])")

WORDS = {
    "figure": "fig figs figure figures",
    "table": "tab table tables",
    "equation": "eq eqs eqn equation equations",
    "section": "sec section sections",
    "theorem": "theorem theorems lemma lemmas proposition corollary proof proofs",
    "assumption": "assumption assumptions definition definitions",
    "algorithm": "algorithm algorithms",
    "footnote": "footnote footnotes",
    "supplement": "supplement supplementary supplemental",
    "we": "we",
    "our": "our",
    "the": "the",
    "of": "of",
    "this": "this",
    "that": "that",
    "which": "which",
    "not": "not no cannot without",
    "however": "however although while whereas unlike",
    "hedge": "may might could perhaps possibly seem seems appear appears likely suggest suggests often usually",
    "boost": "very significantly extremely greatly clearly superior remarkable outperform outperforms sota",
    "novel": "novel",
    "baseline": "baseline baselines",
    "ablation": "ablation ablations ablate ablating",
    "dataset": "dataset datasets",
    "seed": "seed seeds trials runs",
    "limitation": "limitation limitations",
    "code": "code codes implementation implementations",
    "future": "future",
}
MARKS = {
    "comma": ",",
    "semicolon": ";",
    "colon": ":",
    "question mark": "?",
    "opening parenthesis": "(",
    "opening bracket": "[",
    "percent sign": "%",
    "slash": "/",
    "hyphen": "-",
    "dash": "–—",
    "quotation mark": "\"“”'‘’`",
    "equals sign": "=",
    "comparison sign": "<>≤≥≈∼",
    "plus or minus": "+−±",
    "asterisk": "*",
    "hash": "#",
    "underscore": "_",
    "vertical bar": "|",
    "bullet": "•",
    "footnote mark": "∗†‡§¶",
    "digit": "0123456789",
}
PATTERNS = {
    "et al.": re.compile(r"et al\b"),
    "citation group": re.compile(r"\([^()\n]{0,200}(?:et al|; | & |\d{4})[^()]{0,200}\)"),
    "numbered citation": re.compile(r"\[\d+(?:[,;–-]\s*\d+)*\]"),
    "year": re.compile(r"(?<!\d)(?:19|20)\d\d\b"),
    "number": re.compile(r"\d+"),
    "decimal": re.compile(r"\d\.\d"),
    "e.g. or i.e.": re.compile(r"e\.g\.|i\.e\."),
    "blank line": re.compile(r"\n[ \t]*(?=\n)"),
    "page break": re.compile(r"^-{3,}[ \t]*$", re.MULTILINE),
    "heading": re.compile(r"^(?:#+[ \t]+|\d{1,2}(?:\.\d{1,2})*\.?[ \t]+[A-Z])", re.MULTILINE),
    "list item": re.compile(r"^[ \t]*(?:[-*•]|\(?[0-9ivx]{1,3}[.)])[ \t]", re.MULTILINE),
    "caption": re.compile(r"^\W{0,4}(?:fig(?:ure)?|table)\.? ?\d+\W{0,4}[:.]", re.MULTILINE | re.IGNORECASE),
    "hyphenated line": re.compile(r"[a-z]-\n"),
}
HIGHEST = {
    "highest figure": re.compile(r"\bfig(?:ure|\.)? ?(\d{1,2})\b", re.IGNORECASE),
    "highest table": re.compile(r"\btable ?(\d{1,2})\b", re.IGNORECASE),
    "highest equation": re.compile(r"\((\d{1,2})\)"),
    "highest section": re.compile(r"^(?:#+[ \t]*)?(\d{1,2})\.?[ \t]+[A-Z]", re.MULTILINE),
}
APPENDIX = re.compile(r"\b(?:appendix|appendices|app\.)", re.IGNORECASE)
APPENDIX_LETTER = re.compile(r"\b(?i:appendix|appendices|app\.|section|sec\.)\s+([A-Z])\b")
INTRODUCTION = re.compile(r"^[#*_ \t\d.I]*introduction\b", re.IGNORECASE | re.MULTILINE)
SHORT_LINE = 30
"""Characters below which a line counts as short."""
VOCABULARY_WORDS = 2000
"""Words at the beginning among which distinct ones are counted, so that longer texts are not poorer in them."""

SHAPES = (
    "letters per word",
    "share of long words",
    "share of distinct words",
    "words per sentence",
    "spread of words per sentence",
    "longest sentence",
    "characters per line",
    "spread of characters per line",
    "share of short lines",
    "share of lines that begin in lower case",
    "share of capitals",
    "share of Greek letters",
    "share of mathematical signs",
    "share of other characters beyond ASCII",
    "latest year",
    "words before the introduction",
)
LENGTHS = (
    "words",
    "characters",
    "lines",
    "appendix per 1000 words",
    "highest appendix letter",
    "words of the last line",
    "ends with a full stop",
)
"""Counts of how much text there is and where it stops: a page limit or a cut tells these, not the authors."""

NAMES: tuple[str, ...] = (
    *(f"{name} per 1000 words" for name in (*WORDS, *MARKS, *PATTERNS)),
    *HIGHEST,
    *SHAPES,
    *LENGTHS,
)
"""What the numbers of `read` count, in their order."""


def read(text: str) -> Floats:
    """The counts of a text in the order of NAMES: (len(NAMES),), finite and not negative, for any text.

    Rates are per 1000 words; shares lie in [0, 1]; line and sentence lengths are in characters and words.
    """
    words = WORD.findall(text)
    per_thousand = 1000 / max(len(words), 1)
    found = Counter(word.lower() for word in words)
    characters = Counter(text)
    counts = [
        *(_total(found, group.split()) for group in WORDS.values()),
        *(_total(characters, marks) for marks in MARKS.values()),
        *(len(pattern.findall(text)) for pattern in PATTERNS.values()),
    ]
    highest = [max(map(int, pattern.findall(text)), default=0) for pattern in HIGHEST.values()]
    return np.array(
        [
            *(per_thousand * count for count in counts),
            *highest,
            *_words(words),
            *_sentences(text),
            *_lines(text),
            *_characters(characters),
            max((year for year in map(int, PATTERNS["year"].findall(text)) if year <= 2030), default=0),
            _before_introduction(text),
            *_lengths(text, words),
        ],
        dtype=np.float64,
    )


def _total(counts: Counter[str], keys: Iterable[str]) -> int:
    return sum(counts[key] for key in keys)


def _words(words: list[str]) -> tuple[float, ...]:
    n = max(len(words), 1)
    start = [word.lower() for word in words[:VOCABULARY_WORDS]]
    long = sum(len(word) > 9 for word in words)
    return sum(map(len, words)) / n, long / n, len(set(start)) / max(len(start), 1)


def _sentences(text: str) -> tuple[float, ...]:
    lengths = [len(sentence.split()) for sentence in SENTENCE_END.split(text)]
    return float(np.mean(lengths)), float(np.std(lengths)), float(max(lengths))


def _lines(text: str) -> tuple[float, ...]:
    lines = [line for line in text.splitlines() if line.strip()] or [""]
    lengths = np.array([len(line) for line in lines])
    lower = sum(line.lstrip()[:1].islower() for line in lines)
    return float(lengths.mean()), float(lengths.std()), float(np.mean(lengths < SHORT_LINE)), lower / len(lines)


def _characters(counts: Counter[str]) -> tuple[float, ...]:
    n = max(counts.total(), 1)
    capitals = greek = signs = other = 0
    for character, count in counts.items():
        if "A" <= character <= "Z":
            capitals += count
        elif "Α" <= character <= "ω":
            greek += count
        elif "\u2190" <= character <= "\u2aff" or "\U0001d400" <= character <= "\U0001d7ff":
            signs += count
        elif character > "\x7f":
            other += count
    return capitals / n, greek / n, signs / n, other / n


def _before_introduction(text: str) -> float:
    start = INTRODUCTION.search(text)
    return float(len(text[: start.start()].split())) if start else 0.0


def _lengths(text: str, words: list[str]) -> tuple[float, ...]:
    lines = text.rstrip().splitlines() or [""]
    letters = [ord(letter) - ord("A") + 1 for letter in APPENDIX_LETTER.findall(text)]
    return (
        float(len(words)),
        float(len(text)),
        float(len(lines)),
        1000 * len(APPENDIX.findall(text)) / max(len(words), 1),
        float(max(letters, default=0)),
        float(len(lines[-1].split())),
        float(lines[-1].rstrip().endswith((".", "!", "?"))),
    )
