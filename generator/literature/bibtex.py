"""Works as BibTeX entries and back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from ...data.papers.tex.bibtex import BibEntry, bib_text, problem_lines, read_entries
from .latex_text import from_latex, to_latex
from .record import Work, one_line, plain_arxiv_id, unique_keys

MEETING = re.compile(
    r"\b(proceedings|proc|conference|workshop|symposium|advances in neural|meeting of|"
    r"neurips|nips|icml|iclr|aistats|colt|uai|aaai|ijcai|cvpr|iccv|eccv|emnlp|naacl|eacl|interspeech|icassp|kdd|www|"
    r"chi|icra|iros|corl|siggraph)\b|\bACL\b",
    re.IGNORECASE,
)
JOURNAL = re.compile(
    r"proc(?:eedings|\.)? of (?:the )?(?:national academy|royal society|ieee\b(?! .*(?:conference|symposium|workshop))"
    r"|vldb endowment|acm on\b|(?:london|american|edinburgh) mathematical society|institution of)"
    r"|proc(?:eedings|\.) (?:r\.? soc|natl)|\bpnas\b|\bjournal\b",
    re.IGNORECASE,
)
"""Journals whose names sound like those of meetings."""
PREPRINT = re.compile(r"arxiv\b", re.IGNORECASE)
ORDER = ("author", "title", "booktitle", "journal", "howpublished", "year", "doi", "eprint", "archiveprefix", "url")


class BibFile(BaseModel):
    """What a .bib file holds: its entries as works, and one line for each place that could not be read."""

    model_config = ConfigDict(frozen=True)

    works: tuple[Work, ...] = ()
    problems: tuple[str, ...] = ()


def entry_of(work: Work, *, abstract: bool = False) -> str:
    """The work as a BibTeX entry in ASCII: @inproceedings or @article by its venue, @misc without one.

    Titles stand in double braces, so that no style changes their case. Nothing in a field is a command that the
    source put there (see `to_latex`).
    """
    fields = {
        "author": " and ".join(_name(author) for author in work.authors),
        "title": f"{{{to_latex(work.title)}}}",
        "year": str(work.year or ""),
        "doi": work.doi,
        "eprint": work.arxiv_id,
        "archiveprefix": "arXiv" if work.arxiv_id else "",
        "url": work.url,
        "abstract": to_latex(work.abstract) if abstract else "",
    }
    if work.venue:
        meeting = MEETING.search(work.venue) and not JOURNAL.search(work.venue)
        kind = "inproceedings" if meeting else "article"
        fields["booktitle" if kind == "inproceedings" else "journal"] = to_latex(work.venue)
    else:
        kind = "misc"
        fields["howpublished"] = f"arXiv:{work.arxiv_id}" if work.arxiv_id else ""
    lines = [f"  {name} = {{{fields[name]}}}," for name in (*ORDER, "abstract") if fields.get(name)]
    return "\n".join([f"@{kind}{{{work.key},", *lines, "}"])


def write_bib(works: Iterable[Work], *, abstract: bool = False) -> str:
    """A .bib file of the works, with keys made unique by `unique_keys`; take the keys to cite from there."""
    return "\n\n".join(entry_of(work, abstract=abstract) for work in unique_keys(works)) + "\n"


def _name(author: str) -> str:
    latex = to_latex(author)
    special = "," in author or author.lower() == "others" or re.search(r"\band\b", author, re.IGNORECASE)
    return f"{{{latex}}}" if special else latex


def read_bib(path: Path) -> BibFile:
    """The bibliography in the file. Raises InputError where it cannot be read; its broken entries are problems."""
    found = parse_bib(bib_text(path))
    return found.model_copy(update={"problems": tuple(f"{path}: {problem}" for problem in found.problems)})


def parse_bib(text: str) -> BibFile:
    """The bibliography in the text. Entries without a title and repeated keys are left out, as problems."""
    entries = read_entries(text)
    problems = problem_lines(entries)
    works: dict[str, Work] = {}
    for entry in entries:
        if entry.problem:
            continue
        if entry.key.lower() in works:
            problems.append(f"line {entry.line}: the key {entry.key} stands twice; the first counts")
        elif not from_latex(entry.fields.get("title", "")):
            problems.append(f"line {entry.line}: {entry.key or 'an entry'} has no title")
        else:
            works[entry.key.lower()] = work_of(entry)
    return BibFile(works=tuple(works.values()), problems=tuple(problems))


def work_of(entry: BibEntry) -> Work:
    """The entry as a work, which needs a title."""
    fields = entry.fields
    year = re.search(r"\b\d{4}\b", fields.get("year") or fields.get("date") or "")
    place = next(
        (fields[name] for name in ("journal", "booktitle", "journaltitle", "howpublished") if name in fields), ""
    )
    eprint = fields.get("eprint", "") if PREPRINT.match(fields.get("archiveprefix") or "arxiv") else ""
    return Work(
        key=entry.key,
        title=from_latex(_unwrapped(fields["title"])),
        authors=tuple(_names(fields.get("author", ""))),
        year=int(year[0]) if year else None,
        venue="" if place.startswith(("\\url", "http")) else from_latex(place),
        abstract=from_latex(fields.get("abstract", "")),
        doi=one_line(fields.get("doi", "")).replace("\\_", "_"),
        arxiv_id=eprint or _arxiv_id_in(f"{place} {fields.get('volume', '')}"),
        url=one_line(fields.get("url", "")).replace("\\_", "_"),
        source="bibtex",
    )


def _arxiv_id_in(text: str) -> str:
    """The id in words such as "arXiv preprint arXiv:2101.00001" or "CoRR abs/2101.00001"."""
    if not re.search(r"arxiv|\babs/", text, re.IGNORECASE):
        return ""
    return next((found for word in text.split() if (found := plain_arxiv_id(word.strip(",.;()[]{}")))), "")


def _unwrapped(value: str) -> str:
    """The value without a pair of braces around the whole of it."""
    value = value.strip()
    return value[1:-1] if _one_group(value) else value


def _one_group(value: str) -> bool:
    if not (value.startswith("{") and value.endswith("}")):
        return False
    depth = 0
    for place, character in enumerate(value):
        depth += (character == "{") - (character == "}")
        if depth == 0:
            return place == len(value) - 1
    return False


def _names(field: str) -> list[str]:
    """The authors, each as "First Last"; "and others" is left out."""
    names = []
    for name in _outside_braces(field, r"\s+and\s+"):
        parts = [from_latex(part) for part in ([name] if _one_group(name) else _outside_braces(name, ","))]
        names.append(" ".join([*parts[1:][::-1], parts[0]]) if len(parts) < 3 else f"{parts[-1]} {parts[0]} {parts[1]}")
    return [name for name in names if name.strip() and name != "others"]


def _outside_braces(text: str, separator: str) -> list[str]:
    """The parts between the separators that stand in no braces, stripped."""
    parts, start = [], 0
    for found in re.finditer(separator, text):
        before = text[: found.start()]
        if before.count("{") == before.count("}"):
            parts.append(text[start : found.start()].strip())
            start = found.end()
    return [*parts, text[start:].strip()]
