"""From a paper to numbers, without a vocabulary: hashed words and a few named habits of writing.

Nothing here looks at the layout (bold, line numbers, length) or at who wrote it: those tell the decision of a
camera-ready, not the science. Texts are expected scrubbed, see `..scrub`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from ...data.records import Paper
from ...statistics.arrays import Floats

BUCKETS = 2**18
"""Words and pairs of words are told apart by their CRC-32 modulo this."""
MAX_WORDS = 4000
"""Words of the manuscript that are read, as many as scrubbing leaves at most: a longer raw text gains nothing."""


WORD = re.compile(r"[a-z]{2,}")
ABSTRACT = re.compile(r"^[#*_ \t]*a ?b ?s ?t ?r ?a ?c ?t\b[#*_:. \t—-]*", re.IGNORECASE | re.MULTILINE)
INTRODUCTION = re.compile(r"^[#*_ \t]*(?:1|I)?\.?[#*_ \t]*i ?ntroduction\b", re.IGNORECASE | re.MULTILINE)
TITLE = re.compile(r"\A\s*#[ \t]*([^\n]+)")
ABSTRACT_LENGTH = 2500
SENTENCE = re.compile(r"[.!?]\s")

WORD_GROUPS = {
    "figure": "fig figure figures",
    "table": "table tables",
    "equation": "eq eqs eqn equation equations",
    "appendix": "appendix appendices",
    "section": "section sections sec",
    "theorem": "theorem lemma proposition corollary proof theorems lemmas proofs",
    "assumption": "definition definitions assumption assumptions",
    "algorithm": "algorithm algorithms",
    "citation": "al",
    "hedge": "may might could perhaps possibly seem seems appear appears likely suggest suggests often usually "
    "generally",
    "booster": "very significantly extremely greatly clearly obviously superior remarkable remarkably outperform "
    "outperforms sota",
    "novel": "novel",
    "we": "we",
    "our": "our",
    "contrast": "not no cannot without however although unlike whereas",
    "repetition": "seed seeds trial trials runs",
    "baseline": "baseline baselines",
    "ablation": "ablation ablations ablate ablating",
    "dataset": "dataset datasets",
    "limitation": "limitation limitations",
    "that": "that",
    "the": "the",
    "of": "of",
    "which": "which",
    "this": "this",
    "via": "via",
}
MARKS = {
    "question": re.compile(r"\?"),
    "parenthesis": re.compile(r"\("),
    "comma": re.compile(r","),
    "semicolon": re.compile(r";"),
    "colon": re.compile(r":"),
    "percent": re.compile(r"%"),
    "decimal": re.compile(r"\d\.\d"),
    "mathematics": re.compile(r"[=<>≤≥∈∑∥]"),
    "greek": re.compile(r"[α-ωΑ-Ω]"),
    "for example": re.compile(r"\be\.g\.|\bi\.e\."),
}
BE = frozenset(["is", "are", "was", "were", "been", "be"])
SURFACE = (
    *(f"{name} per 1000 words" for name in (*WORD_GROUPS, *MARKS, "passive")),
    "letters per word",
    "share of long words",
    "words per sentence",
    "distinct words",
    "abstract words",
    "abstract letters per word",
    "abstract words per sentence",
    "abstract has a number",
    "title words",
    "title has a colon",
)
_GROUP_OF_WORD = {word: name for name, words in WORD_GROUPS.items() for word in words.split()}


@dataclass(frozen=True)
class TextFeatures:
    """One text as the model sees it: the buckets that occur, ascending, and `surface`, (len(SURFACE),), finite."""

    buckets: NDArray[np.int64]
    surface: Floats


@dataclass(frozen=True)
class PaperFeatures:
    """What the model sees of one paper: the manuscript, and title with abstract alone."""

    manuscript: TextFeatures
    abstract: TextFeatures


def extract(paper: Paper) -> PaperFeatures:
    """The features of one paper, whatever its text; parts that are not found count as empty."""
    title, abstract = front_matter(paper)
    start = " ".join(paper.text.split(maxsplit=MAX_WORDS)[:MAX_WORDS])
    return PaperFeatures(read(title, abstract, start), read(title, abstract, f"{title} . {abstract}"))


def read(title: str, abstract: str, text: str) -> TextFeatures:
    """The features of a text that belongs to a paper of this title and abstract."""
    words = WORD.findall(text.lower())
    return TextFeatures(hashed(words), surface(title, abstract, text, words))


def front_matter(paper: Paper) -> tuple[str, str]:
    """Title and abstract: the paper's own or, where it has none, those that its text shows under their headings."""
    heading = TITLE.match(paper.text)
    title = paper.title or (heading[1].strip() if heading else "")
    if paper.abstract.strip():
        return title, paper.abstract
    start = ABSTRACT.search(paper.text, 0, 6000)
    if not start:
        return title, ""
    end = INTRODUCTION.search(paper.text, start.end(), start.end() + 8000)
    return title, " ".join(paper.text[start.end() : end.start() if end else None][:ABSTRACT_LENGTH].split())


def hashed(words: Sequence[str]) -> NDArray[np.int64]:
    """The buckets of the words and of the pairs of neighbours, ascending, each once."""
    terms = {*words, *(f"{a} {b}" for a, b in pairwise(words))}
    return np.array(sorted({crc32(term.encode()) % BUCKETS for term in terms}), dtype=np.int64)


def surface(title: str, abstract: str, text: str, words: Sequence[str]) -> Floats:
    """The named features in the order of SURFACE; `words` are those of `text`. Rates are log(1 + rate)."""
    n = max(len(words), 1)
    counts = Counter(words)
    groups = dict.fromkeys(WORD_GROUPS, 0)
    for word, group in _GROUP_OF_WORD.items():
        groups[group] += counts[word]
    marks = [len(pattern.findall(text)) for pattern in MARKS.values()]
    passive = sum(b.endswith("ed") for a, b in pairwise(words) if a in BE)
    rates = np.log1p(1000 * np.array([*groups.values(), *marks, passive]) / n)
    in_abstract, in_title = WORD.findall(abstract.lower()), WORD.findall(title.lower())
    start = words[:3000]
    shape = (
        sum(map(len, words)) / n,
        sum(count for word, count in counts.items() if len(word) > 9) / n,
        np.log1p(n / (1 + len(SENTENCE.findall(text)))),
        len(set(start)) / max(len(start), 1),
        np.log1p(len(in_abstract)),
        sum(map(len, in_abstract)) / max(len(in_abstract), 1),
        np.log1p(len(in_abstract) / (1 + len(SENTENCE.findall(abstract)))),
        float(bool(re.search(r"\d", abstract))),
        np.log1p(len(in_title)),
        float(":" in title),
    )
    return np.concatenate([rates, shape])
