"""The estimates of a run as one flat table, to tell whether a change of the program changed a number.

`python tests/bench/kept_numbers.py RUN FILE.json` keeps those of a run made with `--no-audit`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DIGITS = 9
PARTS = ("reviewers", "ceilings", "terms")
"""What is kept of metrics.json: no costs, no seconds."""


def kept_numbers(run: Path) -> dict[str, list[float | None]]:
    """Value, low end, high end and papers of every estimate of a run, by the path to it.

    Reviewers are called by their SPEC without folder and suffix, whatever name a table gives them.
    """
    record = json.loads((run / "run.json").read_text())
    called = {entry["name"]: Path(entry["spec"]).stem for entry in record["reviewers"]}
    metrics = json.loads((run / "metrics.json").read_text())
    return dict(sorted(_estimates({part: metrics[part] for part in PARTS}, "", called)))


def _estimates(found: Any, path: str, called: dict[str, str]) -> Iterator[tuple[str, list[float | None]]]:
    if isinstance(found, dict) and {"value", "low", "high", "n"} <= set(found):
        numbers = [found[key] for key in ("value", "low", "high", "n")]
        yield path, [None if number is None else round(number, DIGITS) for number in numbers]
    elif isinstance(found, dict):
        for key, value in found.items():
            yield from _estimates(value, f"{path}/{called.get(key, key)}", called)
    elif isinstance(found, list):
        for i, value in enumerate(found):
            name = (value.get("name") or value.get("rule") or str(i)) if isinstance(value, dict) else str(i)
            yield from _estimates(value, f"{path}/{called.get(name, name)}", called)


if __name__ == "__main__":
    kept = kept_numbers(Path(sys.argv[1]))
    lines = ",\n".join(f"{json.dumps(path)}: {json.dumps(numbers)}" for path, numbers in kept.items())
    Path(sys.argv[2]).write_text(f"{{\n{lines}\n}}\n")
