"""Words of direction held against the logged means: "A has a higher accuracy than B on cifar".

A sentence is checked where it names one data set, one metric, the run that it speaks of and the one that it is compared
with, and nothing in it hedges or denies. Words of worth ("better", "improves") need to know which way the metric is
better: from `prompt.json`, else from its name; where neither tells, they are not checked. "The lowest loss" is held
against all runs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from .logged import BASELINE, Cell, LoggedResults
from .names import Names, Place
from .passages import PaperPassage
from .referents import REFERENCE
from .scopes import OVER_DATASETS

NOUN = r"(?=\s+(?:of|in|by|over)\b)"
"""Behind a word that is a verb or part of a name elsewhere."""
UP = (
    r"exceeds?(?=\s+(?:that|those)\b)|above(?=\s+(?:that|those)\b)|higher|larger|greater"
    rf"|increas\w+|rais(?:es|ed|ing)|rises|rose|(?:rise|growth|growing|grows|grew){NOUN}"
)
DOWN = (
    r"below(?=\s+(?:that|those)\b)|lower(?:s|ed|ing)?|smaller|reduc\w+|decreas\w+|falls|fell|drops|dropped"
    rf"|declin(?:es|ed|ing)|diminish\w*|shrinks|(?:drop|fall|decline){NOUN}"
)
BETTER = rf"better|improv\w+|outperform\w*|beats?|surpass\w*|superior|gains?{NOUN}|gain(?:s|ed)(?=\s+\W{{0,3}}\d)"
WORSE = r"worse|degrad\w+|deteriorat\w+|underperform\w*|inferior|harms|hurts|los(?:es|t)(?=\s+\W{0,3}\d)"
FAST, SLOW = r"faster|quicker", "slower"
WORDS = re.compile(
    rf"\b(?:(?P<up>{UP})|(?P<down>{DOWN})|(?P<better>{BETTER}|more\s+accurate)|(?P<worse>{WORSE}|less\s+accurate)"
    rf"|(?P<fast>{FAST})|(?P<slow>{SLOW}))\b",
    re.IGNORECASE,
)
IMPLIED = {
    "fast": re.compile(r"(?:^|_)(?:time|seconds?|latency|duration|runtime)(?:_|\Z)"),
    "accurate": re.compile(r"(?:^|_)acc(?:uracy)?(?:_|\Z)"),
}
"""Measures of which a word speaks that names none, where there is one such."""
OF_COST = re.compile(
    r"\b(?:is|are|was|were)\s+(?:the\s+)?(?:(?:much|slightly|clearly|far|also|even)\s+)*\Z|\btrains?\s+\Z", re.I
)
"""In front of "faster" that is said of a run, and not of how a measure changes."""
SUPERLATIVE = (
    r"(?:(?P<up>highest|largest|greatest)|(?P<down>lowest|smallest)|(?P<better>best|most\s+accurate)|(?P<worse>worst|least\s+accurate)"
    r"|(?P<fast>fastest)|(?P<slow>slowest))"
)
TOP = re.compile(
    r"\b(?:has|had|have|is|are|was|reach\w*|achiev\w*|attain\w*|giv\w*|yield\w*|obtain\w*|brings?|shows?|gets?)\s+the\s+"
    rf"{SUPERLATIVE}\b(?!\s+of\s+the)",
    re.IGNORECASE,
)
TOP_OF = re.compile(
    rf"\bthe\s+{SUPERLATIVE}\b(?=(?:[^.;]|\.\d){{0,120}}?\b(?:(?:is|was)\s+(?:that\s+of|with|for)|belongs\s+to|comes\s+from|goes\s+to)\b)"
    r"|\branks?\s+(?:(?P<first>first|top|highest)|(?P<last>last|lowest))\b",
    re.IGNORECASE,
)
VERBS = re.compile(
    r"increas|rais|rise|grow|lowers|lowered|reduc|decreas|declin|drop|fall|diminish|improv|gain|degrad|los|outperform|harms|hurts",
    re.IGNORECASE,
)
"""Words that compare with the baseline where no other run is named."""
EXPLAINED = re.compile(
    r"\(?\b(?:lower|higher|smaller|larger|less|more)(?: values?)? (?:is|are|means?) better\b\)?", re.IGNORECASE
)
HEDGED = re.compile(
    r"\b(?:not|no|none|neither|nor|never|cannot|without|hypothes\w*|expect\w*|assum\w*|would|could|may|might|should"
    r"|if|whether|unless|fail\w*|why|than expected|differences?|gap|margin|except|but|although|though|while|whereas"
    r"|however|until|unclear|question\w*)\b|n't\b|\?",
    re.IGNORECASE,
)
PASSIVE = re.compile(r"\bby\s+(?:the\s+|our\s+)?\Z", re.IGNORECASE)
OWN_NUMBER = re.compile(r"['\u2019]s\s")
LOWER_IS_BETTER = re.compile(r"loss|error|diverg|perplex|ppl|time|seconds|latency|step|mse|mae|rmse|cost|regret|fid")
HIGHER_IS_BETTER = re.compile(
    r"acc|f1|auc|score|reward|precision|recall|bleu|rouge|psnr|ssim|throughput|per_second|iou"
)


class Contradicted(NamedTuple):
    """A word of direction that the logged means contradict, at `start` of the passage."""

    passage: PaperPassage
    word: str
    start: int
    reason: str


Claim = tuple[str, int, str]
"""The words of a claim, where they start, and why the means contradict it; empty where they bear it out."""


def held_against_means(
    passages: Iterable[PaperPassage],
    results: LoggedResults,
    claims: Callable[[PaperPassage, Names, Mapping[Cell, float]], Iterable[Claim]],
) -> tuple[list[Contradicted], int]:
    """The claims of texts and captions that the means contradict, and how many claims could be checked.

    `claims` gives those of a passage that can be.
    """
    names = Names(results)
    means = {x.cell: x.value for x in results.logged if x.kind == "mean"}
    found: list[Contradicted] = []
    checked = 0
    for passage in passages:
        if passage.kind not in ("text", "caption") or passage.part == "skipped":
            continue
        for words, start, reason in claims(passage, names, means):
            checked += 1
            if reason:
                found.append(Contradicted(passage, words, start, reason))
    return found, checked


def contradicted(
    passages: Iterable[PaperPassage], results: LoggedResults, better: Mapping[str, str]
) -> tuple[list[Contradicted], int]:
    """The claims that the means contradict, and how many claims could be checked.

    `better` says "lower" or "higher" for the metrics of which it is known.
    """

    def claims(passage: PaperPassage, names: Names, means: Mapping[Cell, float]) -> Iterable[Claim]:
        claim = _claim(passage.text, names)
        outcome = claim and _outcome(claim, means, results.runs, better)
        if claim and outcome is not None:
            yield claim.word[0], claim.word.start(), outcome

    return held_against_means(passages, results, claims)


class _Claim(NamedTuple):
    word: re.Match[str]
    top: bool
    subject: str
    reference: str
    dataset: str
    metric: str


def _claim(text: str, names: Names) -> _Claim | None:
    """What a sentence claims, where it claims one thing of one run, data set and metric."""
    places = names.run_places(text)
    plain = EXPLAINED.sub(lambda found: " " * len(found[0]), without(names.masked(text), places))
    datasets, metrics = names.named(text).datasets or {names.only_dataset} - {""}, names.sure_metrics(text)
    words = list(TOP.finditer(plain)) or list(TOP_OF.finditer(plain)) or list(WORDS.finditer(plain))
    metrics = metrics or (_implied(words[0], plain, names) if words else metrics)
    if len(datasets) != 1 or len(metrics) != 1 or not words or len({word.lastgroup for word in words}) > 1:
        return None
    if HEDGED.search(plain) or OVER_DATASETS.search(plain) or any(PASSIVE.search(text[: p.start]) for p in places):
        return None
    references = {p.name for p in places if is_reference(text, p)}
    subjects = {p.name for p in places} - references
    if len(subjects) != 1 or len(references) > 1:
        return None
    word, top, (subject,) = words[0], words[0].re is not WORDS, subjects
    implied = BASELINE if VERBS.match(word[0]) and subject != BASELINE else ""
    reference = next(iter(references), implied)
    if not reference and not top:
        return None
    return _Claim(word, top, subject, reference, next(iter(datasets)), next(iter(metrics)))


def _implied(word: re.Match[str], text: str, names: Names) -> frozenset[str]:
    """The measure that a word of speed or accuracy speaks of."""
    speed = word.lastgroup in ("fast", "slow") and (word.re is TOP or OF_COST.search(text[: word.start()]))
    kind = "fast" if speed else "accurate" if "accurate" in word[0].lower() else ""
    found = frozenset(metric for metric in names.metrics if kind and IMPLIED[kind].search(metric))
    return found if len(found) == 1 else frozenset()


def without(text: str, places: Iterable[Place]) -> str:
    """The text with spaces for the names of runs: "No decay" denies nothing."""
    for place in places:
        text = text[: place.start] + " " * (place.end - place.start) + text[place.end :]
    return text


def is_reference(text: str, place: Place) -> bool:
    """Whether a run is named at a place as the one that is compared with."""
    return bool(REFERENCE.search(text[: place.start]) or OWN_NUMBER.match(text, place.end))


def _outcome(claim: _Claim, means: Mapping[Cell, float], runs: Iterable[str], better: Mapping[str, str]) -> str | None:
    """Why the means contradict a claim; empty where they bear it out, None where they cannot say."""
    direction = direction_of(claim.word, claim.metric, better)
    own = means.get((claim.subject, claim.dataset, claim.metric))
    others = [run for run in runs if run != claim.subject] if claim.top else [claim.reference]
    known = {run: means[run, claim.dataset, claim.metric] for run in others
             if (run, claim.dataset, claim.metric) in means}  # fmt: skip
    if not direction or own is None or not known:
        return None
    run, value = max(known.items(), key=lambda pair: direction * pair[1])
    holds = direction * own >= direction * value if claim.top else direction * own > direction * value
    if holds:
        return ""
    return f"{claim.dataset} {claim.metric}: {claim.subject} {own:.6g}, {run} {value:.6g}"


def direction_of(word: re.Match[str], metric: str, better: Mapping[str, str]) -> int:
    """1 where the word says more, -1 for less, 0 where it cannot be told."""
    kind = word.lastgroup
    if kind in ("up", "down"):
        return 1 if kind == "up" else -1
    if kind in ("fast", "slow"):
        return (-1 if kind == "fast" else 1) if IMPLIED["fast"].search(metric) else 0
    worth = {"higher": 1, "lower": -1}.get(way_of(metric, better), 0)
    return worth if kind in ("better", "first") else -worth


def way_of(metric: str, better: Mapping[str, str]) -> str:
    """ "higher" or "lower", whichever is better of a metric, by its name where nothing says it; "" where that fails."""
    lower, higher = LOWER_IS_BETTER.search(metric.lower()), HIGHER_IS_BETTER.search(metric.lower())
    guessed = "" if bool(lower) == bool(higher) else "lower" if lower else "higher"
    return better.get(metric) or guessed
