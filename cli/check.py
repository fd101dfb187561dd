"""One thing that `peerassay doctor` looked at, and how it looks without importing or trusting anything."""

from __future__ import annotations

import importlib.metadata
import subprocess
from dataclasses import dataclass
from typing import Literal

State = Literal["ready", "missing", "broken"]
PATIENCE = 1.5
"""Seconds that a program may take to answer."""


@dataclass(frozen=True)
class Check:
    """What was found. `costs` and `mend` are empty where it is ready; `broken` is what the basics need."""

    group: str
    name: str
    state: State
    found: str
    costs: str = ""
    mend: str = ""


def ready(group: str, name: str, found: str) -> Check:
    """A thing that is there and works."""
    return Check(group, name, "ready", found)


def missing(group: str, name: str, found: str, *, costs: str, mend: str) -> Check:
    """A thing that one can do without, what that costs, and the step that mends it."""
    return Check(group, name, "missing", found, costs, mend)


def broken(group: str, name: str, found: str, *, costs: str, mend: str) -> Check:
    """A thing that one cannot do without, what that costs, and the step that mends it."""
    return Check(group, name, "broken", found, costs, mend)


def version_of(package: str) -> str | None:
    """The version of an installed package, without importing it; None where it is not there."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def said(*command: str) -> str | None:
    """What a program says; None where it fails or takes too long."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=PATIENCE, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return (done.stdout or done.stderr).strip() if done.returncode == 0 else None
