"""Slips that compile and look wrong, found by ChkTeX."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from .log import LONGEST_CONTEXT, Problem, source_lines

WATCHED = (9, 10, 11, 12, 14, 15, 16, 17, 18, 25, 28, 31, 34, 35, 37, 40)
"""ChkTeX's numbers: brackets without partners (9, 10, 15 to 17), dots (11), spaces between sentences (12) and around
brackets (37), arguments (14), quotes (18), exponents of several digits (25), fragile text (28, 31, 34), names of
functions (35), punctuation in formulas (40). What is taste only, as spaces before labels, is left out."""
LINE = re.compile(r"(?P<file>.*?):(?P<line>\d+):(?P<number>\d+):(?P<message>.*)")
SECONDS = 20


def run_chktex(folder: Path, main: str = "paper.tex") -> tuple[Problem, ...]:
    """The slips in `main` and the files that it puts in; none where ChkTeX is not installed (see `missing_tools`)."""
    program = shutil.which("chktex")
    if program is None:
        return ()
    watched = [f"-w{number}" for number in WATCHED]
    try:
        done = subprocess.run(
            [program, "-q", "-g0", "-x", "-n", "all", *watched, "-f", "%f:%l:%n:%m\n", main],
            cwd=folder,
            env={"PATH": os.environ.get("PATH", ""), "HOME": os.devnull},
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return ()
    lines = done.stdout.decode("utf-8", "replace").splitlines()
    return tuple(_problem(found, folder) for found in map(LINE.fullmatch, lines) if found)


def _problem(found: re.Match[str], folder: Path) -> Problem:
    lines, number = source_lines(folder, found["file"]), int(found["line"])
    context = lines[number - 1].strip()[:LONGEST_CONTEXT] if number <= len(lines) else ""
    return Problem(
        kind="chktex", severity="note", file=found["file"], line=number, message=found["message"].strip(),
        subject=found["number"], context=context,
    )  # fmt: skip
