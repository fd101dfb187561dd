"""How large the project's modules are, whether imports run in circles, and how long a user waits for the program.

`python tests/measures.py` prints it; `tests/test_measures.py` holds the limits. Tests, the templates' own scripts and
bench/speed are left out, as they are no part of what a user imports.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("peerassay", "data", "llm", "reviewer", "generator", "bench", "leaderboards", "cli")


def modules() -> dict[str, int]:
    """Lines of each module of the package, by its path."""
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True)
    paths = [Path(line) for line in listed.stdout.splitlines()]
    ours = [path for path in paths if path.parts[0] in FOLDERS and "templates" not in path.parts]
    return {str(path): (ROOT / path).read_text().count("\n") for path in ours if (ROOT / path).is_file()}


def sizes(lines: dict[str, int]) -> dict[str, float]:
    """Modules, lines in all, and median, 90th percentile and longest of a module's lines."""
    ordered = sorted(lines.values())
    return {
        "modules": len(ordered),
        "lines": sum(ordered),
        "median": statistics.median(ordered),
        "p90": ordered[int(0.9 * (len(ordered) - 1))],
        "longest": ordered[-1],
    }


def seconds(*arguments: str, tries: int = 5) -> float:
    """The shortest of several starts of Python with these arguments, in seconds."""
    taken = []
    for _ in range(tries):
        start = time.perf_counter()
        subprocess.run([sys.executable, *arguments], capture_output=True, check=True)
        taken.append(time.perf_counter() - start)
    return min(taken)


def main() -> None:
    """Print all of it."""
    lines = modules()
    print("  ".join(f"{name} {value:g}" for name, value in sizes(lines).items()))
    for path, count in sorted(lines.items(), key=lambda item: -item[1])[:5]:
        print(f"  {count} {path}")
    bare = seconds("-c", "pass")
    print(f"import peerassay: {seconds('-c', 'import peerassay') - bare:.3f} s beside Python's own start")
    print(f"peerassay --help: {seconds('-m', 'peerassay', '--help'):.3f} s")


if __name__ == "__main__":
    main()
