"""What a cheater could read off a text without the science: one number per text and probe, or a classifier's score."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ...data.parallel import in_processes
from ...reviewer.floors import ANONYMOUS, HEADER_LENGTH
from ...reviewer.scrub import MANY
from ...reviewer.scrub_patterns import ABSTRACT, AUTHOR_NOTE, CREDITS, EMAIL, URL
from ...reviewer.scrub_rules import misplaced_authors, title_end
from ...reviewer.surface import APPENDIX_LETTER
from ...statistics.arrays import Floats

AFFILIATION = re.compile(
    r"\b(?:universit|institute|college|school of|department|academy|laborator|research\b|google|microsoft|deepmind"
    r"|facebook|meta ai|openai|amazon|nvidia|ibm|inria|mit\b|eth z)",
    re.IGNORECASE,
)
PUBLISHED = re.compile(r"published as an?\b|accepted (?:at|to|as)\b|camera[- ]ready", re.IGNORECASE)
UNDER_REVIEW = re.compile(r"under review as", re.IGNORECASE)
CODE_HOST = re.compile(r"github\.com|gitlab\.com|bitbucket\.org", re.IGNORECASE)
YEAR = re.compile(r"\b(?:19|20)\d\d\b")


@dataclass(frozen=True)
class Probe:
    """A number that can be read off a text. `kind` is `artefact` (never the science), `length` or `content`."""

    name: str
    kind: str
    description: str
    read: Callable[[str], float]


def _front(text: str) -> str:
    """What stands between the title and the abstract."""
    abstract = ABSTRACT.search(text, 0, 6000)
    return text[title_end(text, abstract.start()) : abstract.start()] if abstract else ""


def _latest_year(text: str) -> float:
    """The latest plausible year that is named: a camera-ready cites what appeared after the submission."""
    years = [int(found) for found in YEAR.findall(text)]
    return float(max((year for year in years if 1990 <= year <= 2030), default=0))


PROBES: tuple[Probe, ...] = (
    Probe("anonymous header", "artefact", "anonymity named in the first 3000 characters",
          lambda t: float(ANONYMOUS.search(t[:HEADER_LENGTH]) is not None)),
    Probe("e-mail addresses", "artefact", "number of e-mail addresses in the first 3000 characters",
          lambda t: float(len(EMAIL.findall(t[:HEADER_LENGTH])))),
    Probe("affiliations", "artefact", "affiliation words between title and abstract",
          lambda t: float(len(AFFILIATION.findall(_front(t))))),
    Probe("misplaced authors", "artefact", "short lines right below the abstract's heading",
          lambda t: float(misplaced_authors(t[:HEADER_LENGTH]) is not None)),
    Probe("author notes", "artefact", "equal contribution, corresponding author, work done at",
          lambda t: float(AUTHOR_NOTE.search(t.lower()) is not None)),
    Probe("acknowledgements", "artefact", "a section of acknowledgements, contributions or funding",
          lambda t: float(CREDITS.search(t) is not None)),
    Probe("status line", "artefact", '"published as" (+1) or "under review as" (-1)',
          lambda t: float(bool(PUBLISHED.search(t)) - bool(UNDER_REVIEW.search(t)))),
    Probe("URLs", "artefact", "number of URLs", lambda t: float(len(URL.findall(t)))),
    Probe("code host", "artefact", "a link to a public code host", lambda t: float(CODE_HOST.search(t) is not None)),
    Probe("latest year", "artefact", "the latest year that is named", _latest_year),
    Probe("length", "length", "words of the text", lambda t: float(len(t.split()))),
    Probe("appendix letter", "length", "the highest letter of an appendix that is referred to",
          lambda t: max((ord(letter) - ord("A") + 1.0 for letter in APPENDIX_LETTER.findall(t)), default=0.0)),
)  # fmt: skip


def read_all(texts: Sequence[str]) -> dict[str, Floats]:
    """The value of every probe for every text, (n,) each."""
    read = np.array(in_processes(_read, texts, fewest=MANY))
    return {probe.name: column for probe, column in zip(PROBES, read.T, strict=True)}


def _read(text: str) -> list[float]:
    return [probe.read(text) for probe in PROBES]
