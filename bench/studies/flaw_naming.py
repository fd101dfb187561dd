"""How well the rules of `peerassay flaws` agree with a person, and a model that is asked too.

    python bench/studies/flaw_naming.py [--judge SPEC] [--budget USD]

Labelled statements stand in bench/stress/flaw_sentences.toml: "seen" ones were at hand when the rules were written,
"unseen" ones were written later.
"""

# pyright: reportMissingImports=false
from __future__ import annotations

import argparse
import asyncio
import tomllib
from pathlib import Path
from typing import Any

from peerassay.bench.stress.flaw_judge import FlawJudge
from peerassay.bench.stress.flaws import PlantedFlaw, names_flaw, planted_flaws
from peerassay.llm.errors import CallFailed
from peerassay.llm.session import Session
from peerassay.statistics.clustered import clustered_share

LABELLED = Path(__file__).parents[1] / "stress" / "flaw_sentences.toml"


def main() -> None:
    """Read the arguments and print the agreement."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--judge", metavar="SPEC", help="openai/MODEL or another model")
    parser.add_argument("--budget", type=float)
    given = parser.parse_args()
    asyncio.run(report(given.judge, given.budget))


async def report(spec: str | None, budget: float | None) -> None:
    """Print all of it."""
    session = Session.within(budget)
    judge = FlawJudge.of(spec, session) if spec else None
    kinds = {flaw.kind: flaw for source in ("sample", "ladder") for flaw in planted_flaws(source).values()}
    labelled = tomllib.loads(LABELLED.read_text(encoding="utf-8"))["statements"]
    for part in ("seen", "unseen"):
        rows = [row for row in labelled if row["part"] == part]
        agreement(f"rules, {part}", rows, [names_flaw(row["text"], kinds[row["flaw"]]) for row in rows])
        if judge:
            agreement(f"judge, {part}", rows, [await asked(judge, row["text"], kinds[row["flaw"]]) for row in rows])
    await session.aclose()


async def asked(judge: FlawJudge, text: str, flaw: PlantedFlaw) -> bool | None:
    """The judge's word on one statement; None where it gives none."""
    try:
        return await judge.names([text], flaw)
    except CallFailed:
        return None


def agreement(who: str, rows: list[dict[str, Any]], answers: list[bool | None]) -> None:
    """Print how often they agree, and of which kind the errors are; statements without an answer are not counted."""
    pairs = [(bool(row["names"]), said) for row, said in zip(rows, answers, strict=True) if said is not None]
    truth, said = [a for a, _ in pairs], [b for _, b in pairs]
    same = clustered_share([float(a == b) for a, b in pairs])
    chance = sum(truth.count(v) * said.count(v) for v in (True, False)) / max(1, len(pairs)) ** 2
    kappa = ((same.value or 0.0) - chance) / (1 - chance) if chance < 1 else float("nan")
    print(
        f"{who}: {sum(a == b for a, b in pairs)} of {same.n} agree with a person "
        f"({same.value or 0:.2f} [{same.low or 0:.2f}, {same.high or 0:.2f}]), "
        f"kappa {kappa:.2f}; of {truth.count(True)} that name the flaw "
        f"{sum(a and not b for a, b in pairs)} missed, of {truth.count(False)} others {sum(b > a for a, b in pairs)} "
        f"taken for it; {len(rows) - len(pairs)} without an answer"
    )


if __name__ == "__main__":
    main()
