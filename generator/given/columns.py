"""What the columns of a tidy table of results are: run, dataset, seed, step, metric and value, or metrics.

Roles are guessed from names and contents, and what is guessed is said; where more than one reading is possible the
table is refused, with the columns and the option that decides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...data.errors import InputError, unknown
from ..provenance.rows import METRIC, SEED, STEP, VALUE
from .cells import is_number, says_nothing

ROLES = ("run", "dataset", "seed", "step", "metric", "value", "ignore")
RUN = re.compile(
    r"(?:methods?|models?|runs?|variants?|algo(?:rithm)?s?|approach|settings?|config(?:uration)?s?|systems?|experiments?"
    r"|conditions?|arms?|treatments?|optimi[sz]ers?)(?:[_ ]?(?:name|id|label))?",
    re.I,
)
DATASET = re.compile(
    r"(?:data[_ ]?sets?|tasks?|env(?:ironment)?s?|benchmarks?|corpus|domains?|problems?)(?:[_ ]?(?:name|id))?", re.I
)
BY_SEED = re.compile(r"(?:(?P<metric>.+?)[_ .-])?(?:seed|fold|rep(?:eat)?|trial)[_ .-]?(?P<seed>\d+)", re.I)
HINT = "say which with --column ROLE=NAME, and leave a column out with --column ignore=NAME"


@dataclass(frozen=True)
class Columns:
    """The roles of a table's columns. Several columns of `run` together name a configuration."""

    run: tuple[str, ...] = ()
    dataset: tuple[str, ...] = ()
    seed: str = ""
    step: str = ""
    metric: str = ""
    value: str = ""
    metrics: tuple[str, ...] = ()
    by_seed: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Columns that each hold one seed of a metric: column -> metric and seed."""

    @property
    def in_words(self) -> str:
        """The roles in a line."""
        known = {
            "run": " + ".join(self.run), "dataset": " + ".join(self.dataset), "seed": self.seed, "step": self.step,
            "metric": self.metric, "value": self.value, "metrics": ", ".join(self.metrics),
            "a column for each seed": ", ".join(self.by_seed),
        }  # fmt: skip
        return "; ".join(f"{role}: {names}" for role, names in known.items() if names)


def roles_of(rows: Sequence[Mapping[str, Any]], given: Mapping[str, Sequence[str]], where: str) -> Columns:
    """The roles of the columns of a table; `given` are those that a person has named, by role.

    Raises InputError for an unknown role or column, and where the columns can be read in more than one way.
    """
    heads = list(dict.fromkeys(key for row in rows for key in row if key))
    _check(given, heads)
    taken = {name for names in given.values() for name in names}
    free = [head for head in heads if head not in taken and not all(says_nothing(row.get(head)) for row in rows)]
    words = {head for head in free if not _numeric(rows, head)}
    step = _single("step", given) or next((head for head in free if STEP.fullmatch(head)), "")
    run = tuple(given.get("run", ())) or _run(rows, [head for head in free if head != step], words, where)
    free = [head for head in free if head not in (step, *run)]
    dataset = tuple(given.get("dataset", ())) or _dataset(rows, free, where)
    free = [head for head in free if head not in dataset]
    seed = _single("seed", given) or _seed(free)
    free = [head for head in free if head != seed]
    metric, value = _long(given, free, words)
    if metric:
        left, metrics, by_seed = [head for head in free if head not in (metric, value)], (), {}
    else:
        by_seed = {} if seed else _by_seed(free, words)
        metrics = tuple(head for head in free if head not in words and head not in by_seed)
        left = [head for head in free if head in words]
    if said := next((head for head in left if head in words and _varies(rows, head)), None):
        raise InputError(f"{where}: column {said!r} has words that vary, and no role; {HINT} (roles: {_roles()})")
    if not (metric or metrics or by_seed):
        raise InputError(f"{where}: no column of numbers is left for a metric (columns: {', '.join(heads)}); {HINT}")
    return Columns(run, dataset, seed, step, metric, value, metrics, by_seed)


def _check(given: Mapping[str, Sequence[str]], heads: Sequence[str]) -> None:
    for role, names in given.items():
        if role not in ROLES:
            raise unknown("role of a column", role, ROLES)
        for name in names:
            if name not in heads:
                raise unknown("column", name, heads)


def _single(role: str, given: Mapping[str, Sequence[str]]) -> str:
    names = given.get(role, ())
    if len(names) > 1:
        raise InputError(f"--column {role}={','.join(names)}: only one column can be the {role}")
    return names[0] if names else ""


def _run(rows: Sequence[Mapping[str, Any]], free: Sequence[str], words: set[str], where: str) -> tuple[str, ...]:
    """The column of runs: by its name, one of words before one of numbers, else the only other one of words."""
    named = [head for head in free if RUN.fullmatch(head.strip())]
    named = [head for head in named if head in words] or named
    varying = [head for head in named if _varies(rows, head)]
    chosen = varying or named
    if not chosen:
        others = [head for head in free if head in words and not _of_another_role(head)]
        chosen = [head for head in others if _varies(rows, head)] or others
    if len(chosen) > 1:
        raise InputError(f"{where}: {', '.join(chosen)} could each name the run; {HINT}; --column run=A,B joins both")
    return tuple(chosen)


def _of_another_role(head: str) -> bool:
    return any(words.fullmatch(head.strip()) for words in (DATASET, SEED, STEP, METRIC))


def _dataset(rows: Sequence[Mapping[str, Any]], free: Sequence[str], where: str) -> tuple[str, ...]:
    named = [head for head in free if DATASET.fullmatch(head.strip())]
    chosen = [head for head in named if _varies(rows, head)] or named[:1]
    if len(chosen) > 1:
        raise InputError(f"{where}: {', '.join(chosen)} could each name the dataset; {HINT}")
    return tuple(chosen)


def _seed(free: Sequence[str]) -> str:
    """The column of seeds; one called "run" or the like that is left beside another column of runs numbers repeats."""
    named = [head for head in free if SEED.fullmatch(head.strip())]
    again = [head for head in free if RUN.fullmatch(head.strip()) and head.strip().lower().startswith("run")]
    return next(iter([*named, *again]), "")


def _long(given: Mapping[str, Sequence[str]], free: Sequence[str], words: set[str]) -> tuple[str, str]:
    """The columns of metric and value of a long table; empty for a wide one."""
    metric = _single("metric", given) or next((h for h in free if METRIC.fullmatch(h.strip()) and h in words), "")
    value = _single("value", given) or next((h for h in free if VALUE.fullmatch(h.strip()) and h not in words), "")
    return (metric, value) if metric and value else ("", "")


def _by_seed(free: Sequence[str], words: set[str]) -> dict[str, tuple[str, str]]:
    found = {head: match for head in free if head not in words and (match := BY_SEED.fullmatch(head.strip()))}
    return {h: (m["metric"] or "value", m["seed"]) for h, m in found.items()} if len(found) > 1 else {}


def _numeric(rows: Sequence[Mapping[str, Any]], head: str) -> bool:
    """Whether most of what a column says is numbers; a text among them is found when they are read."""
    said = [row.get(head) for row in rows if not says_nothing(row.get(head))]
    return sum(map(is_number, said)) > len(said) / 2


def _varies(rows: Sequence[Mapping[str, Any]], head: str) -> bool:
    return len({str(row.get(head)).strip() for row in rows if not says_nothing(row.get(head))}) > 1


def _roles() -> str:
    return ", ".join(ROLES)
