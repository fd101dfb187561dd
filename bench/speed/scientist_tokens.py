"""Calls and tokens that one paper of a language model takes, by stage, before and now.

python bench/speed/scientist_tokens.py

A scripted model (tests/loopback) takes the template grokking, at its smallest size, from an idea to a reviewed paper of
the usual length, over HTTP and through the real SDK. Tokens are a quarter of the characters that are sent and answered.
`BEFORE` is what this very script has counted at commit 509afad, with the same scripted model.
"""

# pyright: reportMissingImports=false
from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from peerassay.llm.ledger_file import read_calls

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.loopback.running import spawn_loopback

BEFORE = {
    "advice": (1, 15525, 36),
    "cite": (2, 21904, 42),
    "edit": (2, 14112, 87),
    "improve": (1, 15596, 450),
    "novelty": (2, 1292, 60),
    "plan": (3, 16623, 144),
    "plot": (1, 7126, 13),
    "propose": (1, 4631, 75),
    "refine": (8, 125367, 3798),
    "reflect": (1, 4797, 75),
    "revise": (2, 25363, 1355),
    "title": (2, 31250, 158),
    "write": (8, 108391, 3798),
}
"""Stage -> calls, tokens read, tokens written."""
OPTIONS = ["--preset", "tiny", "--runs", "3", "--offline-literature", "--skip-novelty", "-r", "floor:always-reject"]


def main() -> int:
    """Print the table; 1 where a paper takes more than half of what it took."""
    counted = measured()
    print(f"{'stage':14}{'calls':>8}{'now':>6}{'tokens read':>16}{'now':>10}{'written':>12}{'now':>8}")
    for stage in sorted({*BEFORE, *counted}):
        (calls, read, wrote), (c, r, w) = BEFORE.get(stage, (0, 0, 0)), counted.get(stage, (0, 0, 0))
        print(f"{stage:14}{calls:8}{c:6}{read:16,}{r:10,}{wrote:12,}{w:8,}")
    before, now = ([sum(column) for column in zip(*of.values(), strict=True)] for of in (BEFORE, counted))
    share = (now[1] + now[2]) / (before[1] + before[2])
    print(f"{'all':14}{before[0]:8}{now[0]:6}{before[1]:16,}{now[1]:10,}{before[2]:12,}{now[2]:8,}")
    print(f"{now[0] / before[0]:.0%} of the calls, {share:.0%} of the tokens")
    return int(share > 0.5)


def measured() -> dict[str, tuple[int, int, int]]:
    """Calls, tokens read and tokens written of one paper, by stage."""
    counts: Counter[tuple[str, int]] = Counter()
    with tempfile.TemporaryDirectory() as folder, spawn_loopback() as server:
        out = Path(folder) / "run"
        model = f"openai/author-lengthy@{server.openai_url}?price_in=1&price_out=4"
        command = [sys.executable, "-m", "peerassay", "scientist", "run", "-t", "grokking", "-m", model, "--out", out]
        env = {**os.environ, "PEERASSAY_CACHE": str(Path(folder) / "cache")}
        done = subprocess.run([*map(str, command), *OPTIONS], env=env, capture_output=True, text=True, check=False)
        if not (out / "idea_01" / "paper.pdf").exists():
            raise SystemExit(f"no paper came of it:\n{done.stderr}")
        for call in read_calls(out / "calls.jsonl"):
            if call.ended is not None:
                stage = call.begun.stage.split("/", 1)[-1]
                for place, count in enumerate((1, call.ended.tokens.input, call.ended.tokens.output)):
                    counts[stage, place] += count
    return {stage: (counts[stage, 0], counts[stage, 1], counts[stage, 2]) for stage, _ in counts}


if __name__ == "__main__":
    sys.exit(main())
