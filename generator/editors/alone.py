"""A program in a process group of its own, ended as a whole when its time is over."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from ...data.errors import InputError

GRACE = 5.0
"""Seconds between asking the group to end and ending it."""


async def run_alone(
    command: Sequence[str], *, folder: Path, env: Mapping[str, str], stdin: Path, output: Path, seconds: float
) -> bool:
    """Run the command with `env` as its whole environment; stdout and stderr go to `output`. False: out of time.

    Its exit code is not told. Raises InputError where it cannot be started.
    """
    with stdin.open("rb") as source, output.open("wb") as sink:
        try:
            process = await asyncio.create_subprocess_exec(
                *command, cwd=folder, env=env, stdin=source, stdout=sink, stderr=sink, start_new_session=True
            )
        except OSError as error:
            raise InputError(f"{command[0]}: cannot be started ({error.strerror})") from None
    try:
        await asyncio.wait_for(process.wait(), seconds)
    except TimeoutError:
        return False
    finally:
        if process.returncode is None:
            await _end(process)
    return True


async def _end(process: asyncio.subprocess.Process) -> None:
    """Ask the group to end, and end what is left of it once its first process is gone or the grace is over."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), GRACE)
