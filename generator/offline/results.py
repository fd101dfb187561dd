"""The results of the paper and its appendix: sentences with the tables and figures that they are about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..decision_table import DECIDED
from ..evidence import metric_name
from ..latex.floats import stands_in_appendix
from ..latex.placement import wrapped
from ..latex.tables import PART
from ..latex.words import count, listed
from ..result_tables import COMPARED, RESULTS, SECONDARY, numbered
from ..template import Metric
from ..tree_choice import MOST_DRAWN
from . import findings, search_words
from .study import Study

OPENING = "What follows is shown for completeness."


def results(study: Study, floats: Mapping[str, str]) -> str:
    """The section of results; `floats` are those of the paper, by label."""
    parts: list[str] = []
    for number, metric in enumerate(study.primary):
        parts += _of_metric(study, metric, number, floats)
    if study.searched and study.confirmed:
        parts.append(search_words.exploratory(study))
    elif study.searched:
        parts.append(search_words.unconfirmed(study))
    parts += _figures([label for label in floats if label.startswith("fig:")], floats, _shown(study))
    if study.secondary:
        tables = [label for label in floats if label.startswith(SECONDARY) and PART not in label]
        have = "has" if len(tables) == 1 else "have"
        parts.append(
            f"\\paragraph{{Further measures.}} {_refer('Table', tables)} in the appendix {have} the means. "
            f"{findings.secondary(study)}"
            + (" As their family of tests is exploratory, these serve to raise questions." if study.tests else "")
        )
    return "\n\n".join(parts)


def _shown(study: Study) -> str:
    """What the figures show."""
    if not study.searched:
        return "the runs behind these numbers"
    most = count(MOST_DRAWN - 1, "setting")
    which = f"the baseline and the best {most}" if len(study.variants) >= MOST_DRAWN else "all settings"
    return f"{which} on the first seeds"


def _figures(labels: Sequence[str], floats: Mapping[str, str], shown: str) -> list[str]:
    """The figures among the text, behind a sentence that names all and says what is `shown`."""
    main = [label for label in labels if not stands_in_appendix(floats[label])]
    rest = [label for label in labels if label not in main]
    sentences = [f"{_refer('Figure', main)} {_verb(main, 'show')} {shown}."] if main else []
    if rest:
        what = "more of them" if main else shown
        sentences.append(f"{_refer('Figure', rest)} in the appendix {_verb(rest, 'show')} {what}.")
    return [*([" ".join(sentences)] if sentences else []), *(wrapped(label, floats[label]) for label in main)]


def _of_metric(study: Study, metric: Metric, number: int, floats: Mapping[str, str]) -> list[str]:
    """The tables of a primary metric and what the tests say."""
    whole, decided, compared = (numbered(label, number) for label in (RESULTS, DECIDED, COMPARED))
    opening = rf"Table~\ref{{{whole}}}{_where(floats[whole])} gives the {metric_name(metric)} of all settings"
    if decided in floats:
        what = "the one that was chosen, on fresh seeds," if study.confirmed else "them"
        opening += (
            rf", and Table~\ref{{{decided}}}{_where(floats[decided])} compares {what} with the baseline over all pairs "
            "of dataset and seed"
        )
    items = [item for item in study.tests if item.metric == metric]
    said = (
        f"{findings.tally(items)} {findings.decisions(study, metric)}"
        if items
        else "There is nothing to compare it with."
    )
    parts = [f"{opening}. {said}"]
    parts += [*_among_text(floats, whole), *_among_text(floats, decided)]
    if compared in floats:
        by_dataset = rf"Table~\ref{{{compared}}}{_where(floats[compared])} has the differences on single datasets."
        first, *rest = findings.by_dataset(study, metric)
        parts += [rf"\paragraph{{By dataset.}} {by_dataset} {first}", *rest]
    return [*parts, *_among_text(floats, compared)]


def _where(tex: str) -> str:
    return " in the appendix" if stands_in_appendix(tex) else ""


def _among_text(floats: Mapping[str, str], label: str) -> list[str]:
    """The float and those that go on with it, as far as they stand among the text."""
    wanted = [name for name in floats if name == label or name.startswith(f"{label}{PART}")]
    return [wrapped(name, floats[name]) for name in wanted if not stands_in_appendix(floats[name])]


def appendix(floats: Mapping[str, str]) -> dict[str, str]:
    """The floats that the main part has no room for."""
    left = [wrapped(label, tex) for label, tex in floats.items() if stands_in_appendix(tex)]
    return {"Further Results": "\n\n".join([OPENING, *left])} if left else {}


def _refer(kind: str, labels: Sequence[str]) -> str:
    """ "Figures 1 and 2"."""
    numbers = [rf"\ref{{{label}}}" for label in labels]
    return f"{kind}{'s' if len(labels) > 1 else ''}~{listed(numbers)}"


def _verb(labels: Sequence[str], verb: str) -> str:
    return verb if len(labels) > 1 else f"{verb}s"
