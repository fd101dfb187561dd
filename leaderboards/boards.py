"""The boards as they are shown: results in order, with ranks and what a page needs of each. No files, no HTML."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..bench.audit.rows import LeakRow
from ..bench.floors import Verdict
from ..bench.scores.human_agreement import gate_of
from ..bench.scores.human_metrics import HumanGate
from ..statistics.calibration import ReliabilityBin
from ..statistics.estimate import Estimate
from .records import BoardDataset, GeneratorResult, ReviewerResult, StressResult


@dataclass(frozen=True)
class Refused:
    """A file that is on no board."""

    path: Path
    reason: str
    others: tuple[str, ...] = ()
    """Further faults of the same file."""

    @property
    def reasons(self) -> tuple[str, ...]:
        """All that is wrong with it."""
        return (self.reason, *self.others)


@dataclass(frozen=True)
class RankInterval:
    """Where an entry stands."""

    rank: int
    """1 + the number of entries that are significantly better; equal ranks are ties."""
    low: int
    high: int
    """Its order in 95% of the shared bootstrap draws; from its rank on, where that is lower because of ties."""
    tied: bool
    mark: str = ""
    """What keeps the rank from being more than the reviewer's own order; empty: nothing that is known."""


@dataclass(frozen=True)
class Bar:
    """A bar of a histogram of scores."""

    low: float
    high: float
    counts: tuple[int, ...]
    """One per series, see `Histogram.series`."""


@dataclass(frozen=True)
class Histogram:
    """How scores are distributed."""

    series: tuple[str, ...]
    """("rejected", "accepted") for a reviewer, ("papers",) for a generator."""
    bars: tuple[Bar, ...]
    missing: int
    """Papers or ideas without a score."""


@dataclass(frozen=True)
class ReviewerEntry:
    """A row of a reviewers' board."""

    result: ReviewerResult
    place: RankInterval | None
    """By score AUC; None without scores, for a floor, and for a reviewer that was fitted on papers of the board."""
    reliability: tuple[ReliabilityBin, ...]
    histogram: Histogram | None
    stress: StressResult | None = None
    """What changed papers do to it; None where nobody tried."""
    floors: Verdict = ""
    """How it stands against the floors of the board."""


@dataclass(frozen=True)
class ReviewerBoard:
    """All reviewers of a dataset and a form of text, best first, then the floors; its ceilings are in the dataset."""

    dataset: BoardDataset
    text: str
    entries: tuple[ReviewerEntry, ...]
    floors: str = ""
    """Who is better than the floors, or what it means that nobody is; empty where there are none."""


@dataclass(frozen=True)
class GeneratorEntry:
    """A row of a generators' board: one configuration on one template."""

    result: GeneratorResult
    place: RankInterval | None
    """Among the configurations on this template, by mean score; None without a score, and for the floor."""
    histogram: Histogram | None
    efficient: bool
    """No other configuration on the template has as high a mean for less per paper, or a higher one for no more."""
    floor: Verdict = ""
    """How it stands against the floor of the template."""


@dataclass(frozen=True)
class Strength:
    """A configuration over all templates, by the Bradley-Terry model."""

    configuration: str
    strength: Estimate
    """Log-odds against the average configuration, with its 95% bootstrap interval."""
    beats_average: Estimate
    """Probability that its paper beats that of the average configuration, in [0, 1]."""
    place: RankInterval | None
    """None for the floor."""
    templates: tuple[str, ...]
    tried: int
    matched: int
    """Comparisons on the same ideas."""
    unmatched: int
    """Comparisons on the same template only."""
    usd_per_paper: float | None
    floor: Verdict = ""
    """How it stands against the floor over all templates."""


@dataclass(frozen=True)
class HumanReference:
    """What the same reviewer gives papers of humans."""

    name: str
    """Such as "ICLR 2022, accepted"."""
    mean: Estimate
    histogram: Histogram | None
    accepted_share: Estimate | None
    """Share that its rule accepts."""


@dataclass(frozen=True)
class JudgeAndHumans:
    """A judge and humans on the papers of all its results, papers as units."""

    gate: HumanGate
    pearson: Estimate
    """Of the judge's score and the mean human score; where scales differ, of human scores as shares of theirs."""
    papers: int = 0
    reviews: int | None = 0
    """Human scores of these papers; None: not known of each."""
    results: int = 0
    """That these papers are of."""


NO_HUMANS = JudgeAndHumans(gate_of([], Estimate(value=None, n=0)), Estimate(value=None, n=0))


@dataclass(frozen=True)
class GeneratorBoard:
    """All generators in the eyes of one reviewer (one fingerprint): metrics of two reviewers are never in one table."""

    reviewer: str
    fingerprint: str
    unsigned: bool
    rule: str
    entries: tuple[GeneratorEntry, ...]
    """By template, best first, then the floor."""
    strengths: tuple[Strength, ...]
    """Best first, then the floor; empty with a single configuration."""
    references: tuple[HumanReference, ...] = ()
    text: str = "unknown"
    """How the reviewer got the texts: scrubbed, raw, unknown."""
    probability: str = ""
    """Where P(accept) comes from, in words; empty: there is none."""

    threshold: float | None = None
    """The score from which on its rule accepts, where that is a score."""

    humans: JudgeAndHumans = NO_HUMANS

    floors: Mapping[str, str] = field(default_factory=dict)
    """Who is better than the floor, or what it means that nobody is, by template and for `ALL_TEMPLATES`."""

    @property
    def key(self) -> str:
        """What tells the board from all others: one fingerprint can have several, by form of text and rule."""
        parts = (self.text, self.rule, self.probability, str(self.threshold))
        return f"{self.fingerprint}-{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:4]}"


@dataclass(frozen=True)
class Boards:
    """Everything that the site shows."""

    reviewers: tuple[ReviewerBoard, ...]
    generators: tuple[GeneratorBoard, ...]
    refused: tuple[Refused, ...] = ()
    sources: tuple[str, ...] = field(default=())
    """Where the results were read from, in words."""
    leaks: tuple[LeakRow, ...] = ()
    """Leak verdicts on datasets."""
