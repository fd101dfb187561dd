"""What has to hold of the human scores in a generator's result, beside the figures that follow from them."""

from __future__ import annotations

from ..bench.scores.records import FLOOR
from .faults import Faults
from .records import GeneratorResult, HumanBlock, IdeaScore
from .rules import LARGEST


def check_humans(result: GeneratorResult) -> None:
    """Raises Faults where human scores and the block of humans do not fit together, or cannot be."""
    scored = [idea for idea in result.ideas if idea.human_mean is not None]
    faults = [
        f"idea {idea.name!r}: human_reviews, but no human_mean"
        for idea in result.ideas
        if idea.human_reviews is not None and idea.human_mean is None
    ]
    if bool(scored) != bool(result.humans):
        faults.append(f"humans: {'not there' if scored else 'there'}, but {len(scored)} ideas have a human_mean")
    if scored and result.name == FLOOR:
        faults.append(f"humans: nobody has scored papers of {FLOOR}")
    if result.humans:
        faults += _on_scale(result.humans)
        faults += [fault for idea in scored if (fault := _fault(idea, result.humans))]
    if faults:
        raise Faults(faults)


def _on_scale(humans: HumanBlock) -> list[str]:
    if humans.scale is None or humans.scale[0] < humans.scale[1]:
        return []
    return [f"humans.scale: {humans.scale[0]:g} to {humans.scale[1]:g} is no scale"]


def _fault(idea: IdeaScore, humans: HumanBlock) -> str:
    """What is wrong with the human mean of an idea; empty: nothing."""
    mean, scale = idea.human_mean or 0.0, humans.scale
    if idea.score is None:
        return f"idea {idea.name!r}: human_mean beside no score by the judge"
    if scale is not None and not scale[0] <= mean <= scale[1]:
        return f"idea {idea.name!r}: human_mean {mean:g} is not on the scale {scale[0]:g} to {scale[1]:g}"
    return f"idea {idea.name!r}: human_mean {mean:g} is beyond {LARGEST:g}" if abs(mean) > LARGEST else ""
