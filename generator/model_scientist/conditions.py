"""What a scientist has to know of the place: preset, time, runs, evaluation, how far a difference can be told."""

from __future__ import annotations

from ...data.files import read_text
from ..lab import Lab
from ..power import power_in_words
from ..seeds import runs_allowed
from .calls import rendered
from .results_text import runs_text


def conditions_text(lab: Lab, *, results: bool = True) -> str:
    """The conditions under which experiments run, with the code that evaluates them and what the plan can resolve.

    `results`: the baseline's stand there too, as far as they are known.
    """
    baseline = lab.known_baseline()
    seeds = [
        len(value.seeds) for values in (baseline.results if baseline else {}).values() for value in values.values()
    ]
    evaluation = {
        name: read_text(lab.template.folder / name) for name in lab.template.protected() if name.endswith(".py")
    }
    return rendered(
        "conditions",
        preset=lab.settings.preset,
        presets=lab.template.presets(),
        runs=runs_allowed(lab),
        limit=lab.settings.run_seconds,
        baseline=baseline,
        results=runs_text([baseline]) if baseline and results else "",
        seeds=max(seeds, default=0),
        power=power_in_words(lab),
        evaluation=evaluation,
    )
