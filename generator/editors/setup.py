"""Aider in a virtual environment of its own: it pins every package that it needs, so it cannot live in ours."""

from __future__ import annotations

import importlib.util
import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path

from ...data.errors import InputError
from ...data.files import make_folder

LOGGER = logging.getLogger(__name__)
AIDER = "aider-chat"
VERSION = "0.86.2"
PYTHONS = ((3, 10), (3, 11), (3, 12))
"""Versions of Python that this Aider runs on."""
AGAIN = "then run `peerassay scientist setup-aider` again"


def aider_folder() -> Path:
    """Where `setup_aider` puts the virtual environment unless it is told otherwise."""
    import platformdirs

    return platformdirs.user_data_path("peerassay", appauthor=False) / "aider-venv"


def find_aider() -> Path | None:
    """Aider's program: PEERASSAY_AIDER (the program or its virtual environment), the default place, or PATH.

    Raises InputError where PEERASSAY_AIDER leads nowhere.
    """
    named = os.environ.get("PEERASSAY_AIDER")
    if named:
        path = Path(named)
        program = _program(path) if path.is_dir() else Path(shutil.which(named) or named)
        if not program.is_file():
            raise InputError(f"PEERASSAY_AIDER={named}: no Aider there; set it to the program, or unset it")
        return program.absolute()
    if _program(aider_folder()).is_file():
        return _program(aider_folder())
    found = shutil.which("aider")
    return Path(found).absolute() if found else None


def aider_version(program: Path) -> str:
    """The version of the package beside the program, empty where it cannot be told."""
    packages = program.resolve().parent.parent / "lib"
    found = sorted(packages.glob("python*/site-packages/aider_chat-*.dist-info"))
    return found[0].name.removeprefix("aider_chat-").removesuffix(".dist-info") if found else ""


def setup_aider(folder: Path | None = None) -> Path:
    """Install Aider into the folder (None: the default place), telling on stderr how it goes; returns its program.

    Where it is there already, nothing happens. Raises InputError for a folder that holds something else, where no
    fitting Python is found, and where the packages cannot be had.
    """
    chosen = folder
    folder = (folder or aider_folder()).absolute()
    program = _program(folder)
    if not (program.is_file() and aider_version(program) == VERSION):
        _make_environment(folder)
        LOGGER.info("Installing %s %s into %s; this takes a few minutes.", AIDER, VERSION, folder)
        _install(folder)
    if chosen is not None:
        LOGGER.info("Set PEERASSAY_AIDER=%s, so that it is found there.", program)
    return program


def _program(folder: Path) -> Path:
    return folder / "bin" / "aider"


def _make_environment(folder: Path) -> None:
    if (folder / "pyvenv.cfg").is_file():
        return
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder}: holds something else than a virtual environment; choose another folder")
    make_folder(folder.parent)
    python = _fitting_python()
    made = subprocess.run([python, "-m", "venv", "--without-pip", str(folder)], capture_output=True, text=True)
    if made.returncode:
        raise InputError(f"{folder}: no virtual environment could be made ({_last_line(made.stdout + made.stderr)})")


def _fitting_python() -> str:
    """A Python for Aider: this one where its version fits."""
    if sys.version_info[:2] in PYTHONS:
        return sys.executable
    names = [f"python{major}.{minor}" for major, minor in reversed(PYTHONS)]
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        raise InputError(f"{AIDER} {VERSION} needs {', '.join(names)} on PATH; install one of them, {AGAIN}")
    return found


def _install(folder: Path) -> None:
    """Install by this Python's pip, whose lines go to stderr."""
    if importlib.util.find_spec("pip") is None:
        raise InputError(f"{sys.executable} has no pip; run `{sys.executable} -m ensurepip`, {AGAIN}")
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python"), "--disable-pip-version-check"]
    command = [*pip, "install", "--progress-bar", "off", f"{AIDER}=={VERSION}"]
    errors: list[str] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        for line in process.stdout or ():
            LOGGER.info("%s", line.rstrip())
            if line.startswith("ERROR:"):
                errors.append(line.removeprefix("ERROR:").strip())
    if process.returncode:
        reason = errors[-1] if errors else f"pip ended with {process.returncode}"
        raise InputError(f"{AIDER} {VERSION} could not be installed ({reason}); check the network, {AGAIN}")


def _last_line(text: str) -> str:
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "no reason given")
