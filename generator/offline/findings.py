"""What the tests say, in sentences: dataset by dataset, and in one sentence for the abstract."""

from __future__ import annotations

from collections.abc import Sequence

from ..comparisons import Effect, RunComparison
from ..evidence import comparison_decimals, metric_name, p_value, signed
from ..latex.words import code, listed, number_word
from ..template import Metric
from .study import Study, named, opening

SHOWN = ("better", "worse")
SIDES: dict[Effect, str] = {
    "better": "better than the baseline on",
    "worse": "worse than the baseline on",
    "no difference resolved": "not told from the baseline on",
    "not tested": "not tested on",
}


def move(item: RunComparison) -> str:
    """What a setting does to a metric: "lowers" or "raises"."""
    return "lowers" if item.difference < 0 else "raises"


def shift(item: RunComparison) -> str:
    """The two means: "from the baseline's 0.354 to 0.301"."""
    digits = item.metric.digits
    return f"from the baseline's {item.baseline:.{digits}f} to {item.mean:.{digits}f}"


def evidence(item: RunComparison) -> str:
    """Difference, interval and corrected p-value, in brackets."""
    decimals = comparison_decimals(item)
    parts = [f"difference ${signed(item.difference, decimals)}$"]
    if item.low is not None and item.high is not None:
        parts.append(rf"95\% interval ${item.low:.{decimals}f}$ to ${item.high:.{decimals}f}$")
    if item.p_holm is not None:
        parts.append(f"corrected ${p_value(item.p_holm)}$")
    return f"({', '.join(parts)})"


def tally(items: Sequence[RunComparison]) -> str:
    """How many of the tests resolve what: "Of twelve differences, three are resolved: ..."."""
    tested = [item for item in items if item.effect != "not tested"]
    better = sum(item.effect == "better" for item in tested)
    worse = sum(item.effect == "worse" for item in tested)
    if not tested:
        return "None of the differences can be tested."
    if len(tested) == 1:
        side = f" for the {tested[0].effect}" if better + worse else ""
        return f"The one difference that can be tested is {'' if better + worse else 'not '}resolved{side}."
    start = f"Of {number_word(len(tested))} differences{' that can be tested' if len(tested) < len(items) else ''}"
    if not better + worse:
        return f"{start}, none is resolved."
    if better and worse:
        sides = f"{number_word(better)} for the better and {number_word(worse)} for the worse"
        return f"{start}, {number_word(better + worse)} are resolved: {sides}."
    side = "better" if better else "worse"
    many = {1: "one is resolved,", 2: "two are resolved, both"}.get(better + worse)
    return f"{start}, {many or f'{number_word(better + worse)} are resolved, all'} for the {side}."


def by_dataset(study: Study, metric: Metric) -> list[str]:
    """A paragraph for each dataset in which something is resolved, and one for all others together."""
    items = {name: [item for item in study.tests if item.dataset == name and item.metric == metric]
             for name in study.datasets}  # fmt: skip
    loud = [name for name, found in items.items() if any(item.effect in SHOWN for item in found)]
    paragraphs = [_paragraph(name, items[name]) for name in loud]
    rest = [item for name in study.datasets if name not in loud for item in items[name]]
    quiet = [item for item in rest if item.p_holm is not None]
    silent = [name for name in study.datasets if name not in loud and not any(item in quiet for item in items[name])]
    if quiet:
        paragraphs.append(_unresolved(quiet, everywhere=not loud and not silent))
    untested = [item for item in rest if item.dataset in silent]
    if untested:
        where = listed([code(name) for name in silent])
        paragraphs.append(f"On {where} nothing can be tested: {untested[0].reason}.")
    return paragraphs


def _paragraph(dataset: str, items: Sequence[RunComparison]) -> str:
    """The resolved effects on a dataset, the largest first, then what is not resolved there."""
    resolved = sorted((item for item in items if item.effect in SHOWN), key=lambda item: -abs(item.difference))
    first, *rest = _alike(resolved)
    verb = move(first[0]) if len(first) == 1 else move(first[0]).removesuffix("s")
    words = [
        f"On {code(dataset)}, {_labels(first)} {verb} the {metric_name(first[0].metric)} {shift(first[0])} "
        f"{evidence(first[0])}, a change for the {first[0].effect}."
    ]
    words += [_further(group, first[0]) for group in rest]
    others = [item for item in items if item.effect == "no difference resolved"]
    if others:
        p_values = dict.fromkeys(f"${p_value(item.p_holm)}$" for item in others if item.p_holm is not None)
        words.append(
            f"For {_labels(others)} no difference from the baseline is resolved (corrected {listed(list(p_values))})."
        )
    untested = [item for item in items if item.effect == "not tested"]
    if untested:
        be = "is" if len(untested) == 1 else "are"
        words.append(f"{opening([item.label for item in untested])} {be} not tested here: {untested[0].reason}.")
    return " ".join(words)


def _alike(items: Sequence[RunComparison]) -> list[list[RunComparison]]:
    """The comparisons in groups that read the same but for the label."""
    groups: dict[str, list[RunComparison]] = {}
    for item in items:
        groups.setdefault(f"{shift(item)} {evidence(item)}", []).append(item)
    return list(groups.values())


def _labels(items: Sequence[RunComparison]) -> str:
    return listed([named(item.label) for item in items])


def _further(group: Sequence[RunComparison], first: RunComparison) -> str:
    item = group[0]
    mean = f"{item.mean:.{item.metric.digits}f}"
    subject = opening([member.label for member in group])
    if item.effect == first.effect:
        return f"{subject} {'does' if len(group) == 1 else 'do'} so too, to {mean} {evidence(item)}."
    verb = move(item) if len(group) == 1 else move(item).removesuffix("s")
    return (
        f"{subject}, in contrast, {verb} the {metric_name(item.metric)} to {mean} {evidence(item)}, "
        f"a change for the {item.effect}."
    )


def _unresolved(items: Sequence[RunComparison], *, everywhere: bool) -> str:
    """What is said of datasets on which nothing is resolved."""
    datasets = list(dict.fromkeys(item.dataset for item in items))
    nearest = min(items, key=lambda item: item.p or 1.0)
    metric = metric_name(nearest.metric)
    if everywhere and len(datasets) > 1:
        start = f"On none of the datasets can any setting be told from the baseline in {metric}."
    else:
        where = listed([code(name) for name in datasets])
        start = f"On {where} no setting can be told from the baseline in {metric}."
    digits = nearest.metric.digits
    place = f" on {code(nearest.dataset)}" if len(datasets) > 1 else ""
    return (
        f"{start} The strongest case is {named(nearest.label)}{place}, with a mean of "
        f"{nearest.mean:.{digits}f} against the baseline's {nearest.baseline:.{digits}f} {evidence(nearest)}."
    )


def secondary(study: Study) -> str:
    """The metrics by which the study is not judged: what is resolved in each, without numbers."""
    sentences: list[str] = []
    silent: list[str] = []
    untested: list[str] = []
    for metric in study.secondary:
        items = study.comparisons.of(metric=metric.name)
        effects = [
            _effect_in(effect, [item for item in items if item.effect == effect]) for effect in ("better", "worse")
        ]
        found = [effect for effect in effects if effect]
        if found:
            sentences.append(f"In {metric_name(metric)}, {listed(found)}.")
        elif items:
            tested = any(item.effect != "not tested" for item in items)
            (silent if tested else untested).append(metric_name(metric))
    if silent:
        sentences.append(f"In {listed(silent, 'or')} no difference is resolved.")
    if untested:
        sentences.append(f"The differences in {listed(untested)} cannot be tested.")
    return " ".join(sentences)


def _effect_in(effect: str, items: Sequence[RunComparison]) -> str:
    """ "No decay is worse on a and b"."""
    labels = dict.fromkeys(item.label for item in items)
    parts = [f"{named(label)} is {effect} on " + listed([code(i.dataset) for i in items if i.label == label])
             for label in labels]  # fmt: skip
    return listed(parts) if parts else ""


def headline(study: Study) -> str:
    """The main finding in one or two sentences, with numbers."""
    metric = listed([metric_name(metric) for metric in study.primary])
    if study.outcome == "untested":
        return f"The differences in {metric} cannot be tested, since the runs give too few values that vary."
    first = tally(study.tests)
    if study.outcome == "nothing":
        return (
            f"{first} If the change has an effect on {metric}, these runs cannot tell it from the spread between seeds."
        )
    largest = max(study.resolved, key=lambda item: (abs(item.percent or 0.0), abs(item.difference)))
    change = f", by {abs(largest.percent):.1f}\\%" if largest.percent is not None else ""
    return (
        f"{first} The largest relative effect is that of {named(largest.label)} on {code(largest.dataset)}, which "
        f"{move(largest)} the {metric_name(largest.metric)} {shift(largest)}{change}."
    )


def settings_in_words(study: Study) -> list[str]:
    """In the primary metrics, on which datasets a setting is better, worse, or not told apart; alike ones together."""
    patterns: dict[str, list[str]] = {}
    for node in study.variants:
        pattern = _pattern([item for item in study.tests if item.run == node.run])
        if pattern:
            patterns.setdefault(pattern, []).append(node.label)
    return [f"{opening(labels)} {'is' if len(labels) == 1 else 'are'} {words}." for words, labels in patterns.items()]


def _pattern(items: Sequence[RunComparison]) -> str:
    parts = []
    for effect, words in SIDES.items():
        where = [item.dataset for item in items if item.effect == effect]
        if where:
            everywhere = len(where) == len(items) and len(items) > 1
            every = "any dataset" if words.startswith("not") else "every dataset"
            parts.append(f"{words} {every if everywhere else listed([code(name) for name in where])}")
    return listed(parts) if parts else ""
