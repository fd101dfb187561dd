"""Which runs, data sets and metrics a text names.

A name is split into words at anything but letters and digits. A metric is named by all of its telling words, in any
order and with usual abbreviations spelt out ("Evaluation Loss" names eval_loss), or by a word that no other metric
has ("KL" names kl_divergence); where none is named so, by most of its words. Data sets take their words as they are,
or one word that no other has. A run is named by its number ("Run 2", "Runs 2 and 5"), by its label, or, the first, as
baseline.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from .logged import BASELINE, LoggedResults

WORD = re.compile(r"[a-z]+\d*|\d+")
ONE_RUN = re.compile(r"\brun[\s_~]*(\d+)(?!\d)", re.IGNORECASE)
BASE = re.compile(r"\bbaselines?\b", re.IGNORECASE)
SMALL = {"to", "that", "by", "for", "at", "from", "is", "until", "as"}
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
    "no": ("without",),
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


def _denied(label: str) -> tuple[str, ...]:
    """The "no" of a label like "No decay", without which its words say the contrary."""
    first = next(iter(words_of(label)), "")
    return ("no",) if first in ("no", "without") else ()


def has_word(word: str, text: frozenset[str], *, loose: bool) -> bool:
    """Whether a text has a word, as it is or in the plural; `loose` also lets it be spelt out or go on."""
    if word in text or f"{word}s" in text or (word.endswith("s") and word[:-1] in text):
        return True
    if any(text.issuperset(other.split()) for other in SPELT.get(word, ())):
        return True
    return loose and len(word) >= LONG and any(other.startswith(word) for other in text)


class Place(NamedTuple):
    """Where a text has a name: text[start:end] names `name`."""

    start: int
    end: int
    name: str


class Names:
    """Finds what texts name, among the runs, data sets and metrics of one results folder."""

    def __init__(self, results: LoggedResults) -> None:
        self._runs = results.runs
        self._labels = {
            run: (*telling(label), *_denied(label)) for run, label in results.labels.items() if run in self._runs
        }
        self._run_names = {run: _literal(label) for run, label in results.labels.items() if run in self._runs}
        self._metric_names = {name: _literal(label.partition(" (")[0]) for name, label in results.metric_labels.items()}
        self._datasets = {name: telling(name) for name in results.datasets}
        self._metrics = {name: telling(name) for name in results.metrics}
        self._metric_words = {
            name: tuple(word for word in telling(label.partition(" (")[0]) if word not in SMALL)
            for name, label in results.metric_labels.items()
        }
        self.metrics = results.metrics
        self.only_dataset = results.datasets[0] if len(results.datasets) == 1 else ""
        self._dataset_names = {name: _spelt(name) for name in results.datasets}
        self._written_metrics = {name: _spelt(name) for name in results.metrics} | self._metric_names
        self.named = lru_cache(maxsize=4096)(self._named)
        self.masked = lru_cache(maxsize=4096)(self._masked)
        self.run_places = lru_cache(maxsize=4096)(self._run_places)
        self.sure_metrics = lru_cache(maxsize=4096)(self._sure_metrics)

    def _named(self, text: str) -> Mentions:
        words = frozenset(words_of(text))
        runs = self._runs_in(text, words)
        rest = self._without_labels(text)
        left = frozenset(words_of(rest))
        return Mentions(runs, _found(self._datasets, left, loose=False), self._metrics_in(rest, left))

    def _run_places(self, text: str) -> list[Place]:
        """Where the text has the label of a run, "run 3", or the word baseline, in order."""
        places = _places(self._run_names, text)
        inside = [(place.start, place.end) for place in places]
        others = [Place(m.start(), m.end(), f"run_{int(m[1])}") for m in ONE_RUN.finditer(text)]
        if BASELINE in self._runs:
            others += [Place(m.start(), m.end(), BASELINE) for m in BASE.finditer(text)]
        places += [
            x for x in others if not any(a <= x.start and x.end <= b for a, b in inside) and x.name in self._runs
        ]
        return sorted(places)

    def dataset_places(self, text: str) -> list[Place]:
        """Where the text has the name of a data set as it was logged, in order."""
        return sorted(_places(self._dataset_names, text))

    def _sure_metrics(self, text: str) -> frozenset[str]:
        """The metrics that a text names by their label or by all their telling words, and not by one word alone."""
        rest = self._without_labels(text)
        words = frozenset(words_of(rest))
        written = frozenset(place.name for place in _places(self._written_metrics, rest))
        return written or self._by_label(words) or _whole(self._metrics, words, loose=True)

    def in_labels(self, text: str) -> frozenset[str]:
        """The metrics whose labels have all telling words of a text: "updates" is in "Updates to 99% accuracy"."""
        wanted = telling(text)
        return frozenset(
            name for name, parts in self._metric_words.items() if wanted and all(word in parts for word in wanted)
        )

    def _without_labels(self, text: str) -> str:
        """The text without labels of runs, whose words name no metric: "Second moment 0.95" is no time in seconds."""
        for pattern in self._run_names.values():
            text = pattern.sub(" ", text)
        return text

    def says_more(self, text: str) -> bool:
        """Whether a text has words beside the names of runs and data sets and those that tell nothing."""
        for pattern in (*self._run_names.values(), *self._dataset_names.values()):
            text = pattern.sub(" ", text)
        return any(word not in GENERIC for word in words_of(text))

    def _masked(self, text: str) -> str:
        """The text, as long as it was, with a word of one letter for each label of a run or a metric.

        The words of a label say nothing of the numbers beside it: "best accuracy" may be a metric.
        """
        for pattern in (*self._run_names.values(), *self._metric_names.values()):
            text = pattern.sub(lambda found: "x" * len(found[0]), text)
        return text

    def within_label(self, text: str, start: int, end: int) -> bool:
        """Whether text[start:end] lies in the label of a run or a metric that is more than a number."""
        named = [*self._run_names.values(), *self._metric_names.values()]
        patterns = [pattern for pattern in named if re.search(r"[^\W\d_]", pattern.pattern.replace(r"\w", ""))]
        return any(m.start() <= start and end <= m.end() for pattern in patterns for m in pattern.finditer(text))

    def _runs_in(self, text: str, words: frozenset[str]) -> frozenset[str]:
        literal = frozenset(place.name for place in _places(self._run_names, text))
        numbers = [n for found in RUNS.finditer(text) for n in re.findall(r"\d+", found[1] + found[2])]
        found = {f"run_{int(number)}" for number in numbers} if not literal else set[str]()
        longest = literal or self._by_words(words)
        if words & {"baseline", "baselines"} and not any("baseline" in self._labels.get(run, ()) for run in longest):
            found.add(BASELINE)
        return frozenset((found | longest) & set(self._runs))

    def _by_words(self, words: frozenset[str]) -> frozenset[str]:
        """The runs of whose labels all telling words are there, without those whose words are some of another's."""
        named = {
            run: label for run, label in self._labels.items() if all(has_word(w, words, loose=False) for w in label)
        }
        return frozenset(
            run for run, label in named.items() if not any(set(label) < set(other) for other in named.values())
        )

    def _metrics_in(self, text: str, words: frozenset[str]) -> frozenset[str]:
        literal = frozenset(place.name for place in _places(self._metric_names, text))
        found = literal or self._by_label(words) or _found(self._metrics, words, loose=True)
        if found or not words:
            return found
        shares = {
            name: sum(has_word(word, words, loose=True) for word in parts) for name, parts in self._metrics.items()
        }
        most = max(shares.values(), default=0)
        return frozenset(name for name, share in shares.items() if share == most) if most else frozenset()

    def _by_label(self, words: frozenset[str]) -> frozenset[str]:
        """The metrics of whose labels all words are there, in any order; those of longer labels before their parts."""
        named = {
            name: set(parts)
            for name, parts in self._metric_words.items()
            if len(parts) > 1 and all(has_word(word, words, loose=False) for word in parts)
        }
        return frozenset(
            name for name, parts in named.items() if not any(parts < other for other in named.values())
        ) & frozenset(self._metrics)


def _literal(label: str) -> re.Pattern[str]:
    """The label as it stands in a text, whatever its case and spaces; "No decay" also as "without decay"."""
    words = [re.escape(word) for word in label.split()]
    if len(words) > 1 and words[0].lower() == "no":
        words[0] = r"(?:no|without(?:\s+any)?)"
    return re.compile(r"(?<!\w)" + r"\s+".join(words) + r"(?!\w|\.\d)", re.IGNORECASE)


def _spelt(name: str) -> re.Pattern[str]:
    """The words of a logged name, with spaces, hyphens or underscores between them."""
    return re.compile(r"(?<![A-Za-z0-9])" + r"[\s_-]*".join(words_of(name)) + r"(?![A-Za-z0-9])", re.IGNORECASE)


def _places(names: dict[str, re.Pattern[str]], text: str) -> list[Place]:
    """Where names stand in the text, without those that stand there only within longer ones."""
    places = [Place(*m.span(), name) for name, pattern in names.items() for m in pattern.finditer(text)]
    return [x for x in places if not any(y.start <= x.start and x.end <= y.end and y[:2] != x[:2] for y in places)]


def _whole(names: dict[str, tuple[str, ...]], words: frozenset[str], *, loose: bool) -> frozenset[str]:
    """The names of which all telling words are there."""
    return frozenset(name for name, parts in names.items() if all(has_word(word, words, loose=loose) for word in parts))


def _found(names: dict[str, tuple[str, ...]], words: frozenset[str], *, loose: bool) -> frozenset[str]:
    """The names of which all telling words are there, or else one that no other name has."""
    own = {
        name
        for name, parts in names.items()
        if any(has_word(w, words, loose=loose) for w in parts if _single(w, name, names))
    }
    return _whole(names, words, loose=loose) | own


def _single(word: str, name: str, names: dict[str, tuple[str, ...]]) -> bool:
    return all(word not in parts for other, parts in names.items() if other != name)


def names_all(name: str, text: Iterable[str]) -> bool:
    """Whether the words of a text contain all telling words of a name."""
    words = frozenset(text)
    return all(has_word(word, words, loose=True) for word in telling(name))
