"""A tree search in words: its stages, what it chose and by which seeds, and on which seeds that was confirmed."""

from __future__ import annotations

from ...presentation.latex import escape
from ..evidence import metric_name
from ..latex.words import count, listed, number_word
from ..nodes import Kind
from . import findings
from .study import Study, named

KINDS: dict[Kind, tuple[str, str]] = {
    "draft": ("draft", "with one change of the baseline each"),
    "tune": ("tuned setting", "made from settings that did well"),
    "ablate": ("ablation", "of a good setting with several changes, one of them taken away"),
    "debug": ("replacement", "nearer to the baseline, of settings that failed"),
}


def stages(study: Study) -> str:
    """How many settings of each kind were run."""
    kinds = [node.kind for node in (*study.variants, *study.failed)]
    made = [f"{count(kinds.count(kind), noun)} ({what})" for kind, (noun, what) in KINDS.items() if kind in kinds]
    return (
        f"The settings come from a search in stages: {listed(made)}. At each step the search went on from the best "
        "setting so far by the mean relative gain over the datasets, at times from another one."
    )


def seeds(study: Study) -> str:
    """Which seeds chose and which confirmed."""
    plan = study.selection.plan or study.plan
    first = count(max(plan.looks[0].seeds.values(), default=1), "seed")
    start = f"All settings were compared on the same first {first} of each dataset, and the search chose by these."
    fresh = plan.confirmation
    if study.confirmed is None or fresh is None:
        why = study.choice.unconfirmed if study.choice else ""
        return (
            f"{start} What it chose was not confirmed on seeds that no choice has seen"
            f"{f' ({escape(why)})' if why else ''}, so that every test below is too favourable to what was chosen."
        )
    later = number_word(max(fresh.seeds.values()))
    return (
        f"{start} The setting that it chose and the baseline were then run on the {later} that come after them, which "
        "no choice has seen. That they decide, alone, and how many they are, was written "
        "down before the first experiment."
    )


def chosen(study: Study) -> str:
    """What was chosen, among how many."""
    if study.choice is None:
        return ""
    label = next((node.label for node in study.variants if node.run == study.choice.run), study.choice.run)
    metric = metric_name(study.primary[0])
    among = count(study.choice.of, "setting")
    return f"Of {among} that could be chosen, {named(label)} had the largest mean relative gain in {metric}."


def unconfirmed(study: Study) -> str:
    """What became of the search that confirmed nothing."""
    return f"\\paragraph{{The search.}} {stages(study)} {chosen(study)} It was not confirmed on fresh seeds."


def exploratory(study: Study) -> str:
    """What the tests on the seeds that chose would say."""
    items = [item for item in study.selection.pooled if item.metric.primary]
    return (
        f"\\paragraph{{The seeds that chose.}} {stages(study)} {chosen(study)} On the seeds by which the search chose, "
        f"the tests of all settings say this: {findings.tally(items)} They are exploratory, since they are too "
        "favourable to what was chosen and to what was made from it."
    )
