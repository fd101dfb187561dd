"""Finds the best sandbox of this machine."""

from __future__ import annotations

import shutil
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Literal

from ...data.errors import InputError
from .bubblewrap import Bubblewrap
from .limits import Limits
from .plain import Plain, namespaces_work
from .run import Sandbox

Preference = Literal["auto", "bubblewrap", "limits"]


def find_sandbox(prefer: Preference = "auto") -> Sandbox:
    """The sandbox asked for; `auto` is bubblewrap where it works and else limits only, whose `warning` says why.

    Raises InputError where bubblewrap is asked for and does not work.
    """
    problem = "" if prefer == "limits" else _bubblewrap_problem()
    if prefer == "bubblewrap" and problem:
        raise InputError(f"{problem}; install or mend it, or ask for the sandbox 'limits'")
    if prefer != "limits" and not problem:
        return Bubblewrap(shutil.which("bwrap") or "bwrap")
    sandbox = Plain(namespaces_work())
    if problem:
        sandbox.warning = f"{problem}: {sandbox.warning}"
    return sandbox


@cache
def _bubblewrap_problem() -> str:
    """Why bubblewrap cannot be used here, empty where it can: Python is started in it once."""
    program = shutil.which("bwrap")
    if program is None:
        return "bubblewrap (bwrap) is not installed"
    with tempfile.TemporaryDirectory(prefix="peerassay-") as folder:
        outcome = Bubblewrap(program).run(
            [sys.executable, "-I", "-S", "-c", "pass"], workspace=Path(folder), limits=Limits(seconds=20)
        )
    return "" if outcome.status == "ok" else f"bubblewrap does not work here ({outcome.reason})"
