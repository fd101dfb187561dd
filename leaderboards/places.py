"""Which folder of results a command reads, and which it may write: never that of an installed package."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path

from ..data.errors import InputError

WITHIN = Path("leaderboards", "results")
"""The folder of results in a checkout of the project."""
PROJECT = "peerassay"


def installed_results() -> Path:
    """The results that came with the package."""
    return Path(__file__).parent / "results"


def checkout_results(start: Path) -> Path | None:
    """The results of the git checkout of the project that a folder is in; None where it is in none."""
    for folder in (start, *start.parents):
        if (folder / ".git").exists():
            return folder / WITHIN if (folder / WITHIN).is_dir() and _is_ours(folder / "pyproject.toml") else None
    return None


def results_to_write(given: Path | None) -> Path:
    """The folder given, else that of the checkout around the working folder.

    Raises InputError where there is neither: what is written into an installed package is no part of a pull request.
    """
    found = given or checkout_results(Path.cwd())
    if found is None:
        raise InputError(
            f"no results folder to write to: {Path.cwd()} is not in a git checkout of {PROJECT}; for a pull request "
            f"clone the project and run this inside the clone, for a board of your own pass --results DIR"
        )
    return found


def results_to_read(given: Sequence[Path]) -> list[Path]:
    """The folders given, else that of the checkout around the working folder, else the installed one."""
    return list(given) or [checkout_results(Path.cwd()) or installed_results()]


def _is_ours(project: Path) -> bool:
    try:
        described = tomllib.loads(project.read_text(encoding="utf-8")).get("project")
    except (OSError, ValueError):
        return False
    return isinstance(described, dict) and described.get("name") == PROJECT
