"""What an audit finds: numbers without an origin, how the others were traced, figures, citations, words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, computed_field

FigureStatus = Literal["made by a run", "changed", "unknown", "missing"]
CitationStatus = Literal["fetched record", "entry", "entry without record", "no entry"]


ReferenceStatus = Literal["found", "other year", "other authors", "not found", "not in the local index", "no title"]


class NearestValue(BaseModel):
    """The logged value that comes nearest to a number, in the unit in which the number is printed."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(description='for example "run_1 dino kl_divergence mean"')
    value: float


class AuditedNumber(BaseModel):
    """A number as it is printed, and where."""

    model_config = ConfigDict(frozen=True)

    text: str = Field(description='as printed: "12.8%"')
    value: float = Field(description="as printed, without unit or percent sign: 12.8")
    context: str = Field(description="the sentence or the row around it, at most 160 characters")
    where: str = Field(description="file:line, or the page of a PDF")
    section: str = ""

    def stands_in(self, text: str) -> bool:
        """Whether the text has the number, and not only as a part of another."""
        return re.search(rf"(?<![\d.]){re.escape(self.text.strip(' %×+-'))}(?!\d)", text) is not None


class Unsupported(AuditedNumber):
    """A number that traces to nothing that a run logged."""

    reason: str = Field(description="one line: why it does not trace, and what would help")
    looked_for: str = Field(default="", description="of what values were tried, and how many")
    nearest: NearestValue | None = None


class Supported(AuditedNumber):
    """A number with its origin."""

    how: str = Field(description="the value it is a rounding of, or the derivation with the values in it")
    kind: Literal["logged", "derived", "statistic", "setting", "count"]
    chance: float = Field(ge=0, le=1, description="share of numbers printed like this one that would match as well")


class FigureCheck(BaseModel):
    r"""One file that the paper includes.

    "made by a run": the file's SHA-256 is in the manifest of the plot stage, or, without a manifest, equals that of an
    image in the results folder. "changed": the manifest has the name with another hash. "missing": no such file.
    """

    model_config = ConfigDict(frozen=True)

    path: str
    status: FigureStatus
    sha256: str = ""
    where: str = ""

    @property
    def traced(self) -> bool:
        """Whether a run made the file."""
        return self.status == "made by a run"


class CitationCheck(BaseModel):
    r"""One key that the paper cites.

    "fetched record": its entry is among the works fetched. "entry": there is an entry, and no list of works fetched to
    hold it against. "entry without record": the list does not have it. "no entry": the bibliography does not.
    """

    model_config = ConfigDict(frozen=True)

    key: str
    status: CitationStatus
    where: str = ""

    @property
    def traced(self) -> bool:
        """Whether the work was fetched or, as far as can be told, is in the bibliography."""
        return self.status in ("fetched record", "entry")


class ReferenceCheck(BaseModel):
    """One work of the bibliography, looked for in the literature by its title."""

    model_config = ConfigDict(frozen=True)

    key: str = Field(description="of BibTeX, or the number in a PDF's list")
    status: ReferenceStatus
    line: str = Field(description="as the bibliography lists it, at most 200 characters")
    found: str = Field(default="", description="first author, title and year of the work that a source has")

    @property
    def doubtful(self) -> bool:
        """Whether the sources speak against it; that the local index alone does not have it is none of that."""
        return self.status in ("other year", "other authors", "not found")


class Contradiction(BaseModel):
    """A word of direction ("higher", "outperforms") that the logged means contradict."""

    model_config = ConfigDict(frozen=True)

    word: str
    context: str = Field(description="the sentence around it, at most 160 characters")
    where: str
    section: str = ""
    reason: str = Field(description="the two means")


class MethodCheck(BaseModel):
    """A setting or a data set that the paper states, and what code and configuration have."""

    model_config = ConfigDict(frozen=True)

    what: str = Field(description='"learning rate", "data set", ...')
    stated: str
    status: Literal["agrees", "differs", "not in the code"]
    found: str = Field(description="what the code has for it")
    context: str
    where: str


class Audit(BaseModel):
    """What was checked in one paper, and what does not trace."""

    model_config = ConfigDict(frozen=True)

    paper: str
    numbers_checked: int = Field(description="numbers of results; those of the set-up are in `settings_checked`")
    supported: int
    unsupported: tuple[Unsupported, ...] = ()
    matches: tuple[Supported, ...] = Field(default=(), description="one for each number that traces, also settings")
    settings_checked: int = 0
    settings_unmatched: tuple[Unsupported, ...] = Field(
        default=(), description="numbers of the set-up that no setting of the experiment has; they do not fail an audit"
    )
    exempt: dict[str, int] = Field(default_factory=dict, description="numbers not checked, by reason")
    claims_checked: int = Field(default=0, description="words of direction with run, data set and metric named")
    contradicted: tuple[Contradiction, ...] = ()
    method: tuple[MethodCheck, ...] = Field(
        default=(),
        description="what is said of settings and data sets, against the code; fails no audit",
    )
    figures: tuple[FigureCheck, ...] = ()
    citations: tuple[CitationCheck, ...] = ()
    references: tuple[ReferenceCheck, ...] = Field(default=(), description="where the literature was asked")
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = Field(
        default=(), description="what the paper asks for and could not be read; an audit with any is not ok"
    )

    @computed_field
    @property
    def number_share(self) -> float | None:
        """Share of the checked numbers that trace, in [0, 1]; None where there are none."""
        return self.supported / self.numbers_checked if self.numbers_checked else None

    @computed_field
    @property
    def figure_share(self) -> float | None:
        """Share of the figures that a run made, in [0, 1]; None where there are none."""
        return _share([figure.traced for figure in self.figures])

    @computed_field
    @property
    def citation_share(self) -> float | None:
        """Share of the cited works that trace as far as can be told, in [0, 1]; None where nothing is cited."""
        return _share([citation.traced for citation in self.citations])

    @computed_field
    @property
    def ok(self) -> bool:
        """Whether all was read, every number, figure and citation traces, and no word of direction is contradicted."""
        traced = all(share in (None, 1.0) for share in (self.figure_share, self.citation_share))
        doubtful = any(reference.doubtful for reference in self.references)
        return traced and not (self.unsupported or self.contradicted or doubtful or self.problems)

    @property
    def troubles(self) -> tuple[str, ...]:
        """What makes the audit not ok, counted in a phrase each; none where it is."""
        counts = (
            (len(self.unsupported), f"of {self.numbers_checked} numbers do not trace"),
            (_untraced(self.figures), f"of {len(self.figures)} figures do not trace"),
            (_untraced(self.citations), f"of {len(self.citations)} citations do not trace"),
            (len(self.contradicted), f"of {self.claims_checked} words of direction contradict the means"),
            (sum(r.doubtful for r in self.references), f"of {len(self.references)} references are doubtful"),
            (len(self.problems), "files that the paper asks for could not be read"),
        )
        return tuple(f"{count} {words}" for count, words in counts if count)

    @property
    def violations(self) -> int:
        """Numbers, figures and citations that do not trace, contradicted words, and unread files."""
        untraced = _untraced(self.figures) + _untraced(self.citations)
        return len(self.unsupported) + len(self.contradicted) + untraced + len(self.problems)


def _untraced(checks: Sequence[FigureCheck | CitationCheck]) -> int:
    return sum(not check.traced for check in checks)


def _share(traced: list[bool]) -> float | None:
    return sum(traced) / len(traced) if traced else None
