"""Which runs, data sets and metrics a text names.

A name is split into words at anything but letters and digits. A metric is named by all of its telling words, in any
order and with usual abbreviations spelt out ("Evaluation Loss" names eval_loss), or by a word that no other metric
has ("KL" names kl_divergence); where none is named so, by most of its words. Data sets take their words as they are,
or one word that no other has. A run is named by its number ("Run 2", "Runs 2 and 5"), by its label, or, the first, as
baseline.

What a paper calls the runs is learnt from its own tables where no file says it. The words at the head of a row or
column that name no data set and no metric are taken for the name of a run if, in one table, that run's means, and no
other's, explain nearly all cells under them. A single tampered cell is outvoted, and then reported.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from .logged import BASELINE, LoggedResults
from .numbers import find_numbers
from .passages import PaperPassage

WORD = re.compile(r"[a-z]+\d*|\d+")
RUNS = re.compile(r"\bruns?[\s_~]*(\d+)((?:\s*(?:,|and|to|–|-|&)\s*\d+)*)", re.IGNORECASE)
GENERIC = {
    *("final", "best", "mean", "avg", "average", "value", "score", "total", "max", "min", "num", "n", "number"),
    *("default", "per", "of", "the", "with", "and", "our", "a", "in", "on", "model", "full", "no", "s"),
}  # fmt: skip
"""Words that tell no run, data set or metric from another."""
SPELT = {
    "acc": ("accuracy",),
    "bs": ("batch",),
    "dim": ("dimension", "dimensions", "dimensional"),
    "div": ("division",),
    "embd": ("embedding",),
    "epochs": ("epoch",),
    "eps": ("epsilon",),
    "eval": ("evaluation",),
    "head": ("heads",),
    "inf": ("inference",),
    "iters": ("iterations", "iteration"),
    "layer": ("layers",),
    "loss": ("losses",),
    "lr": ("learning rate",),
    "minus": ("subtraction",),
    "perm": ("permutation",),
    "plus": ("addition",),
    "ppl": ("perplexity",),
    "std": ("deviation",),
    "temp": ("temperature",),
    "train": ("training", "trained"),
    "training": ("train", "trained"),
    "val": ("validation",),
    "wd": ("weight decay",),
}
"""What papers write for the words of a name."""
LONG = 4
"""Letters from which on a word of a metric also stands for longer words that begin with it."""
CELLS = 3
"""Cells under a name at least; each with two printed digits or more."""
EXPLAINED = 0.75
"""Share of the cells that the run explains, at least; every other run explains at most half as many."""


@dataclass(frozen=True)
class Mentions:
    """The runs, data sets and metrics that a text names."""

    runs: frozenset[str] = frozenset()
    datasets: frozenset[str] = frozenset()
    metrics: frozenset[str] = frozenset()


def words_of(text: str) -> list[str]:
    """The words of a name or a text, in small letters: "kl_divergence" gives kl and divergence."""
    return WORD.findall(text.lower().replace("_", " "))


def telling(name: str) -> tuple[str, ...]:
    """The words of a name that tell it from others; all of them where none does."""
    words = words_of(name)
    return tuple(word for word in words if word not in GENERIC and len(word) > 1) or tuple(words)


def has_word(word: str, text: frozenset[str], *, loose: bool) -> bool:
    """Whether a text has a word, as it is or in the plural; `loose` also lets it be spelt out or go on."""
    if word in text or f"{word}s" in text or (word.endswith("s") and word[:-1] in text):
        return True
    if any(text.issuperset(other.split()) for other in SPELT.get(word, ())):
        return True
    return loose and len(word) >= LONG and any(other.startswith(word) for other in text)


class Names:
    """Finds what texts name, among the runs, data sets and metrics of one results folder."""

    def __init__(self, results: LoggedResults) -> None:
        self._runs = results.runs
        self._labels = {run: telling(label) for run, label in results.labels.items() if run in self._runs}
        self._run_names = {run: _literal(label) for run, label in results.labels.items() if run in self._runs}
        self._metric_names = {name: _literal(label.partition(" (")[0]) for name, label in results.metric_labels.items()}
        self._datasets = {name: telling(name) for name in results.datasets}
        self._metrics = {name: telling(name) for name in results.metrics}
        self.named = lru_cache(maxsize=4096)(self._named)

    def _named(self, text: str) -> Mentions:
        words = frozenset(words_of(text))
        runs = self._runs_in(text, words)
        rest = self._without_labels(text)
        left = frozenset(words_of(rest))
        metrics = _longest(self._metric_names, rest) or self._metrics_in(left)
        return Mentions(runs, _found(self._datasets, left, loose=False), metrics)

    def _without_labels(self, text: str) -> str:
        """The text without labels of runs, whose words name no metric: "Second moment 0.95" is no time in seconds."""
        for pattern in self._run_names.values():
            text = pattern.sub(" ", text)
        return text

    def within_label(self, text: str, start: int, end: int) -> bool:
        """Whether text[start:end] lies in the label of a run or a metric that is more than a number."""
        named = [*self._run_names.values(), *self._metric_names.values()]
        patterns = [pattern for pattern in named if re.search(r"[^\W\d_]", pattern.pattern.replace(r"\w", ""))]
        return any(m.start() <= start and end <= m.end() for pattern in patterns for m in pattern.finditer(text))

    def _runs_in(self, text: str, words: frozenset[str]) -> frozenset[str]:
        if literal := _longest(self._run_names, text):
            return literal
        numbers = [n for found in RUNS.finditer(text) for n in re.findall(r"\d+", found[1] + found[2])]
        found = {f"run_{int(number)}" for number in numbers}
        named = {
            run: label for run, label in self._labels.items() if all(has_word(w, words, loose=False) for w in label)
        }
        longest = {run for run, label in named.items()
                   if not any(set(label) < set(other) for other in named.values())}  # fmt: skip
        if words & {"baseline", "baselines"} and not any("baseline" in self._labels.get(run, ()) for run in longest):
            found.add(BASELINE)
        return frozenset((found | longest) & set(self._runs))

    def _metrics_in(self, words: frozenset[str]) -> frozenset[str]:
        found = _found(self._metrics, words, loose=True)
        if found or not words:
            return found
        shares = {
            name: sum(has_word(word, words, loose=True) for word in parts) for name, parts in self._metrics.items()
        }
        most = max(shares.values(), default=0)
        return frozenset(name for name, share in shares.items() if share == most) if most else frozenset()


def _literal(label: str) -> re.Pattern[str]:
    """The label as it stands in a text, whatever its case and spaces."""
    return re.compile(r"(?<!\w)" + r"\s+".join(map(re.escape, label.split())) + r"(?!\w|\.\d)", re.IGNORECASE)


def _longest(names: dict[str, re.Pattern[str]], text: str) -> frozenset[str]:
    """The names whose labels stand in the text, without those that stand there only within longer ones."""
    places = [(m.span(), name) for name, pattern in names.items() for m in pattern.finditer(text)]
    return frozenset(
        name for (a, b), name in places if not any(c <= a and b <= d and d - c > b - a for (c, d), _ in places)
    )


def _found(names: dict[str, tuple[str, ...]], words: frozenset[str], *, loose: bool) -> frozenset[str]:
    """The names of which all telling words are there, or else one that no other name has."""
    whole = {name for name, parts in names.items() if all(has_word(word, words, loose=loose) for word in parts)}
    own = {
        name
        for name, parts in names.items()
        if any(has_word(w, words, loose=loose) for w in parts if _single(w, name, names))
    }
    return frozenset(whole | own)


def _single(word: str, name: str, names: dict[str, tuple[str, ...]]) -> bool:
    return all(word not in parts for other, parts in names.items() if other != name)


def names_all(name: str, text: Iterable[str]) -> bool:
    """Whether the words of a text contain all telling words of a name."""
    words = frozenset(text)
    return all(has_word(word, words, loose=True) for word in telling(name))


def learnt_labels(passages: Iterable[PaperPassage], results: LoggedResults) -> dict[str, str]:
    """A name for each run that has none and that the tables give one, `{"run_1": "Wide Network"}`."""
    names = Names(results)
    votes: dict[tuple[str, ...], Counter[str]] = {}
    cells: Counter[tuple[str, ...]] = Counter()
    for passage in passages:
        if passage.kind != "cell" or names.named(passage.names).runs:
            continue
        for label in _labels(passage, names):
            runs = _runs_that_explain(passage, results, names)
            if runs is not None:
                key = (label, *passage.around)
                cells[key] += 1
                votes.setdefault(key, Counter()).update(runs)
    found: dict[str, str] = {}
    for key, count in cells.items():
        ranked = votes[key].most_common(2)
        rival = ranked[1][1] if len(ranked) > 1 else 0
        if ranked and count >= CELLS and ranked[0][1] >= EXPLAINED * count and 2 * rival <= ranked[0][1]:
            found.setdefault(ranked[0][0], key[0])
    return {run: label for run, label in found.items() if run not in results.labels}


def _labels(passage: PaperPassage, names: Names) -> Iterator[str]:
    """The parts of the heads that can be the name of a run."""
    for part in {part.strip() for part in passage.names.split("|")}:
        named = names.named(part)
        if part and not named.datasets and not named.metrics and any(c.isalpha() for c in "".join(telling(part))):
            yield part


def _runs_that_explain(passage: PaperPassage, results: LoggedResults, names: Names) -> set[str] | None:
    """The runs with a mean, of the data set and metric named, that the cell's first number stands for."""
    named = names.named(passage.names)
    number = next(iter(find_numbers(passage.text)), None)
    if number is None or number.digits < 2 or not named.metrics:
        return None
    return {
        x.run
        for x in results.logged
        if x.kind == "mean"
        and x.metric in named.metrics
        and (not named.datasets or x.dataset in named.datasets)
        and any(number.low <= x.value / scale <= number.high for scale in number.scales)
    }
