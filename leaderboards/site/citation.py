"""How to cite an entry, and all boards: BibTeX whose every name is LaTeX that compiles."""

from __future__ import annotations

from ...presentation.latex import escape
from ..boards import Boards
from ..records import GeneratorResult, ReviewerResult


def entry_citation(result: ReviewerResult | GeneratorResult, name: str, on: str, page: str) -> str:
    """BibTeX of a result: who is measured, on what, when, and the digest that tells it from all others."""
    note = f"Made {_date(result)} with peerassay {result.made.peerassay}; SHA-256 {result.digest[:16]}"
    return _bibtex(f"peerassay-{result.id}", f"{name} on {on}", _date(result)[:4], note, f"SITE/{page}")


def boards_citation(boards: Boards) -> str:
    """BibTeX of the site."""
    made = boards_date(boards)
    return _bibtex("peerassay-boards", "peerassay leaderboards", made[:4], f"Results up to {made}", "SITE/index.html")


def boards_date(boards: Boards) -> str:
    """The day of the newest result, as 2026-11-28; empty without results."""
    entries = [e.result for board in (*boards.reviewers, *boards.generators) for e in board.entries]
    return max(map(_date, entries), default="")


def _date(result: ReviewerResult | GeneratorResult) -> str:
    return result.made.created[:10]


def _bibtex(key: str, title: str, year: str, note: str, url: str) -> str:
    fields = {"title": f"{{{escape(title)}}}", "howpublished": "peerassay leaderboards", "year": year,
              "note": escape(note), "url": url}  # fmt: skip
    lines = ",\n".join(f"  {field:12} = {{{value}}}" for field, value in fields.items() if value)
    return f"@misc{{{key},\n{lines}\n}}"
