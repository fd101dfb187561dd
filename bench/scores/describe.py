"""The metrics of one configuration on one template."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...reviewer.protocol import Traits
from ...statistics.estimate import filled, mean_estimate, median_estimate, ordered, share_estimate
from .metrics import GroupMetrics, ScoredIdea
from .records import Group

CHANCE = (0.0, 1.0)
"""The scale of scores that are chances of acceptance."""


def describe_group(
    group: Group,
    ideas: Sequence[ScoredIdea],
    *,
    scale: tuple[float, float] | None,
    ruled: bool,
    probable: bool,
) -> GroupMetrics:
    """All metrics of a group from the ideas that are known of it; `group.tried` may count more.

    `scale` is the reviewer's lowest and highest score; `ruled` and `probable` say whether the table has a rule for
    acceptance and a P(accept). Neither the order of the ideas nor anything outside the group matters.

    Raises ValueError for more ideas than were tried.
    """
    if len(ideas) > group.tried:
        raise ValueError(f"{group.label}: {group.tried} ideas tried, but {len(ideas)} are there")
    scores = ordered([idea.score for idea in ideas if idea.score is not None])
    chances = ordered([idea.p_accept for idea in ideas if idea.p_accept is not None])
    finished = sum(idea.stage != "unfinished" for idea in ideas)
    accepted = sum(idea.accepted is True for idea in ideas)
    usd, seconds = _usd(group, ideas), _complete(group, [idea.idea.seconds for idea in ideas])
    return GroupMetrics(
        template=group.template,
        configuration=group.configuration,
        tried=group.tried,
        tried_from=group.tried_from,
        finished=finished,
        reviewed=len(scores),
        mean=mean_estimate(scores, within=scale),
        median=median_estimate(scores),
        sd=float(np.std(scores, ddof=1)) if len(scores) > 1 else None,
        highest=float(scores[-1]) if len(scores) else None,
        mean_tried=mean_estimate(filled(scores, group.tried, scale[0]), within=scale) if scale else None,
        accepted=accepted if ruled else None,
        accepted_share=share_estimate(accepted, group.tried) if ruled else None,
        p_accept=mean_estimate(chances, within=CHANCE) if probable else None,
        p_tried=mean_estimate(filled(chances, group.tried, 0.0), within=CHANCE) if probable else None,
        usd=usd,
        usd_per_paper=usd / finished if usd is not None and finished else None,
        seconds_per_paper=seconds / finished if seconds is not None and finished else None,
        numbers_traced=_sum_of_all([s.idea.numbers_traced for s in ideas if s.idea.violations is not None]),
        **_checks(ideas),
    )


def scale_of(traits: Traits, scores: Sequence[float | None]) -> tuple[float, float] | None:
    """The lowest and highest score that the reviewer can give: those of its form; None where they are not known.

    (0, 1) for a learned reviewer, whose score is P(accept), unless one of its `scores` is none (older versions').
    """
    if (
        traits.scale is None
        and traits.kind == "learned"
        and all(0 <= score <= 1 for score in scores if score is not None)
    ):
        return CHANCE
    return traits.scale


def _usd(group: Group, ideas: Sequence[ScoredIdea]) -> float | None:
    """US dollars for all ideas: as the group has it, else the sum of what each of them cost."""
    return _complete(group, [idea.idea.usd for idea in ideas]) if group.usd is None else group.usd


def _complete(group: Group, values: Sequence[float | None]) -> float | None:
    """The sum over all ideas tried; None where it is unknown of one of them."""
    known = sorted(value for value in values if value is not None)
    return sum(known) if len(known) == group.tried else None


def _sum_of_all(counts: Sequence[int | None]) -> int | None:
    """The sum; None where there are none, or one is unknown."""
    known = [count for count in counts if count is not None]
    return sum(known) if known and len(known) == len(counts) else None


def _checks(ideas: Sequence[ScoredIdea]) -> dict[str, int]:
    """What the provenance audit and the search for hidden text found."""
    audited = [s.idea for s in ideas if s.idea.violations is not None]
    return {
        "audited": len(audited),
        "numbers_checked": sum(idea.numbers_checked or 0 for idea in audited),
        "violations": sum(idea.violations or 0 for idea in audited),
        "with_violations": sum(bool(idea.violations) for idea in audited),
        "examined": sum(s.idea.problems is not None for s in ideas),
        "with_problems": sum(bool(s.idea.problems) for s in ideas),
        "searched": sum(s.idea.hidden is not None for s in ideas),
        "with_hidden": sum(bool(s.idea.hidden) for s in ideas),
        "with_injections": sum(bool(s.idea.injections) for s in ideas),
    }
