"""Results, tests, tables and figures in few words, for prompts: each number once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from ...data.papers.tex.commands import command_argument
from ..evidence import Evidence
from ..nodes import Node, Value
from ..provenance.records import Contradiction, Unsupported

LEGEND = (
    "A line for each dataset: metric = mean +- standard error [one value per seed, where they differ], and so on with "
    "the other metrics."
)


def runs_text(nodes: Sequence[Node], primary: Collection[str] = ()) -> str:
    """All runs with label, description, and results or the reason why there are none.

    The values of single seeds are those of the `primary` metrics; of all, where none is named.
    """
    return "\n\n".join([LEGEND, *("\n".join(_run(node, primary)) for node in nodes)])


def _run(node: Node, primary: Collection[str]) -> Iterator[str]:
    kind = f" ({node.kind})" if node.kind else ""
    yield f'{node.run} "{node.label}"{kind}{f", made from {node.parent}" if node.parent else ""}: {node.description}'
    if node.status == "planned":
        yield "  in work, no results yet"
    if node.status == "failed":
        yield f"  failed after {node.tries} tries, no results: {node.reason}"
    for dataset, metrics in node.results.items():
        values = (f"{name} = {_value(value, seeds=not primary or name in primary)}" for name, value in metrics.items())
        yield f"  {dataset} | {' | '.join(values)}"
    for violation in node.violations:
        yield f"  this run changed a protected file, so that its results do not count: {violation}"


def _value(value: Value, *, seeds: bool) -> str:
    spread = f" +- {value.stderr:.3g}" if value.stderr is not None and len(value.seeds) != 1 else ""
    each = ("failed" if seed is None else f"{seed:.4g}" for seed in value.seeds)
    differ = seeds and len(set(value.seeds)) > 1
    single = f" [{', '.join(each)}]" if differ else ""
    return f"{value.mean:.6g}{spread}{single}"


def tests_text(evidence: Evidence) -> str:
    """The comparisons with the baseline: those in primary metrics and those that resolve something."""
    primary = {metric.name for metric in evidence.primary}
    return "\n".join(evidence.tests_in_words(primary)) or "(none)"


def floats_text(floats: Mapping[str, str]) -> str:
    """The tables and figures by label, with their captions; their numbers are those of the results."""
    return "\n".join(f"{label}: {command_argument(tex, 'caption') or '(no caption)'}" for label, tex in floats.items())


def number_in_words(number: Unsupported) -> str:
    """A number that traces to nothing, with its place and what comes nearest."""
    nearest = f" (nearest logged value: {number.nearest.name} = {number.nearest.value:g})" if number.nearest else ""
    section = number.section.partition(" / ")[0]
    return f'{section}: {number.text} in "{number.context}": {number.reason}{nearest}'


def contradiction_in_words(claim: Contradiction) -> str:
    """A word of direction that the means contradict, with its place and the means."""
    return f'{claim.section.partition(" / ")[0]}: "{claim.word}" in "{claim.context}": {claim.reason}'
