"""What a run measured before the program was rebuilt, it measures still: the documents' numbers among them."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from kept_numbers import kept_numbers

from tests.processes import PEERASSAY

KEPT = Path(__file__).parent / "kept"
ROOT = Path(__file__).resolve().parents[2]
GPT4O = {
    "GPT-4o, 1-shot, ensemble, reflections": "gpt-4o-2024-05-13_temp_0_1_fewshot_1_reflect_5_ensemble_5_pages_all",
    "GPT-4o, 0-shot, ensemble, reflections": "gpt-4o-2024-05-13_temp_0_1_reflect_5_ensemble_5_pages_all",
    "GPT-4o, reflections": "gpt-4o-2024-05-13_temp_0_1_reflect_5_pages_all",
    "GPT-4o, plain": "gpt-4o-2024-05-13_temp_0_1_pages_all",
}
"""Rows of the documents' tables, and the published file of each."""

SHOWN = {"README.md": 2, "docs/findings.md": 3}
"""How many of a row's first figures a table of GPT-4o's reviews has."""


def bench(out: Path, *arguments: str, data: Path | None = None) -> dict[str, list[float | None]]:
    environment = {**os.environ, **({"PEERASSAY_DATA": str(data)} if data else {})}
    command = [*PEERASSAY, "bench", "--no-audit", "--out", str(out), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=out.parent)
    assert done.returncode == 0, done.stderr
    return kept_numbers(out)


def assert_same(found: dict[str, list[float | None]], before: dict[str, list[float | None]]) -> None:
    assert found.keys() == before.keys()
    changed = {path: (before[path], found[path]) for path in before if found[path] != pytest.approx(before[path])}
    assert not changed


def test_the_numbers_of_the_sample_stay(tmp_path: Path) -> None:
    floors = [word for kind in ("always-accept", "random", "base-rate") for word in ("-r", f"floor:{kind}")]
    found = bench(tmp_path / "run", "-d", "sample", "--split", "all", *floors)
    assert len(found) > 100
    assert_same(found, json.loads((KEPT / "sample.json").read_text()))


@pytest.mark.skipif(os.environ.get("PEERASSAY_SLOW") != "1", reason="a minute of work; PEERASSAY_SLOW=1 runs it")
def test_the_numbers_of_the_published_reviews_stay(tmp_path: Path, shared_data: Path) -> None:
    replays = [word for path in sorted((shared_data / "iclr2022/llm_reviews").glob("gpt*.csv")) for word in
               ("-r", f"replay:{path}")]  # fmt: skip
    found = bench(tmp_path / "run", "-d", "iclr2022", *replays, data=shared_data)
    assert len(found) > 400
    assert_same(found, json.loads((KEPT / "iclr2022.json").read_text()))


@pytest.mark.parametrize("page", SHOWN)
@pytest.mark.parametrize("row", GPT4O)
def test_the_documents_numbers_are_the_kept_ones(row: str, page: str) -> None:
    kept = json.loads((KEPT / "iclr2022.json").read_text())
    lines = (ROOT / page).read_text(encoding="utf-8").splitlines()
    line = next(line for line in lines if line.startswith(f"| {row} |"))
    printed = re.findall(r"(-?\.\d+) \[(-?\.\d+), (-?\.\d+)\]", line)[: SHOWN[page]]
    paths = ("scores/auc", "decisions/cross-fitted threshold/metrics/balanced_accuracy",
             "decisions/own decision/metrics/balanced_accuracy")[: SHOWN[page]]  # fmt: skip
    for numbers, path in zip(printed, paths, strict=True):
        expected = kept[f"/reviewers/{GPT4O[row]}/{path}"][:3]
        assert [float(number) for number in numbers] == pytest.approx(expected, abs=0.00051)
