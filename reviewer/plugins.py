"""A user's own reviewers: a Python attribute, a program, or an installed entry point.

Python is loaded here into the running process; `plugin_process` does so in another one.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import importlib
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from ..data.errors import InputError
from ..data.records import Paper
from .function_reviewer import TIMEOUT, FunctionReviewer, in_own_thread
from .protocol import PlainReviewer, Reviewer, Traits, adapted, fingerprint_of
from .review import Review, as_review

ENTRY_POINTS = "peerassay.reviewers"


def load_python(reference: str) -> Reviewer:
    """The reviewer at `package.module:attribute`, looked for in the current folder too.

    The attribute is a function of a Paper, a Reviewer, or a class without arguments that makes one.

    Raises InputError where it cannot be imported or is none of these.
    """
    module_name, attribute = check_reference(reference)
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    name = f"python:{reference}"
    with _blaming(name):
        found = importlib.import_module(module_name)
        for part in attribute.split("."):
            found = getattr(found, part)
        return _as_reviewer(found, name)


def check_reference(reference: str) -> tuple[str, str]:
    """The module and the attribute. Raises InputError where the reference does not name both."""
    module_name, _, attribute = reference.partition(":")
    if not module_name or not attribute:
        raise InputError(f"python:{reference}: expected python:package.module:attribute")
    return module_name, attribute


def load_entry_point(name: str, argument: str) -> Reviewer | None:
    """The reviewer that an installed package offers under `peerassay.reviewers`; None where no package does.

    The entry point is a reviewer or, where the SPEC has an argument (`NAME:ARGUMENT`), a factory that takes it.

    Raises InputError where it cannot be loaded or is neither.
    """
    found = next(iter(entry_points(group=ENTRY_POINTS, name=name)), None)
    if found is None:
        return None
    spec = f"{name}:{argument}" if argument else name
    with _blaming(spec):
        loaded = found.load()
        return _as_reviewer(loaded(argument) if argument else loaded, spec)


def has_entry_point(name: str) -> bool:
    """Whether an installed package offers a reviewer of this name."""
    return bool(entry_points(group=ENTRY_POINTS, name=name))


def entry_point_names() -> list[str]:
    """The names of all installed entry points for reviewers."""
    return sorted(point.name for point in entry_points(group=ENTRY_POINTS))


@contextlib.contextmanager
def _blaming(name: str) -> Iterator[None]:
    """Whatever the user's code raises while it is loaded, as an InputError under this name."""
    try:
        yield
    except InputError:
        raise
    except (Exception, SystemExit) as error:
        raise InputError(f"{name}: {type(error).__name__}: {error}") from error


def _as_reviewer(found: Any, name: str) -> Reviewer:
    if isinstance(found, type):
        found = found()
    if isinstance(found, PlainReviewer):
        if not (isinstance(found.name, str) and isinstance(found.fingerprint, str)):
            raise InputError(f"{name}: `name` and `fingerprint` of a reviewer are texts")
        return adapted(found)
    if callable(found):
        return FunctionReviewer(name, found, traits=Traits(kind="plug-in"), timeout=None)
    raise InputError(f"{name}: a {type(found).__name__} is neither a function nor a reviewer")


@dataclass
class CommandReviewer(Reviewer):
    """A program that reads a paper as JSON on standard input and writes a review as JSON on standard output."""

    command: str
    timeout: float = TIMEOUT

    def __post_init__(self) -> None:
        try:
            self.arguments = shlex.split(self.command)
        except ValueError as error:
            raise InputError(f"command:{self.command}: {error}") from None
        program = shutil.which(self.arguments[0]) if self.arguments else None
        if program is None:
            raise InputError(f"command:{self.command}: no such program, or not executable")
        self.name = f"command:{self.command}"
        self.traits = Traits(kind="plug-in")
        parts = (program, *self.arguments[1:])
        files = [Path(part) for part in parts if os.path.isfile(part)]  # noqa: PTH113 (Path raises where text is long)
        contents = [hashlib.sha256(path.read_bytes()).hexdigest() for path in files]
        self.fingerprint = fingerprint_of(command=self.command, files=contents)

    async def review(self, paper: Paper) -> Review:
        """The program's answer. Raises RuntimeError or ValueError with the program's last words where it fails."""
        pipe = subprocess.PIPE
        process = subprocess.Popen(self.arguments, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True)
        given = paper.model_dump_json().encode() + b"\n"
        try:
            async with asyncio.timeout(self.timeout):
                out, err = await in_own_thread(process.communicate, given)
        except TimeoutError:
            _end(process)
            raise RuntimeError(f"no answer within {self.timeout:g} s") from None
        except asyncio.CancelledError:
            _end(process)
            raise
        if process.returncode != 0:
            last = err.decode(errors="replace").strip().splitlines()[-1:] or ["no message"]
            raise RuntimeError(f"exit code {process.returncode}: {last[0]}")
        try:
            answer = json.loads(out)
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            raise ValueError(f"unusable answer: {error}") from None
        return as_review(answer, paper.id)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program and what it has started. Its number is its own until the thread that reads it has taken note."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
