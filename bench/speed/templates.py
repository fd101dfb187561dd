"""Steps per second of the templates' training loops against loops in the original's style, and the metric of both.

    python bench/speed/templates.py [diffusion] [nanogpt] [grokking]

Each runs in a process of its own; bench/speed/loops/ has the loops and their options. Some minutes each, on an idle
machine.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

LOOPS = Path(__file__).parent / "loops"


def main(*names: str) -> None:
    """Run the comparisons of these templates, all of them by default; ends with the code of the first that fails."""
    known = sorted(path.stem for path in LOOPS.glob("*.py"))
    strangers = sorted(set(names) - set(known))
    if strangers:
        sys.exit(f"unknown template {strangers[0]!r}; known: {', '.join(known)}")
    for name in names or known:
        print(f"-- {name}", flush=True)
        code = subprocess.run([sys.executable, str(LOOPS / f"{name}.py")], check=False).returncode
        if code:
            sys.exit(code)


if __name__ == "__main__":
    main(*sys.argv[1:])
