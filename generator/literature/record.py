"""The record of one published work, cleaned on the way in, with a citation key and what makes two records the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, Literal
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

Origin = Literal["semantic scholar", "openalex", "arxiv", "local", "bibtex"]

ARXIV_ID = re.compile(r"(?<![\d.])(\d{4}\.\d{4,5}|[a-z-]+(?:\.[a-z]{2})?/\d{7})(?:v\d+)?(?:\.pdf)?$", re.IGNORECASE)
ARXIV_DOI = re.compile(r"^10\.48550/arxiv\.", re.IGNORECASE)
DOI = re.compile(r"10\.\d{4,9}/[!-~]+$")
WORD = re.compile(r"[a-z0-9]+")
KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9:_.+/-]*")
SMALL = "a an and are as at by can do does for from how in is of on or the to towards via we what with"
SMALL_WORDS = frozenset(SMALL.split())
YEARS = range(1000, 2200)


class Work(BaseModel):
    """One published work. Texts are one line of Unicode (NFC), unknown fields empty.

    `key` is the BibTeX key, made from author, year and title where none is given; unique only after `unique_keys`.
    `doi` and `arxiv_id` are bare, in lower case and without version; a wrong one is dropped, as is a year out of range.
    """

    model_config = ConfigDict(frozen=True)

    key: str = ""
    title: str
    authors: tuple[str, ...] = ()
    year: int | None = None
    venue: str = ""
    abstract: str = ""
    doi: str = ""
    arxiv_id: str = ""
    url: str = ""
    citations: int | None = None
    source: Origin

    @property
    def citable(self) -> bool:
        """Whether a reader could find it from its entry: it has authors and a year."""
        return bool(self.authors) and self.year is not None

    @property
    def text(self) -> str:
        """Title and abstract, what searches and comparisons read."""
        return f"{self.title}. {self.abstract}" if self.abstract else self.title

    @model_validator(mode="before")
    @classmethod
    def _filled(cls, values: Any) -> Any:
        """Take an arXiv DOI for what it is, and make a key where there is none."""
        if not isinstance(values, dict):
            return values
        doi = plain_doi(values.get("doi") or "")
        arxiv_id = plain_arxiv_id(values.get("arxiv_id") or "")
        if ARXIV_DOI.match(doi):
            arxiv_id, doi = arxiv_id or plain_arxiv_id(ARXIV_DOI.sub("", doi)), ""
        values = {**values, "doi": doi, "arxiv_id": arxiv_id}
        year = values.get("year")
        values["year"] = year if isinstance(year, int) and year in YEARS else None
        if not KEY.fullmatch(values.get("key") or ""):
            values["key"] = citation_key(_names(values.get("authors")), values["year"], one_line(values.get("title")))
        return values

    @field_validator("title", "venue", "abstract", mode="before")
    @classmethod
    def _one_line(cls, value: Any) -> str:
        return one_line(value)

    @field_validator("title")
    @classmethod
    def _has_title(cls, value: str) -> str:
        if not value:
            raise ValueError("a work needs a title")
        return value

    @field_validator("venue")
    @classmethod
    def _no_preprint_server(cls, value: str) -> str:
        return "" if value.lower().startswith("arxiv") else value

    @field_validator("authors", mode="before")
    @classmethod
    def _plain_names(cls, value: Any) -> tuple[str, ...]:
        return _names(value)

    @field_validator("url", mode="before")
    @classmethod
    def _web_address(cls, value: Any) -> str:
        """The address with everything escaped that LaTeX or BibTeX could trip over; empty for other schemes."""
        address = quote(one_line(value), safe="/:?#[]@!$&'()*+,;=%~._-")
        return address if address.startswith(("https://", "http://")) else ""


def one_line(value: Any) -> str:
    """The text on one line in NFC, without control characters and lone surrogates; "" for anything but a text."""
    if not isinstance(value, str):
        return ""
    readable = unicodedata.normalize("NFC", value.encode("utf-8", "ignore").decode())
    return " ".join("".join(c if unicodedata.category(c) not in ("Cc", "Cf") else " " for c in readable).split())


def _names(value: Any) -> tuple[str, ...]:
    listed = value if isinstance(value, (list, tuple)) else ()
    return tuple(name for author in listed if (name := one_line(author)))


def plain_doi(text: str) -> str:
    """The DOI in an address or a field, lower case, "" where there is none that LaTeX can print."""
    found = DOI.search(one_line(text))
    return found[0].lower() if found and not set(found[0]) & set('{}\\%#^~"') else ""


def plain_arxiv_id(text: str) -> str:
    """The arXiv id in an id or an address, lower case and without its version; "" where there is none."""
    found = ARXIV_ID.search(one_line(text)[-64:])
    return found[1].lower() if found else ""


def words_of(text: str) -> list[str]:
    """The text's words in lower-case ASCII: accents go, and everything that is neither letter nor digit divides."""
    lowered = text.lower()
    if not lowered.isascii():
        lowered = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return WORD.findall(lowered)


def citation_key(authors: Sequence[str], year: int | None, title: str) -> str:
    """A key such as smith2021attention: first author's last name, year, first word of weight in the title."""
    first = words_of(authors[0]) if authors else []
    heavy = next((word for word in words_of(title) if word not in SMALL_WORDS), "untitled")
    return f"{first[-1] if first else 'anon'}{year or ''}{heavy}"


def unique_keys(works: Iterable[Work], taken: Iterable[str] = ()) -> list[Work]:
    """The works, later ones with b, c, ... behind their key where an earlier one has it; BibTeX ignores case.

    `taken`: keys that stand in the bibliography already.
    """
    seen = {key.lower() for key in taken}
    kept = []
    for work in works:
        key, number = work.key, 1
        while key.lower() in seen:
            number += 1
            key = f"{work.key}{_letters(number)}"
        seen.add(key.lower())
        kept.append(work if key == work.key else work.model_copy(update={"key": key}))
    return kept


def _letters(number: int) -> str:
    """1 as a, 26 as z, 27 as aa."""
    text = ""
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(ord("a") + rest) + text
    return text


def identities(work: Work) -> set[str]:
    """What marks another record as the same work: DOI, arXiv id, title.

    A title of fewer than three words says too little and counts with the first author's last name only.
    """
    words = words_of(work.title)
    if len(words) < 3:
        words += ["by", *(words_of(work.authors[0])[-1:] if work.authors else ["nobody"])]
    named = {f"doi {work.doi}" if work.doi else "", f"arxiv {work.arxiv_id}" if work.arxiv_id else ""}
    return {name for name in named | {f"title {' '.join(words)}"} if name}


def merged(works: Sequence[Work]) -> Work:
    """One record of several of the same work: that with a venue, its empty fields filled from the others in order."""
    base = next((work for work in works if work.venue), works[0])
    update: dict[str, Any] = {}
    for name in ("authors", "year", "abstract", "doi", "arxiv_id", "url"):
        if not getattr(base, name):
            update[name] = next((value for work in works if (value := getattr(work, name))), getattr(base, name))
    counts = [work.citations for work in works if work.citations is not None]
    return base.model_copy(update={**update, "citations": max(counts, default=None)})


class WorkPool:
    """Works by key, in the order in which they came."""

    def __init__(self, works: Iterable[Work] = ()) -> None:
        self.works: list[Work] = []
        self._known: dict[str, Work] = {}
        self.add(works)

    @property
    def by_key(self) -> dict[str, Work]:
        """The works by the keys to cite them by."""
        return {work.key: work for work in self.works}

    def add(self, works: Iterable[Work]) -> list[Work]:
        """Take the works in, and return them as the pool has them, each once."""
        found: dict[str, Work] = {}
        for work in works:
            known = next((self._known[name] for name in sorted(identities(work)) if name in self._known), None)
            if known is None:
                known = unique_keys([work], self.by_key)[0]
                self.works.append(known)
                self._known |= dict.fromkeys(identities(known), known)
            found[known.key] = known
        return list(found.values())
