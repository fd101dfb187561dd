"""The PDFs of papers for reviewers that see pages (`?vision=true`): where they are, and which papers have none."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from ..data.errors import InputError
from ..data.registry import data_home
from ..reviewer.panel.panel import PanelReviewer, show_file
from ..reviewer.protocol import Reviewer

NAMED = 8
"""Papers without a PDF that are named; the others are counted."""


def sees(reviewer: Reviewer | None) -> bool:
    """Whether the reviewer is shown pages."""
    return isinstance(reviewer, PanelReviewer) and reviewer.settings.vision


def refuse_sight(reviewers: Iterable[Reviewer], why: str) -> None:
    """Raises InputError, with the reason, for a reviewer that is shown pages."""
    for reviewer in reviewers:
        if sees(reviewer):
            raise InputError(f"{reviewer.name}: {why}; leave ?vision out")


def pdfs_of(source: str, given: Path | None, papers: Collection[str]) -> dict[str, Path]:
    """The PDFs of a dataset's papers by their ids: ID.pdf in the folder given, else in the dataset's own.

    A slash of an id is an underscore in the file's name. Raises InputError where there is no such folder, and for two
    files of one name.
    """
    if given is not None and not given.is_dir():
        raise InputError(f"--pdfs {given}: no folder; name the one with ID.pdf for the papers")
    own = [path for path in (Path(source), data_home() / source) if path.is_dir()]
    folder = given or (own[0] if own else None)
    found: dict[str, Path] = {}
    for path in sorted(folder.rglob("*.pdf")) if folder else ():
        if path.stem in found:
            raise InputError(f"{path} and {found[path.stem]} have the same name; leave one of them")
        found[path.stem] = path
    files = {paper: found.get(paper.replace("/", "_")) for paper in papers}
    return {paper: path for paper, path in files.items() if path is not None}


def show_pdfs(
    reviewers: Iterable[Reviewer | None], papers: Sequence[str], pdfs: Mapping[str, Path], *, raw: bool, advice: str
) -> list[str]:
    """Tell those reviewers that see where the papers are; a line that counts and names the papers without a PDF.

    Their reviews fail: none is made from the text alone. Raises InputError, with the advice, where no paper has one.
    """
    seeing = [reviewer for reviewer in reviewers if reviewer is not None and sees(reviewer)]
    if not seeing or not papers:
        return []
    without = [paper for paper in papers if paper not in pdfs]
    names = ", ".join(reviewer.name for reviewer in seeing)
    if len(without) == len(papers):
        raise InputError(f"{names}: ?vision needs the papers as PDFs, and there is none of the {len(papers)}; {advice}")
    for reviewer in seeing:
        for paper in papers:
            if paper in pdfs:
                show_file(reviewer, paper, pdfs[paper], raw=raw)
    if not without:
        return []
    named = ", ".join(without[:NAMED]) + (", ..." if len(without) > NAMED else "")
    return [
        f"{len(without)} of {len(papers)} papers have no PDF, so that their reviews by {names} fail, and are not made "
        f"from the text alone: {named}."
    ]


def show_dataset(
    reviewers: Sequence[Reviewer], source: str, papers: Sequence[str], pdfs: Path | None, *, raw: bool
) -> list[str]:
    """As `show_pdfs`, for the papers of a dataset; `pdfs` is the folder given. Raises InputError for one in vain."""
    if not any(map(sees, reviewers)):
        if pdfs is not None:
            raise InputError("--pdfs: no reviewer here looks at pages; ask one to with ?vision=true, or leave it out")
        return []
    advice = "give a folder with ID.pdf for each with --pdfs, or leave ?vision out"
    return show_pdfs(reviewers, papers, pdfs_of(source, pdfs, papers), raw=raw, advice=advice)


def pdfs_first(ids: Sequence[str], reviewers: Iterable[Reviewer | None]) -> Sequence[int]:
    """The places of the papers in their order, those first that a reviewer that sees can be shown."""
    shown = {paper for one in reviewers if isinstance(one, PanelReviewer) and sees(one) for paper in one.files}
    return sorted(range(len(ids)), key=lambda place: ids[place] not in shown)
