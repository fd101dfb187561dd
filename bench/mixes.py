"""The AUC at other mixes of papers than the dataset's own: what the mix alone does to a published figure."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from ..data.errors import InputError, unknown
from ..data.files import validated
from ..data.records import TIERS
from ..statistics.arrays import Bools, Floats
from ..statistics.bootstrap import chosen_groups
from ..statistics.draws import Counts, drawn
from ..statistics.estimate import Estimate, auc_estimate
from ..statistics.metrics import roc_auc_score
from .outcomes import Humans
from .resampled import Bootstrap

FEWEST = 8
"""Papers of a class, or of a tier, below which a mix has no figure."""


class Mix(BaseModel):
    """A mix of papers, by exactly one of `tiers`, `ratings` and `apart`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    source: str
    tiers: dict[str, float] = Field(default_factory=dict, description="share of each tier, in any unit")
    ratings: tuple[float, float] | None = Field(default=None, description="lowest and highest mean rating")
    apart: tuple[float, float] | None = Field(default=None, description="mean rating up to, against from: by rating")
    always: bool = Field(default=False, description="shown without being asked for")

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if bool(self.tiers) + (self.ratings is not None) + (self.apart is not None) != 1:
            raise ValueError("needs one of tiers, ratings and apart")
        if self.tiers and (set(self.tiers) - set(TIERS) or "reject" not in self.tiers or len(self.tiers) < 2):
            raise ValueError(f"tiers must be reject and one or more of {', '.join(TIERS[1:])}")
        if any(not share > 0 for share in self.tiers.values()):
            raise ValueError("tiers: shares must be above 0")
        return self


class MixMetrics(BaseModel):
    """The AUC of each reviewer at one mix."""

    name: str
    title: str
    source: str
    n: int = Field(description="papers that it stands on")
    positive: int = Field(description="those of them that should score higher")
    missing: str = Field(default="", description="why there are no figures")
    auc: dict[str, Estimate] = Field(default_factory=dict)


def known_mixes(path: Path | None = None) -> dict[str, Mix]:
    """The mixes of a TOML file by name, of the bundled one by default. Raises InputError for what is no mix."""
    source = files("peerassay.bench").joinpath("mixes.toml") if path is None else path
    try:
        tables: dict[str, Any] = tomllib.loads(source.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{source}: cannot be read as TOML: {error}") from None
    return {name: validated(Mix, table, f"{source}: [{name}]") for name, table in tables.items()}


def chosen_mixes(wanted: Sequence[str]) -> dict[str, Mix]:
    """The mixes that are always shown, and those wanted: names of bundled ones, or TOML files of one's own.

    Raises InputError for an unknown name or a wrong file.
    """
    bundled = known_mixes()
    chosen = {name: mix for name, mix in bundled.items() if mix.always}
    for name in wanted:
        if name.endswith(".toml"):
            chosen |= known_mixes(Path(name))
        elif name in bundled:
            chosen[name] = bundled[name]
        else:
            raise unknown("mix", name, bundled, hint="or give a TOML file of your own (FILE.toml)")
    return chosen


def auc_at_mixes(
    humans: Humans, scores: Mapping[str, Floats], bootstrap: Bootstrap, mixes: Mapping[str, Mix]
) -> list[MixMetrics]:
    """The AUC of scores (n,) at each mix; infinite scores are failed reviews and lose every pair."""
    return [_at_mix(name, mix, humans, scores, bootstrap) for name, mix in mixes.items()]


def _at_mix(name: str, mix: Mix, humans: Humans, scores: Mapping[str, Floats], bootstrap: Bootstrap) -> MixMetrics:
    truth, where = _labelled(mix, humans)
    figures = MixMetrics(
        name=name,
        title=mix.title,
        source=mix.source,
        n=int(where.sum()),
        positive=int(truth[where].sum()),
        missing=_missing(mix, humans, truth, where),
    )
    if figures.missing:
        return figures
    groups = chosen_groups(humans.groups, where)
    for reviewer, score in scores.items():
        wrong = np.where(np.isfinite(score), score, np.where(truth, -np.inf, np.inf))
        if mix.tiers:
            figures.auc[reviewer] = _auc_of_tiers(mix, humans.tier, wrong, bootstrap.counts)
        else:
            figures.auc[reviewer] = auc_estimate(truth[where], wrong[where], groups=groups)
    return figures


def _labelled(mix: Mix, humans: Humans) -> tuple[Bools, Bools]:
    """(n,) which papers should score higher, and (n,) which are in the mix."""
    if mix.tiers:
        return humans.accepted, np.isin(humans.tier, [TIERS.index(tier) for tier in mix.tiers])
    low, high = mix.apart or mix.ratings or (np.nan, np.nan)
    if mix.apart:
        return humans.rating >= high, (humans.rating <= low) | (humans.rating >= high)
    return humans.accepted, (humans.rating >= low) & (humans.rating <= high)


def _missing(mix: Mix, humans: Humans, truth: Bools, where: Bools) -> str:
    if mix.tiers and np.isnan(humans.tier).all():
        return "the dataset has no tiers"
    if not mix.tiers and np.isnan(humans.rating).all():
        return "the dataset has no human ratings"
    counts = {tier: int((humans.tier == TIERS.index(tier)).sum()) for tier in mix.tiers}
    if not mix.tiers:
        counts = {"higher": int((truth & where).sum()), "lower": int((~truth & where).sum())}
    few = [f"{count} {kind}" for kind, count in counts.items() if count < FEWEST]
    return f"too few papers ({', '.join(few)}; {FEWEST} are needed)" if few else ""


def _auc_of_tiers(mix: Mix, tier: Floats, score: Floats, counts: Counts) -> Estimate:
    """The mean of the AUCs of each accepted tier against rejected papers, by the tiers' shares, in every draw."""
    shares = {TIERS.index(name): share for name, share in mix.tiers.items() if name != "reject"}
    total, value, draws = sum(shares.values()), 0.0, np.zeros(len(counts))
    for rank, share in shares.items():
        where = (tier == rank) | (tier == 0)
        higher = tier[where] == rank
        value += share / total * float(roc_auc_score(higher, score[where]))
        draws += share / total * drawn(roc_auc_score, counts[:, where], higher, score[where])
    return Estimate.of(value, draws, int(np.isin(tier, [0, *shares]).sum()))
