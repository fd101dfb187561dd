"""Which metrics count, and which way is better: as the template says, or as the model reads it from the code."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, TypeAdapter

from ...data.files import read_text, write_json
from ..lab import Lab
from ..latex.tables import Value, decimals_of
from ..nodes import BASELINE
from ..template import Metric
from .calls import Answer, Asker
from .evidence import runs_in_words
from .experiments import stage, talk_of
from .texts import rendered

METRICS: TypeAdapter[list[Metric]] = TypeAdapter(list[Metric])


class Measure(Answer):
    """One metric."""

    name: str
    label: str = Field(description="for tables, a few words")
    better: Literal["lower", "higher"]
    primary: bool


class Measures(Answer):
    """The metrics that are reported."""

    metrics: list[Measure]


async def metrics_of(asker: Asker, lab: Lab) -> list[Metric]:
    """The metrics of the lab's runs. What the model says is kept in measures.json and asked once.

    Raises UnusableAnswer.
    """
    if lab.template.knobs is not None:
        return list(lab.template.knobs.metrics)
    path = lab.folder / "measures.json"
    if path.exists():
        return METRICS.validate_json(read_text(path))
    nodes = lab.journal().nodes
    code = read_text(lab.snapshot(BASELINE) / "experiment.py")
    task = rendered("measures", runs=runs_in_words(nodes), code=code)
    said = await asker.ask(Measures, talk_of(lab), task, stage(lab, "measures"))
    values: dict[str, list[Value | None]] = {}
    for node in nodes:
        for metrics in node.results.values():
            for name, value in metrics.items():
                values.setdefault(name, []).append(Value(mean=value.mean, stderr=value.stderr))
    found = {
        measure.name: Metric(**measure.model_dump(), digits=decimals_of(values[measure.name]))
        for measure in said.metrics
        if measure.name in values
    }
    write_json(path, METRICS.dump_python(list(found.values()), mode="json"))
    return list(found.values())
