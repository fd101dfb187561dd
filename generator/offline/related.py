"""Related work: what the template's bibliography says, and what the literature search found beyond it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from ...presentation.latex import escape
from ..lab import Lab
from ..latex.document import CITED
from ..latex.words import count, listed, sentence
from ..literature.bibtex import read_bib
from ..literature.novelty import compared
from ..literature.record import Work, identities
from ..literature.search import Literature
from .knob_study import KnobStudy

NEAR = 0.12
"""Similarity from which on a work that was found is worth naming."""
MOST = 3
MOST_EARLIER = 6
PER_PARAGRAPH = 3
ASKED = 20


@dataclass(frozen=True)
class Found:
    """The template's works with the keys by which the lab knows them, works near the study with theirs, and where was
    searched."""

    own: Sequence[Work]
    keys: dict[str, str]
    near: Sequence[Work]
    near_keys: Sequence[str]
    answered: Sequence[str]


async def related_work(study: KnobStudy, lab: Lab, literature: Literature) -> tuple[str, dict[str, str]]:
    """The section, and the keys by which the lab knows the works of the template's bibliography.

    The works that it names are kept among the lab's fetched works.
    """
    knob = study.knob
    query = knob.query or knob.title
    path = _bibliography(lab)
    own = list(read_bib(path).works) if path.is_file() else []
    found = await _searched(query, knob.title, f"{knob.question} {knob.hypothesis}", own, lab, literature)
    entries = _nearest_first(study, study.background.get("related", []), found.own)
    paragraphs = [*_earlier(entries, found.keys), _search(query, found, above=True)]
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph), found.keys


async def works_near(title: str, text: str, told: Sequence[Mapping[str, str]], lab: Lab, literature: Literature) -> str:
    """The section where only the title is known of the subject: what is told of the template's works, and a search.

    Raises InputError where the template's bibliography cannot be read.
    """
    own = list(read_bib(_bibliography(lab)).works)
    found = await _searched(title, title, text, own, lab, literature)
    return "\n\n".join([*_earlier(told, found.keys), _search(title, found)])


def _bibliography(lab: Lab) -> Path:
    return lab.template.folder / "latex" / "references.bib"


async def _searched(query: str, title: str, text: str, own: list[Work], lab: Lab, literature: Literature) -> Found:
    """The template's own works and those near a title and a text, kept among the lab's works."""
    found = await literature.search(query, ASKED)
    near = [work for work in _near(title, text, found.works) if not _among(work, own)]
    kept = lab.add_works([*own, *near])
    keys = {work.key: _known(work, kept).key for work in own}
    return Found(own, keys, near, [_known(work, kept).key for work in near], found.answered)


def _nearest_first(
    study: KnobStudy, entries: Sequence[Mapping[str, str]], own: Sequence[Work]
) -> list[Mapping[str, str]]:
    """The entries on the works that are most like the question, at most `MOST_EARLIER`, in the template's order."""
    told = {entry["key"]: entry["sentence"] for entry in entries}
    works = [work.model_copy(update={"abstract": told[work.key]}) for work in own if work.key in told]
    alike = compared(study.knob.title, f"{study.knob.question} {study.knob.query} {study.knob.why}", works)
    chosen = {near.work.key for near in alike[:MOST_EARLIER]}
    return [entry for entry in entries if entry["key"] in chosen]


def _near(title: str, text: str, works: Sequence[Work]) -> list[Work]:
    """Those with authors and year that are alike enough, the nearest first."""
    citable = [work for work in works if work.citable]
    alike = compared(title, text, citable)
    return [near.work for near in alike if near.similarity >= NEAR and near.work.abstract][:MOST]


def _among(work: Work, others: Sequence[Work]) -> bool:
    return any(identities(work) & identities(other) for other in others)


def _known(work: Work, kept: Sequence[Work]) -> Work:
    return next(other for other in kept if identities(other) & identities(work))


def cited_as(tex: str, keys: Mapping[str, str]) -> str:
    """The text with its citations under the keys that the paper has; those of unknown works are taken out."""

    def changed(found: re.Match[str]) -> str:
        wanted = [keys[key.strip()] for key in found[1].split(",") if key.strip() in keys]
        return found[0].replace(f"{{{found[1]}}}", f"{{{','.join(wanted)}}}") if wanted else ""

    return CITED.sub(changed, tex)


def _earlier(related: Sequence[Mapping[str, str]], keys: Mapping[str, str]) -> list[str]:
    """A sentence for each work that the template knows, in paragraphs."""
    sentences = []
    for entry in related:
        key, text = entry["key"], entry["sentence"].strip()
        if key in keys:
            whole = text if CITED.search(text) else rf"\citet{{{key}}} {text}"
            sentences.append(sentence(cited_as(whole, keys)))
    return [" ".join(part) for part in _even(sentences)]


def _even(sentences: Sequence[str]) -> list[Sequence[str]]:
    """The sentences in parts of nearly equal size, none longer than `PER_PARAGRAPH`."""
    parts = -(-len(sentences) // PER_PARAGRAPH)
    edges = [round(index * len(sentences) / parts) for index in range(parts + 1)] if parts else []
    return [sentences[start:end] for start, end in pairwise(edges)]


def _search(query: str, found: Found, *, above: bool = False) -> str:
    """What the search brought beyond the bibliography, and how far that can be trusted."""
    if not found.answered:
        return "No source of literature could be searched when this paper was written, so newer work may be missing."
    names = {"local": "the bibliographies and abstracts on this machine", "arxiv": "arXiv", "openalex": "OpenAlex",
             "semantic scholar": "Semantic Scholar"}  # fmt: skip
    where = listed([names.get(name, escape(name)) for name in found.answered])
    asked = f"A search of {where} for ``{escape(query)}''"
    if not found.near:
        return (
            f"{asked} brought nothing{' nearer to this study than the works above' if above else ' near this study'}."
        )
    cited = zip(found.near, found.near_keys, strict=True)
    titles = [rf"``{escape(work.title)}'' \citep{{{key}}}" for work, key in cited]
    return (
        f"{asked} {'also ' if above else ''}brought {count(len(titles), 'work')} whose title and abstract share terms "
        f"with this study: {listed(titles)}. They were found by their words and have not been read for this paper."
    )
