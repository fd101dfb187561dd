"""The records of a leak audit: probes, signs that were hunted down, what scrubbing removed, and the verdict on all."""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import BaseModel, Field

from ...presentation.numbers import counted, number, show
from ...statistics.estimate import Estimate
from ...statistics.rating_matched import Matched

Verdict: TypeAlias = Literal["leak", "suspect", "signal", "clean"]
Form: TypeAlias = Literal["raw", "scrubbed"]
GRAVITY: tuple[Verdict, ...] = ("clean", "signal", "suspect", "leak")
"""Verdicts on a finding, the gravest last."""


class ProbeMetrics(BaseModel):
    """What a probe reaches on one form of the text."""

    auc: Estimate
    balanced_accuracy: Estimate
    matched: Matched = Field(default=Matched(), description="its AUC among papers of equal mean rating")
    matched_p_holm: float | None = Field(default=None, description="p of that, corrected for the number of probes")
    verdict: Verdict


class ProbeResult(BaseModel):
    """A probe on the raw and on the scrubbed text."""

    name: str
    kind: str
    description: str
    limit: float = Field(description="above which, on AUC or (artefacts) balanced accuracy, it is beyond its bounds")
    raw: ProbeMetrics
    scrubbed: ProbeMetrics


class Sign(BaseModel):
    """Something that papers of one decision bear far more often: found on one part of the papers, confirmed on another.

    Its balanced accuracy and rating-matched AUC are those of "who bears it is accepted" (or rejected) on the tested
    papers.
    """

    family: str = Field(description="what kind of sign, see `signs`")
    pattern: str
    example: str = Field(description="its place in a paper, line breaks as ↵")
    paper: str = Field(description="id of that paper")
    accepted: bool = Field(description="whether it is borne by accepted papers; else by rejected ones")
    papers: int = Field(description="papers that bear it, of all")
    fitted: int = Field(description="of these, papers that it was found on")
    fitted_accepted: int
    tested: int = Field(description="papers that it was confirmed on")
    tested_accepted: int
    balanced_accuracy: Estimate
    matched: Matched
    p_holm: float = Field(description="Fisher's exact test on the tested papers, corrected for all signs tried there")
    beside_cut: str = Field(default="", description="the scrubbing rule that cut there, and in how many of its papers")
    verdict: Verdict

    @property
    def in_words(self) -> str:
        """The sign in a few words."""
        share = (self.fitted_accepted + self.tested_accepted) / self.papers
        return f"sign {self.pattern!r} in {counted(self.papers, 'paper')}, {share:.0%} accepted"


class Finding(BaseModel):
    """A probe or a sign on one form of the text, with its figures."""

    name: str
    kind: str
    balanced_accuracy: Estimate
    auc: Estimate | None = Field(default=None, description="of a probe; a sign is borne or not")
    matched: Matched
    verdict: Verdict

    @property
    def gravity(self) -> tuple[int, float]:
        """What orders findings: leaks first, then suspects, then by power."""
        figure = self.balanced_accuracy if self.auc is None else self.auc
        return GRAVITY.index(self.verdict), figure.value or 0.0

    @property
    def in_words(self) -> str:
        """The finding with its figures."""
        auc = "" if self.auc is None else f", AUC {show(self.auc)}"
        return f"{self.name}{auc}{_matched(self.matched)}"


class SignSearch(BaseModel):
    """The search for signs in one form of the text."""

    searched: int = Field(default=0, description="signs that enough papers bear")
    tried: int = Field(default=0, description="signs that were tried on the tested papers")
    signs: list[Sign] = Field(default_factory=list, description="the confirmed ones, surest first")
    reason: str = Field(default="", description="why nothing was hunted")


class RemovedShare(BaseModel):
    """What a scrubbing rule removes: mean share of characters, and papers touched, by decision."""

    rule: str
    share_accepted: float
    share_rejected: float
    papers_accepted: int
    papers_rejected: int


class AuditSummary(BaseModel):
    """The audit of a dataset."""

    dataset: str
    hash: str
    scrub_rules: str
    n: int
    accepted: int
    fitted_on: str
    text: Form = Field(description="the form that a bench would use, which the verdict is on")
    verdict: Literal["leak", "suspect", "clean"]
    leaks: list[str] = Field(description="the probes that found a leak in that form")
    suspects: list[str] = Field(default_factory=list, description="what may be one there, see `audit`")
    worst: str = Field(default="", description="the gravest finding in that form, with its figures")
    probes: list[ProbeResult]
    hunts: dict[Form, SignSearch] = Field(default_factory=dict)
    kept_accepted: float = Field(description="mean share of characters kept by scrubbing, accepted papers")
    kept_rejected: float
    removed: list[RemovedShare]
    again: str = Field(default="", description="the command that makes figures on file anew, where the texts are")

    @property
    def unmatched(self) -> str:
        """Why there are no rating-matched figures, so that verdicts rest on the AUC alone; empty where there are."""
        return next((probe.raw.matched.reason for probe in self.probes), "")

    @property
    def in_words(self) -> str:
        """The verdict in one line."""
        found = [*self.leaks, *(f"{name} (suspect)" for name in self.suspects)]
        worst = f"; worst finding: {self.worst}" if self.worst else ""
        return f"the {self.text} text: {self.verdict}{': ' if found else ''}{', '.join(found)}{worst}{self.on_file}"

    @property
    def on_file(self) -> str:
        """That the figures are on file, and how they are made anew; empty where they were made from the texts."""
        return f" (figures on file, of {self.dataset}; where its texts are, `{self.again}`)" if self.again else ""

    def on(self, text: Form) -> AuditSummary:
        """The same audit with its verdict on another form of the text."""
        leaks, suspects = self._found(text, "leak"), self._found(text, "suspect")
        verdict = "leak" if leaks else "suspect" if suspects else "clean"
        found = {"text": text, "leaks": leaks, "suspects": suspects, "worst": self._worst(text), "verdict": verdict}
        return self.model_copy(update=found)

    def _found(self, text: Form, verdict: Verdict) -> list[str]:
        names = [probe.name for probe in self.probes if getattr(probe, text).verdict == verdict]
        signs = sum(sign.verdict == verdict for sign in self._signs(text))
        return [*names, *([counted(signs, "hunted sign")] if signs else [])]

    def gravest(self, text: Form) -> Finding | None:
        """The gravest finding in a form of the text; the strongest probe or sign where nothing leaks."""
        probes = [(probe, getattr(probe, text)) for probe in self.probes]
        found = [
            Finding(
                name=probe.name,
                kind=probe.kind,
                balanced_accuracy=figures.balanced_accuracy,
                auc=figures.auc,
                matched=figures.matched,
                verdict=figures.verdict,
            )
            for probe, figures in probes
        ]
        found += [
            Finding(
                name=sign.in_words,
                kind="sign",
                balanced_accuracy=sign.balanced_accuracy,
                matched=sign.matched,
                verdict=sign.verdict,
            )
            for sign in self._signs(text)
        ]
        return max(found, key=lambda finding: finding.gravity, default=None)

    def _worst(self, text: Form) -> str:
        gravest = self.gravest(text)
        return gravest.in_words if gravest and gravest.verdict in ("leak", "suspect") else ""

    def _signs(self, text: Form) -> list[Sign]:
        return self.hunts[text].signs if text in self.hunts else []


def _matched(matched: Matched) -> str:
    return "" if matched.auc is None else f", among papers of equal rating {number(matched.auc.value)}"
