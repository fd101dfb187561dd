"""The analysis plan: what is compared, by which metric and with how many seeds, written before the first experiment.

plan.json is made once the baseline has run, can be edited by a person before the first experiment, and is fixed from
then on: it names the primary metrics, the settings that may be compared with the baseline (no more are run, and all
count in the correction, also those that fail), and the looks at the data. At the first look each run has the seeds that
it begins with. Settings that are promising and not resolved get as many again, and a second look. Each look has a share
of the level, and the shares add up to 1, so that the probability of resolving anything where there is nothing stays
below the level whatever decides on further seeds (the union bound; Bonferroni's inequality over looks).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from ..data.errors import InputError
from ..data.files import read_validated, write_json
from ..statistics.multiple_testing import LEVEL
from ..statistics.sign_flip import least_p, pairs_needed
from .nodes import BASELINE, Node, Results
from .template import Metric

FILE = "plan.json"
FIXED = "plan_fixed.json"
"""The plan as it was when the first experiment began."""
LARGEST = 4
"""Times as many seeds as at the first look that the second may have at the most."""


class Look(BaseModel):
    """A look at the data: the seeds that a run has on each dataset by then, and its share of the level."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seeds: dict[str, int]
    share: float = Field(ge=0, le=1)

    @property
    def pairs(self) -> int:
        """Pairs of dataset and seed."""
        return sum(self.seeds.values())


class AnalysisPlan(BaseModel):
    """How the runs will be compared with the baseline."""

    model_config = ConfigDict(frozen=True)

    metrics: tuple[str, ...] = Field(description="the primary ones; empty: not known before the runs")
    comparisons: int = Field(ge=0, description="settings that may be compared with the baseline")
    seen: int = Field(default=0, ge=0, description="settings run before a note, which count in all tests too")
    seen_fresh: int = Field(default=0, ge=0, description="of those, settings that were chosen and run on fresh seeds")
    looks: tuple[Look, ...] = Field(min_length=1)
    confirmation: Look | None = Field(
        default=None, description="seeds that come after, on which what a search chooses is compared with the baseline"
    )
    level: float = LEVEL
    declared: bool = Field(default=True, description="before the first experiment; else made up from its results")
    at: str = Field(default="", description="when it was written, UTC")

    @property
    def tests(self) -> int:
        """The size of the primary family."""
        return self.settings * max(1, len(self.metrics))

    @property
    def settings(self) -> int:
        """The settings that count in each family."""
        return self.comparisons + self.seen

    @property
    def can_resolve(self) -> bool:
        """Whether any look has pairs enough to resolve one of the primary tests; of a search its confirmation."""
        deciding = self.deciding
        return deciding.reaches(deciding.tests)

    @property
    def deciding(self) -> AnalysisPlan:
        """The plan of the tests that decide: of a search that confirms, those of the one setting that it chooses."""
        if self.confirmation is None:
            return self
        alone = {"comparisons": 1, "seen": self.seen_fresh, "looks": (self.confirmation,), "confirmation": None}
        return self.model_copy(update=alone)

    def reaches(self, tests: int) -> bool:
        """Whether any look has pairs enough to resolve one of so many tests."""
        return any(reaches(look.pairs, look.share, tests, self.level) for look in self.looks)

    def level_at(self, look: int) -> float:
        """What p has to reach at a look, as if it were the only one, for any of the primary tests to be resolved."""
        return self.level * self.looks[look].share / max(1, self.tests)


def reaches(pairs: int, share: float, tests: int, level: float = LEVEL) -> bool:
    """Whether the smallest p-value of so many pairs is small enough after the correction."""
    return least_p(pairs) * max(1, tests) <= level * share


def planned(seeds: Mapping[str, int], metrics: Sequence[str], comparisons: int, *, looks: int) -> AnalysisPlan:
    """The plan for runs that begin with so many seeds on each dataset.

    The second look has twice the seeds, or as many more as the test needs, up to `LARGEST` times. Both looks have half
    of the level; the second has all of it where the first has too few pairs to resolve anything.
    """
    tests = comparisons * max(1, len(metrics))
    first = Look(seeds=dict(seeds), share=1.0)
    if looks == 1 or not first.pairs:
        chosen = (first,)
    else:
        share = 0.5 if reaches(first.pairs, 0.5, tests) else 0.0
        needed = pairs_needed(LEVEL * (1 - share) / max(1, tests))
        factor = min(max(2.0, needed / first.pairs), LARGEST)
        later = {name: math.ceil(count * factor) for name, count in seeds.items()}
        chosen = (first.model_copy(update={"share": share}), Look(seeds=later, share=1 - share))
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return AnalysisPlan(metrics=tuple(metrics), comparisons=comparisons, looks=chosen, at=now)


def planned_search(
    seeds: Mapping[str, int], metrics: Sequence[str], comparisons: int, *, others: bool, number: bool
) -> AnalysisPlan:
    """The plan of a search: all settings on the seeds that they begin with, the one that is chosen on fresh ones.

    `others`: the code can be run under other seeds; `number`: under so many as are asked for. There are as many fresh
    seeds as first ones or, where they can be chosen, as the one test for each metric needs.
    """
    plan = planned(seeds, metrics, comparisons, looks=1)
    pairs = sum(seeds.values())
    if not others or not pairs:
        return plan
    needed = pairs_needed(LEVEL / max(1, len(metrics)))
    factor = max(1.0, needed / pairs) if number else 1.0
    fresh = {name: math.ceil(count * factor) for name, count in seeds.items()}
    return plan.model_copy(update={"confirmation": Look(seeds=fresh, share=1.0)})


def undeclared(nodes: Sequence[Node], metrics: Sequence[Metric]) -> AnalysisPlan:
    """What stands in for a plan where none was made before the runs: one look, the comparisons that there are."""
    finished = [node for node in nodes if node.status == "ok"]
    seeds = seeds_of(finished[0].results, [metric.name for metric in metrics]) if finished else {}
    primary = tuple(metric.name for metric in metrics if metric.primary)
    return AnalysisPlan(
        metrics=primary, comparisons=max(0, len(nodes) - 1), looks=(Look(seeds=seeds, share=1.0),), declared=False
    )


def seeds_of(results: Results, metrics: Sequence[str]) -> dict[str, int]:
    """The values per seed on each dataset: the most that any of the metrics has, 1 where there are means only."""
    return {
        dataset: max((len(values[name].seeds) for name in metrics if name in values), default=0) or 1
        for dataset, values in results.items()
    }


def read_plan(folder: Path) -> AnalysisPlan | None:
    """The plan of an idea's folder, None where none was made.

    Raises InputError for a wrong file, and for one that was changed after the first experiment had begun.
    """
    plan, fixed = _read(folder / FILE), _read(folder / FIXED)
    if fixed is not None and plan != fixed:
        raise InputError(
            f"{folder / FILE}: was changed after the first experiment had begun, when what is compared is fixed; copy "
            f"{FIXED} over it, or do all from the plan again: `peerassay scientist resume {folder} --from plan`"
        )
    return plan


def _read(path: Path) -> AnalysisPlan | None:
    return read_validated(AnalysisPlan, path) if path.exists() else None


def fix_plan(folder: Path) -> None:
    """Let the plan be as it is from now on: an experiment begins. Raises InputError as `read_plan`."""
    plan = read_plan(folder)
    if plan is not None and not (folder / FIXED).exists():
        write_json(folder / FIXED, plan.model_dump(mode="json"))


def count_seen(folder: Path, nodes: Sequence[Node], *, number: bool) -> None:
    """Let the settings of these nodes count too, whose results somebody has seen before others are chosen.

    Where the code takes any `number` of seeds, a search confirms its next choice on as many as it then needs.
    """
    plan = read_plan(folder)
    if plan is not None:
        settings = settings_in(nodes)
        fresh = sum(node.kind == "confirm" and node.parent != BASELINE for node in nodes)
        plan = plan.model_copy(update={"seen": plan.seen + settings, "seen_fresh": plan.seen_fresh + fresh})
        if plan.confirmation and number:
            plan = plan.model_copy(update={"confirmation": _enough(plan.confirmation, plan.deciding.tests)})
        for name in (FIXED, FILE):
            write_json(folder / name, plan.model_dump(mode="json"))


def settings_in(nodes: Sequence[Node]) -> int:
    """How many settings the experiments are of: one that was mended is one, and so is one that was confirmed."""
    return sum(node.kind not in ("debug", "confirm") for node in nodes)


def _enough(look: Look, tests: int) -> Look:
    """The look with seeds enough to resolve one of so many tests, at least with its own."""
    factor = max(1.0, pairs_needed(LEVEL / max(1, tests)) / max(1, look.pairs))
    return look.model_copy(update={"seeds": {name: math.ceil(count * factor) for name, count in look.seeds.items()}})


def in_words(plan: AnalysisPlan) -> str:
    """The plan in a line."""
    metrics = ", ".join(plan.metrics) or "metrics named later"
    looks = " and ".join(str(look.pairs) for look in plan.looks)
    fresh = f", and the chosen one over {plan.confirmation.pairs} pairs of fresh seeds" if plan.confirmation else ""
    return f"{metrics}; at most {plan.comparisons} settings against the baseline, over {looks} pairs{fresh}"


def write_plan(folder: Path, plan: AnalysisPlan) -> None:
    """Write plan.json."""
    write_json(folder / FILE, plan.model_dump(mode="json"))
