"""Checks of `peerassay doctor`: the installation, models, prices, data, and the programs that some commands use."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import sqlite3
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

from ..data.errors import InputError
from .check import PATIENCE, Check, broken, missing, ready, said, version_of

OLD_PRICES = 180
"""Days after which prices want a look."""
EXTRAS = {
    "openreview-py": ("Data", "OpenReview", "openreview", "no `data pull` of submissions and decisions"),
    "datasets": ("Data", "Hugging Face datasets", "hf", "no `data import` from the hub or from Parquet files"),
    "inspect-ai": ("Models", "Inspect AI", "inspect", "no `inspect eval peerassay/...`, no logs for its viewer"),
    "torch": ("Scientist", "PyTorch", "scientist", "no experiments with neural networks"),
}
"""Package -> group, name, extra, what it costs to be without it."""

PROGRAMS = {
    "pdflatex": ("--version", "papers that are written are not compiled", "texlive-latex-recommended"),
    "bibtex": ("--version", "papers that are written have no bibliography", "texlive-binaries"),
    "chktex": ("--version", "LaTeX is not checked for slips before it is compiled", "chktex"),
    "pdftotext": ("-v", "no second opinion on what a PDF shows", "poppler-utils"),
}
"""Program -> how it tells its version, what it costs to be without it, its Debian package."""


def basics() -> list[Check]:
    """Python and peerassay itself."""
    python = ".".join(map(str, sys.version_info[:3]))
    return [
        ready("Basics", "Python", f"{python}, {sys.executable}"),
        ready("Basics", "peerassay", importlib.metadata.version("peerassay")),
    ]


def requirements() -> list[Check]:
    """The packages that peerassay asks for, extras aside."""
    asked = [r for r in importlib.metadata.requires("peerassay") or () if ";" not in r]
    wrong = [f"{requirement} ({problem})" for requirement in asked if (problem := lacking(requirement))]
    if wrong:
        mend = "pip install --upgrade --force-reinstall peerassay"
        return [broken("Basics", "packages", "; ".join(wrong), costs="commands fail", mend=mend)]
    return [ready("Basics", "packages", f"all {len(asked)} that are needed")]


def lacking(requirement: str) -> str:
    """What is wrong with a requirement such as "numpy>=1.26": not there, or too old; empty where it is met."""
    name, bound = re.split(r"[<>=!~\s]", requirement, maxsplit=1)[0], re.search(r">=\s*([\d.]+)", requirement)
    found = version_of(name)
    if found is None:
        return "not there"
    return f"found {found}" if bound and _numbers(found) < _numbers(bound[1]) else ""


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def machine() -> list[Check]:
    """Cores and memory."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    try:
        memory = f", {os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB of memory"
    except (ValueError, OSError, AttributeError):
        memory = ""
    return [ready("Basics", "machine", f"{cores} cores{memory}")]


def weights() -> list[Check]:
    """The bundled weights of learned reviewers."""
    names = sorted(path.stem for path in (Path(__file__).parents[1] / "reviewer" / "learned").glob("*.npz"))
    if names:
        return [ready("Basics", "learned weights", ", ".join(f"learned:{name}" for name in names))]
    mend = "pip install --force-reinstall peerassay"
    return [broken("Basics", "learned weights", "none", costs="no reviewer without a key", mend=mend)]


def keys() -> list[Check]:
    """Which providers have a key; no part of a key is shown."""
    from .doctor_online import PROVIDERS, key_of

    checks: list[Check] = []
    for provider in PROVIDERS:
        variable, _, problem = key_of(provider)
        sdk = version_of(provider.kind)
        costs = f"no reviews by models of {provider.name}"
        if sdk is None:
            mend = f"pip install {provider.kind}"
            checks.append(missing("Models", provider.name, f"no package {provider.kind}", costs=costs, mend=mend))
        elif problem:
            checks.append(missing("Models", provider.name, problem, costs=costs, mend=f"export {variable}=..."))
        else:
            checks.append(ready("Models", provider.name, f"{variable} is set; package {provider.kind} {sdk}"))
    return checks


def prices() -> list[Check]:
    """How old the price table is, and whether the user's own can be read."""
    from ..llm.prices import BUNDLED, Prices

    endpoints = tomllib.loads(BUNDLED.read_text(encoding="utf-8"))["endpoint"]
    oldest = min(endpoint["date"] for endpoint in endpoints)
    found = f"{sum(len(endpoint['models']) for endpoint in endpoints)} models, as of {oldest}"
    own = os.environ.get("PEERASSAY_PRICES")
    try:
        Prices.load()
    except InputError as error:
        mend = "mend the file, or unset PEERASSAY_PRICES"
        return [broken("Models", "prices", str(error), costs="no command that asks a model works", mend=mend)]
    if own:
        return [ready("Models", "prices", f"{found}; {own} (PEERASSAY_PRICES) goes before them")]
    if (date.today() - oldest).days > OLD_PRICES:
        mend = "export PEERASSAY_PRICES=FILE.toml with today's prices (its form: llm/prices.py)"
        return [missing("Models", "prices", found, costs="budgets and costs may be wrong by now", mend=mend)]
    return [ready("Models", "prices", found)]


def replies() -> list[Check]:
    """The cache of models' replies: where, how large, how many."""
    from ..data.files import cache_home

    path = cache_home() / "replies.sqlite"
    folder = next(parent for parent in path.parents if parent.exists())
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        mend = "export PEERASSAY_CACHE=FOLDER"
        costs = "models can be asked with --no-cache only, and equal calls are paid again"
        return [missing("Models", "reply cache", f"{folder} cannot be written", costs=costs, mend=mend)]
    if not path.exists():
        return [ready("Models", "reply cache", f"empty so far; will be {path}")]
    try:
        count = _count(path)
    except sqlite3.Error as error:
        costs = "no command that asks a model works, but with --no-cache"
        return [broken("Models", "reply cache", f"{path}: {error}", costs=costs, mend=f"mv {path} {path}.old")]
    size = sum(part.stat().st_size for part in path.parent.glob("replies.sqlite*"))
    return [ready("Models", "reply cache", f"{count:,} replies, {size / 2**20:.1f} MiB, {path}")]


def _count(path: Path) -> int:
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=PATIENCE)
    try:
        return connection.execute("SELECT count(*) FROM replies").fetchone()[0]
    finally:
        connection.close()


def datasets() -> list[Check]:
    """The bundled datasets and those of the data home."""
    from ..data.registry import BUNDLED, data_home, list_names, load_card

    sample, decisions = load_card("sample"), load_card("iclr2022-scores")
    bundled = [
        ready("Data", "sample", f"{sample.papers} bundled manuscripts, constructed labels"),
        ready("Data", "iclr2022-scores", f"{decisions.papers} bundled decisions and ratings of ICLR 2022, no texts"),
    ]
    own = [name for name in list_names() if name not in BUNDLED]
    if own:
        return [*bundled, ready("Data", "own datasets", f"{', '.join(own)} in {data_home()}")]
    costs = "agreement with human decisions cannot be measured"
    mend = "peerassay data import NAME PATH, or peerassay data pull iclr2024"
    return [*bundled, missing("Data", "own datasets", f"none in {data_home()}", costs=costs, mend=mend)]


def login() -> list[Check]:
    """Whether there is a login for OpenReview; nothing of it is shown."""
    if os.environ.get("OPENREVIEW_TOKEN"):
        return [ready("Data", "OpenReview login", "OPENREVIEW_TOKEN is set")]
    if os.environ.get("OPENREVIEW_USERNAME") and os.environ.get("OPENREVIEW_PASSWORD"):
        return [ready("Data", "OpenReview login", "OPENREVIEW_USERNAME and OPENREVIEW_PASSWORD are set")]
    costs = "no `data pull`: OpenReview answers only to a login"
    mend = "export OPENREVIEW_USERNAME=... OPENREVIEW_PASSWORD=... (an account is free at openreview.net)"
    return [missing("Data", "OpenReview login", "not set", costs=costs, mend=mend)]


def extras() -> list[Check]:
    """Packages that some commands need."""
    checks: list[Check] = []
    for package, (group, name, extra, costs) in EXTRAS.items():
        found = version_of(package)
        if found:
            checks.append(ready(group, name, f"{package} {found}"))
        else:
            mend = f"pip install 'peerassay[{extra}]'"
            checks.append(missing(group, name, f"no package {package}", costs=costs, mend=mend))
    return checks


def programs() -> list[Check]:
    """LaTeX and what goes with it."""
    with ThreadPoolExecutor(len(PROGRAMS)) as pool:
        return list(pool.map(_program, PROGRAMS))


def _program(name: str) -> Check:
    option, costs, package = PROGRAMS[name]
    if shutil.which(name) is None:
        return missing("Scientist", name, "not on PATH", costs=costs, mend=f"apt-get install {package}")
    output = said(name, option) or "does not tell its version"
    return ready("Scientist", name, output.splitlines()[0].strip()[:80])


def sandbox() -> list[Check]:
    """Bubblewrap, on macOS sandbox-exec, and whether it is allowed to work here."""
    costs = "experiments run without a wall around them"
    if sys.platform == "darwin":
        return [_seatbelt(costs)]
    if shutil.which("bwrap") is None:
        mend = "apt-get install bubblewrap"
        return [missing("Scientist", "sandbox", "bwrap is not on PATH", costs=costs, mend=mend)]
    if said("bwrap", "--ro-bind", "/", "/", "--unshare-net", "true") is None:
        mend = "allow user namespaces: sysctl kernel.unprivileged_userns_clone=1, or the container's privileges"
        return [missing("Scientist", "sandbox", "bwrap is there but not allowed to work", costs=costs, mend=mend)]
    return [ready("Scientist", "sandbox", said("bwrap", "--version") or "bwrap")]


def _seatbelt(costs: str) -> Check:
    """The sandbox of macOS, tried."""
    from ..generator.sandbox.seatbelt import Seatbelt, seatbelt_problem

    if problem := seatbelt_problem():
        return missing("Scientist", "sandbox", problem, costs=costs, mend="use a machine that has nothing to lose")
    return ready("Scientist", "sandbox", Seatbelt.warning)


def gpu() -> list[Check]:
    """NVIDIA GPUs, asked of their driver."""
    costs = "experiments run on the CPU, more slowly"
    if shutil.which("nvidia-smi") is None:
        mend = "install the NVIDIA driver, where there is a GPU"
        return [missing("Scientist", "GPU", "nvidia-smi is not on PATH", costs=costs, mend=mend)]
    output = said("nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader")
    if not output:
        return [missing("Scientist", "GPU", "nvidia-smi names none", costs=costs, mend="see what nvidia-smi says")]
    return [ready("Scientist", "GPU", "; ".join(output.splitlines()))]


def aider() -> list[Check]:
    """The coding assistant, a program in an environment of its own."""
    from ..generator.editors.setup import find_aider

    try:
        path = find_aider()
        found = "neither at its own place nor on PATH, and PEERASSAY_AIDER is not set"
    except InputError as error:
        path, found = None, str(error)
    if path:
        return [ready("Scientist", "aider", str(path))]
    costs, mend = "code is written by the built-in editor alone", "peerassay scientist setup-aider"
    return [missing("Scientist", "aider", found, costs=costs, mend=mend)]
