"""What became of the sealed papers: decided, withdrawn, or nothing is known; and whether they are the same papers."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from difflib import SequenceMatcher

from ...data.dataset import Dataset, build
from ...data.errors import InputError, unknown
from ...data.records import Paper
from .reading import Forecast
from .records import KeptPaper

NAMED = 8
"""Papers that a message names; the others are counted."""
SAME_TITLE = 0.5
"""From this share of common words on, in their order, two titles may be of one paper: authors reword after reviews."""


def fates(forecast: Forecast, whole: Dataset, named: Collection[str]) -> dict[str, str]:
    """The sealed papers that left without a decision, and why. Raises InputError where one has no fate, or two."""
    sealed, decided = [paper.id for paper in forecast.kept.papers], {j.paper_id for j in whole.judgements}
    for name in named:
        if name not in sealed:
            raise unknown("sealed paper", name, sealed, hint="--withdrawn")
        if name in decided:
            raise InputError(f"--withdrawn {name}: has a decision in {whole.card.name}, and counts")
    twofold = sorted(decided & whole.card.withdrawn.keys())
    if twofold:
        raise InputError(f"{whole.card.name}: {len(twofold)} papers are decided and withdrawn, e.g. {twofold[0]}")
    gone = {**dict.fromkeys(named, "named by --withdrawn"), **whole.card.withdrawn}
    missing = [name for name in sealed if name not in decided and name not in gone]
    if len(missing) == len(sealed):
        raise InputError(
            f"{whole.card.name}: none of the {len(sealed)} sealed papers is in it ({_some(missing)}); the seal is of "
            f"{forecast.seal.dataset}: give the dataset with its decisions"
        )
    if missing:
        raise InputError(
            f"{whole.card.name}: says nothing of {len(missing)} of {len(sealed)} sealed papers ({_some(missing)}); "
            f"wait until all are decided, or name those that were withdrawn with --withdrawn ID"
        )
    return {name: gone[name] for name in sealed if name not in decided}


def sealed_part(forecast: Forecast, whole: Dataset, gone: Mapping[str, str]) -> Dataset:
    """The decided papers of the seal as a dataset of their own, without texts: sealed were those of its digests.

    Raises InputError where most papers have other titles: ids alone may be the same in two datasets.
    """
    titles = {paper.id: paper.title for paper in forecast.kept.papers if paper.id not in gone}
    others, known = retitled(forecast, whole), _with_titles(forecast, whole)
    if len(others) > len(known) / 2:
        a, b = _titles(forecast.kept.papers)[others[0]], _titles(whole.papers)[others[0]]
        raise InputError(
            f"{whole.card.name}: {len(others)} of {len(known)} papers have other titles than those sealed "
            f"({others[0]}: {a!r} was sealed, here it is {b!r}): it is another dataset"
        )
    judgements = [j.model_copy(update={"split": "test"}) for j in whole.judgements if j.paper_id in titles]
    bare_card = whole.card.model_copy(update={"text_version": "none", "withdrawn": {}, "notes": [], "excluded": {}})
    part = build(bare_card, [Paper(id=name, title=title, text="") for name, title in titles.items()], judgements)
    name = f"{forecast.seal.dataset}-sealed-{part.card.hash[:6]}"
    title = f"{forecast.seal.title or forecast.seal.dataset}, sealed forecasts"
    return part.with_card(name=name, title=title, text_version=forecast.seal.text_version)


def retitled(forecast: Forecast, whole: Dataset) -> list[str]:
    """Sealed papers that bear quite another title in the decided dataset."""
    sealed, now = _titles(forecast.kept.papers), _titles(whole.papers)
    return [name for name in _with_titles(forecast, whole) if not _alike(sealed[name], now[name])]


def _with_titles(forecast: Forecast, whole: Dataset) -> list[str]:
    """The papers of both that have a title in both."""
    sealed, now = _titles(forecast.kept.papers), _titles(whole.papers)
    return [name for name in sealed if name in now]


def _titles(papers: Sequence[Paper] | Sequence[KeptPaper]) -> dict[str, str]:
    return {paper.id: paper.title for paper in papers if paper.title}


def _alike(a: str, b: str) -> bool:
    first, second = (re.findall(r"\w+", title.lower()) for title in (a, b))
    return SequenceMatcher(None, first, second, autojunk=False).ratio() >= SAME_TITLE


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")
