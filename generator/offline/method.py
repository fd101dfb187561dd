"""How the differences were tested, in words: for the set-up and the limitations of a paper."""

from __future__ import annotations

from ..evidence import metric_name
from ..latex.words import count, listed, number_word
from . import search_words
from .study import Study, named, opening

SINGLE = (
    r"On single datasets the difference of the means is given with its 95\% interval, which is not corrected, and "
    "with Student's paired $t$-test over seeds, which takes differences for normal. Its $p$-values are corrected "
    "in a family of their own, of all comparisons on all datasets; they serve to see where an effect comes from. "
    "An exact test on one dataset needs six seeds or more to fall below the level: with three seeds its smallest "
    "$p$-value is one quarter."
)


def statistics(study: Study, *, given: bool = False) -> str:
    """The paragraphs on plan, test, correction, looks and the tests on single datasets.

    `given`: somebody else has run the experiments, so that nothing is known of their seeds but names and values.
    """
    if study.outcome == "untested":
        reason = study.tests[0].reason if study.tests else "there are none"
        untested = f"Differences are not tested over all pairs of dataset and seed: {reason}."
        by_dataset = [SINGLE] if any(item.p is not None for item in study.by_dataset) else []
        means = "Tables give means, and standard errors over seeds where there are several."
        return "\n\n".join([f"{means} {untested}", *by_dataset])
    opening = [search_words.seeds(study)] if study.searched else []
    looks = [_looks(study)] if len(study.plan.looks) > 1 else []
    parts = [*opening, _test(study, given=given), _family(study), *looks, SINGLE]
    return "\n\n".join(parts)


def _test(study: Study, *, given: bool) -> str:
    pairs = max(item.pairs for item in study.tests)
    how = (
        "The values of a setting and of the baseline"
        if given
        else "A setting has the seeds of the baseline, so that their values"
    )
    independent = (
        ", which is taken on trust" if given else ", for which every dataset and seed has random numbers of its own"
    )
    return (
        f"Tables give the mean and its standard error over seeds. {how} "
        f"come in pairs, one for each dataset and seed, {number_word(pairs)} at the most. The test is "
        "Fisher's exact randomisation test over all pairs, two-sided: where a setting changes nothing, the two values "
        "of a pair could as well have come the other way round, and the $p$-value is the share of all ways to exchange "
        "the values within pairs that give as large a sum of differences. Each difference is divided by the root mean "
        "square of those on its dataset, which no exchange alters. The test assumes that pairs are "
        f"independent{independent}, and nothing about distributions. Ties stay in, and a failed seed counts as the "
        "worst value."
    )


def _family(study: Study) -> str:
    plan = study.plan
    planned = count(plan.comparisons, "comparison")
    metrics = listed([metric_name(metric) for metric in study.primary])
    if not plan.declared:
        start = f"These comparisons were not written down before the runs. Those of {metrics} form one family"
    else:
        start = (
            f"Before the first experiment it was written down that {metrics} decides, and that there "
            f"{'is' if plan.comparisons == 1 else 'are'} at most {planned} with the baseline. "
            f"{'It forms' if plan.comparisons == 1 else 'They form'} one family"
        )
    only = plan.tests == 1
    corrected = (
        ", of one test, so that nothing is corrected"
        if only
        else f", and $p$-values are corrected by Holm's method for all {number_word(plan.tests)} tests, "
        "also for settings that failed or were not run"
    )
    further = " The tests of all further measures form another family, which is exploratory." if study.secondary else ""
    resolved = "A difference counts as resolved where the corrected $p$-value is at most $0.05$."
    return f"{start}{corrected}. {resolved}{further}"


def _looks(study: Study) -> str:
    first, second = study.plan.looks
    again = [item.label for item in study.tests if item.looks > 1]
    went = "No setting was given further seeds."
    if again:
        went = f"{opening(again)} had further seeds."
        fewer = [node.label for node in study.nodes if node.first_curves]
        if fewer:
            went += f" Curves of {listed([named(label) for label in fewer])} in figures are those of the first look."
    share = (
        "Each look has half of the level, so that $p$-values are doubled"
        if first.share
        else f"The first look, with {count(first.pairs, 'pair')}, only decides on further seeds, and the second has "
        "all of the level"
    )
    return (
        "The plan allows a second look: settings that are not resolved at the first, but might well be with more data, "
        f"are run under further seeds, together with the baseline, up to {count(second.pairs, 'pair')}. {share}; the "
        "probability of resolving anything where there is nothing is then below the level whatever decides on further "
        f"seeds. {went}"
    )


def smallest(study: Study) -> str:
    """What the number of pairs allows, for the limitations."""
    plan = study.plan
    again = any(item.looks > 1 for item in study.tests)
    last = plan.looks[-1 if again else 0]
    if not plan.can_resolve:
        return (
            f"With {count(last.pairs, 'pair')} of dataset and seed no exact test can resolve any of "
            f"{count(plan.tests, 'planned comparison')}."
        )
    return (
        f"With {count(plan.looks[0].pairs, 'pair')} of dataset and seed at first, and {number_word(last.pairs)} where "
        "further seeds were run, only effects that stand out from the spread between seeds can be resolved."
        if again
        else f"With {count(last.pairs, 'pair')} of dataset and seed, only effects that stand out from the spread "
        "between seeds can be resolved."
    )


def failed_seeds(study: Study) -> str:
    """Which settings lack values of some seeds, or further seeds that they were to have; empty where none does."""
    lost = [item for item in study.tests if item.failed]
    noted = [node for node in study.nodes if node.note]
    parts = [
        f"{count(item.failed, 'seed').capitalize()} of {named(item.label)} failed and {_count(item.failed)} as the "
        "worst value."
        for item in lost
    ]
    if noted:
        parts.append(f"Further seeds of {listed([named(node.label) for node in noted])} could not be run to the end.")
    return " ".join(parts)


def _count(number: int) -> str:
    return "counts" if number == 1 else "count"
