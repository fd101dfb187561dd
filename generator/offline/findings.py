"""What the tests say, in sentences: over all pairs, on single datasets, and in one sentence for the abstract."""

from __future__ import annotations

from collections.abc import Sequence

from ..comparisons import Effect, PooledComparison, RunComparison, Tested
from ..evidence import comparison_decimals, metric_name, p_value, signed
from ..latex.words import code, count, listed, number_word
from ..template import Metric
from .study import Study, named, opening

SHOWN = ("better", "worse")
MOST_TOLD = 5
"""Settings, or datasets, that are told of one by one."""
SIDES: dict[Effect, str] = {
    "better": "better than the baseline",
    "worse": "worse than the baseline",
    "no difference resolved": "not told from the baseline",
    "not tested": "not tested",
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


def pairs_in_words(item: PooledComparison, of: str = "") -> str:
    """ "lower in eleven of twelve pairs", with the others where both ways occur, and failed seeds; `of`: of what."""
    low, high = item.lower, item.higher
    first, second = (("lower", low), ("higher", high)) if item.statistic < 0 else (("higher", high), ("lower", low))
    words = f"{first[0]} in {_of(first[1], item.pairs)}{of}"
    if second[1]:
        words += f" and {second[0]} in {number_word(second[1])}"
    failed = f"; in {number_word(item.failed)} a seed failed, which counts as the worst value" if item.failed else ""
    return words + failed


def _of(number: int, pairs: int) -> str:
    return f"all {count(pairs, 'pair')}" if number == pairs > 1 else f"{number_word(number)} of {count(pairs, 'pair')}"


def over_pairs(item: PooledComparison) -> str:
    """Pairs and corrected p-value, in brackets."""
    return f"({pairs_in_words(item)}, corrected ${p_value(item.p_holm or 0.0)}$)"


def decisions(study: Study, metric: Metric) -> str:
    """What the tests over all pairs decide for each setting, the clearest first."""
    items = [item for item in study.tests if item.metric == metric]
    sentences: list[str] = []
    clear = sorted((item for item in items if item.effect in SHOWN), key=lambda item: -abs(item.statistic))
    for item in clear[:MOST_TOLD]:
        verb = "lowers" if item.statistic < 0 else "raises"
        sentences.append(
            f"{opening([item.label])} {verb} the {metric_name(metric)} {over_pairs(item)}, a change for the "
            f"{item.effect}."
        )
    sentences += [
        f"Resolved for the {effect}, too, {'is' if len(others) == 1 else 'are'} {_labels(others)}."
        for effect in SHOWN
        if (others := [item for item in clear[MOST_TOLD:] if item.effect == effect])
    ]
    quiet = [item for item in items if item.effect == "no difference resolved"]
    if quiet:
        told = listed([f"{named(item.label)} {over_pairs(item)}" for item in quiet])
        sentences.append(
            f"No difference from the baseline is resolved for {told if len(quiet) <= MOST_TOLD else _labels(quiet)}."
        )
    untested = [item for item in items if item.effect == "not tested"]
    if untested:
        be = "is" if len(untested) == 1 else "are"
        sentences.append(f"{opening([item.label for item in untested])} {be} not tested: {untested[0].reason}.")
    return " ".join(sentences)


def tally(items: Sequence[Tested]) -> str:
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
    """Single datasets: a paragraph for each in which something is resolved, and one for all others together."""
    items = {name: [item for item in study.by_dataset if item.dataset == name and item.metric == metric]
             for name in study.datasets}  # fmt: skip
    loud = [name for name, found in items.items() if any(item.effect in SHOWN for item in found)]
    paragraphs = [_paragraph(name, items[name]) for name in loud[:MOST_TOLD]]
    if further := loud[MOST_TOLD:]:
        where = listed([code(name) for name in further])
        paragraphs.append(f"What is resolved on {where} is in the table.")
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
    """The resolved effects on a dataset, the largest with those of its direction first, then what is not resolved."""
    resolved = sorted((item for item in items if item.effect in SHOWN), key=lambda item: -abs(item.difference))
    first, *rest = _alike(resolved)
    told = sorted(rest[: MOST_TOLD - 1], key=lambda group: group[0].effect != first[0].effect)
    verb = move(first[0]) if len(first) == 1 else move(first[0]).removesuffix("s")
    words = [
        f"On {code(dataset)}, {_labels(first)} {verb} the {metric_name(first[0].metric)} {shift(first[0])} "
        f"{evidence(first[0])}, a change for the {first[0].effect}."
    ]
    words += [_further(group, first[0]) for group in told]
    if left := [item for group in rest[MOST_TOLD - 1 :] for item in group]:
        words.append(f"Smaller differences are resolved for {_labels(left)}, as the table has them.")
    others = [item for item in items if item.effect == "no difference resolved"]
    if others:
        p_values = list(dict.fromkeys(f"${p_value(item.p_holm)}$" for item in others if item.p_holm is not None))
        corrected = f" (corrected {listed(p_values)})" if len(p_values) <= MOST_TOLD else ""
        words.append(f"For {_labels(others)} no difference from the baseline is resolved{corrected}.")
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


def _labels(items: Sequence[Tested]) -> str:
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
        start = f"On no single dataset can any setting be told from the baseline in {metric}."
    else:
        where = listed([code(name) for name in datasets])
        start = f"On {where} alone no setting can be told from the baseline in {metric}."
    digits = nearest.metric.digits
    place = f" on {code(nearest.dataset)}" if len(datasets) > 1 else ""
    return (
        f"{start} The strongest case is {named(nearest.label)}{place}, with a mean of "
        f"{nearest.mean:.{digits}f} against the baseline's {nearest.baseline:.{digits}f} {evidence(nearest)}."
    )


def secondary(study: Study) -> str:
    """The metrics by which the study is not judged: what is resolved in each over all pairs, without numbers."""
    sentences: list[str] = []
    silent: list[str] = []
    untested: dict[str, list[str]] = {}
    for metric in study.secondary:
        items = [item for item in study.comparisons.pooled if item.metric.name == metric.name]
        effects = [
            f"{listed([named(item.label) for item in found])} {'is' if len(found) == 1 else 'are'} {effect}"
            for effect in SHOWN
            if (found := [item for item in items if item.effect == effect])
        ]
        if effects:
            sentences.append(f"In {metric_name(metric)}, {listed(effects)}.")
        elif any(item.effect != "not tested" for item in items):
            silent.append(metric_name(metric))
        elif items:
            untested.setdefault(items[0].reason, []).append(metric_name(metric))
    if silent:
        sentences.append(f"In {listed(silent, 'or')} no difference is resolved.")
    for reason, names in untested.items():
        sentences.append(f"Differences in {listed(names)} are not tested ({reason}).")
    return " ".join(sentences)


def headline(study: Study) -> str:
    """The main finding in one or two sentences, with numbers."""
    metric = listed([metric_name(metric) for metric in study.primary])
    if study.outcome == "untested":
        reason = study.tests[0].reason if study.tests else "the runs have no values of it"
        return f"Over all pairs of dataset and seed the differences in {metric} cannot be tested: {reason}."
    first = tally(study.tests)
    if study.outcome == "nothing":
        return (
            f"{first} If the change has an effect on {metric}, these runs cannot tell it from the spread between seeds."
        )
    clearest = max(study.resolved, key=lambda item: abs(item.statistic))
    where = [item for item in study.by_dataset if (item.run, item.metric) == (clearest.run, clearest.metric)]
    moved = [item for item in where if (item.difference < 0) == (clearest.statistic < 0)]
    shown = max(moved or where, key=lambda item: (abs(item.percent or 0.0), abs(item.difference)))
    return (
        f"{first} The clearest effect is that of {named(clearest.label)} on the {metric_name(clearest.metric)}: "
        f"{pairs_in_words(clearest, ' of dataset and seed')} (corrected ${p_value(clearest.p_holm or 0.0)}$), and on "
        f"{code(shown.dataset)} a change {shift(shown)}."
    )


def settings_in_words(study: Study) -> list[str]:
    """Whether a setting is better, worse or not told from the baseline in the primary metrics; alike ones together."""
    patterns: dict[str, list[str]] = {}
    for node in study.tested:
        effects = [(item.metric, SIDES[item.effect]) for item in study.tests if item.run == node.run]
        alike = len(study.primary) == 1
        words = listed([side if alike else f"{side} in {metric_name(metric)}" for metric, side in effects] or [""])
        if words:
            patterns.setdefault(words, []).append(node.label)
    return [f"{opening(labels)} {'is' if len(labels) == 1 else 'are'} {words}." for words, labels in patterns.items()]
