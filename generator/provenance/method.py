"""What a paper says of its method, held against the code and the configuration that its results folder has.

Settings are those that a sentence gives a number: learning rate, batch size, epochs, seeds and the like. Data sets are
the well-known ones of `KNOWN`: one that the paper names outside of introduction and related work, and that no code, no
configuration and no result has, was not used. Without any code nothing is checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from .logged import LoggedResults
from .names import words_of
from .numbers import Printed, find_numbers
from .passages import SYMBOL, PaperPassage
from .settings import Setting

Status = Literal["agrees", "differs", "not in the code"]

SETTINGS = {
    "learning rate": (r"learning[\s-]rates?|\blr\b", ({"lr"}, {"learning", "rate"})),
    "batch size": (r"batch[\s-]sizes?", ({"bs"}, {"batch"})),
    "weight decay": (r"weight[\s-]decay", ({"wd"}, {"weight", "decay"})),
    "dropout": (r"dropout(?:\s+rate)?", ({"dropout"}, {"drop"})),
    "warm-up": (r"warm-?up", ({"warmup"}, {"warm"})),
    "embedding dimension": (r"embedding[\s-](?:dimension|dim|size)s?", ({"emb"}, {"embed"}, {"embedding"}, {"embd"})),
    "epochs": (r"epochs", ({"epoch"}, {"epochs"})),
    "seeds": (r"(?:random\s+)?seeds", ({"seed"}, {"seeds"})),
    "layers": (r"layers", ({"layer"}, {"layers"}, {"depth"})),
    "heads": (r"heads", ({"head"}, {"heads"})),
}
"""What is stated -> the words for it in a paper, and sets of words one of which its name in code contains."""
BEFORE = {"epochs", "seeds", "layers", "heads", "warm-up"}
"""Of these the number may stand before the word."""
LINK = re.compile(rf"\s*(?:of|is|was|=|:|to|at|λ|η|\()?\s*(?:about\s+)?(?:(?:[A-Za-z]|{SYMBOL}[A-Za-z ]+?)\s*=\s*)?\Z")
COUNTS = re.compile(r"\s*(?:random|training|different|independent|hidden|attention|full)?\s*\Z")
KNOWN = (
    "MNIST", "Fashion-MNIST", "CIFAR-10", "CIFAR-100", "SVHN", "STL-10", "ImageNet", "Tiny ImageNet", "CelebA", "COCO",
    "Omniglot", "CUB-200", "Waterbirds", "iWildCam", "Camelyon17", "Colored MNIST", "HumanEval", "MBPP", "APPS",
    "CodeContests", "SWE-bench", "GSM8K", "MATH", "MMLU", "ARC-Challenge", "HellaSwag", "WinoGrande", "TruthfulQA",
    "BoolQ", "PIQA", "SQuAD", "TriviaQA", "Natural Questions", "HotpotQA", "StrategyQA", "CommonsenseQA", "GLUE",
    "SuperGLUE", "SST-2", "MNLI", "QNLI", "QQP", "MRPC", "CoLA", "IMDB", "AG News", "Yelp", "DBpedia", "WikiText",
    "WikiText-2", "WikiText-103", "PG19", "Penn Treebank", "C4", "OpenWebText", "enwik8", "text8", "TinyStories",
    "LibriSpeech", "XSum", "CNN/DailyMail", "WMT14", "MovieLens", "Cora", "PubMed", "Citeseer", "ogbn-arxiv", "QM9",
    "ZINC", "D4RL", "Atari", "MuJoCo", "CartPole", "MetaWorld", "ProcGen", "UCI Adult", "COMPAS", "CivilComments",
)  # fmt: skip
PLAIN = {"math", "apps", "coco", "c4", "zinc", "cora", "glue", "yelp", "adult"}
"""Names that are words as well: they count only as they are spelt."""
ELSEWHERE = re.compile(r"introduction|related|background|reference|future|limitation|discussion", re.IGNORECASE)


class Stated(NamedTuple):
    """A statement about the method, and what the code has."""

    what: str
    stated: str
    status: Status
    found: str
    passage: PaperPassage
    start: int


def check_method(
    passages: Iterable[PaperPassage], results: LoggedResults, codes: Sequence[tuple[str, str]]
) -> list[Stated]:
    """The statements of a paper that can be held against code, each once; none where there is no code."""
    if not codes:
        return []
    found: dict[tuple[str, str], Stated] = {}
    everything = _letters(" ".join([*(text for _, text in codes), *results.datasets, *results.runs]))
    for passage in passages:
        if passage.kind not in ("text", "caption"):
            continue
        for stated in [*_settings(passage, results), *_datasets(passage, everything)]:
            found.setdefault((stated.what, stated.stated), stated)
    return list(found.values())


def _settings(passage: PaperPassage, results: LoggedResults) -> Iterator[Stated]:
    if ELSEWHERE.search(passage.section):
        return
    numbers = find_numbers(passage.text)
    for what, (words, keys) in SETTINGS.items():
        for word in re.finditer(words, passage.text, re.IGNORECASE):
            number = _beside(word, numbers, passage.text, before=what in BEFORE)
            if number is None:
                continue
            known = _values(what, keys, results)
            agrees = any(number.gives(value) for value in known)
            status: Status = "agrees" if agrees else "differs" if known else "not in the code"
            shown = ", ".join(f"{value:g}" for value in sorted(known)[:8]) or "nothing of that name"
            yield Stated(what, number.text, status, shown, passage, number.start)


def _beside(word: re.Match[str], numbers: Sequence[Printed], text: str, *, before: bool) -> Printed | None:
    """The number that a word is given: behind it, or in front of a word that is counted."""
    after = next((n for n in numbers if n.start >= word.end() and LINK.match(text[word.end() : n.start])), None)
    if after is not None and not before:
        return after
    ahead = [n for n in numbers if n.end <= word.start() and COUNTS.match(text[n.end : word.start()])]
    return ahead[-1] if before and ahead and ahead[-1].whole else None


def _values(what: str, keys: tuple[set[str], ...], results: LoggedResults) -> set[float]:
    """What the code and the results have for a setting."""
    named = [setting for setting in results.settings if any(key <= _words(setting) for key in keys)]
    if what == "seeds":
        listed = {name: [s for s in named if s.name == name] for name in {s.name for s in named}}
        return (
            {float(n) for n in results.seeds}
            | {float(len(values)) for values in listed.values()}
            | {s.value for s in named if len(_words(s)) > 1}
        )
    return {setting.value for setting in named}


def _words(setting: Setting) -> set[str]:
    return set(words_of(setting.name))


def _datasets(passage: PaperPassage, everything: str) -> Iterator[Stated]:
    if ELSEWHERE.search(passage.section) or passage.part == "skipped":
        return
    for name in KNOWN:
        place = re.search(_spelt(name), passage.text, 0 if _letters(name) in PLAIN or len(name) < 5 else re.IGNORECASE)
        if place is not None:
            there = _letters(name) in everything
            status: Status = "agrees" if there else "not in the code"
            found = "named in the code" if there else "in no code, configuration or result"
            yield Stated("data set", name, status, found, passage, place.start())


def _spelt(name: str) -> str:
    parts = [re.escape(part) for part in re.split(r"[\s-]", name)]
    return r"(?<![\w-])" + r"[\s-]?".join(parts) + r"(?![\w-]*\d|\w)"


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())
