"""Checks of `peerassay doctor`: the programs and packages that parts of it use."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor

from ..data.errors import InputError
from .check import Check, missing, ready, said, version_of

EXTRAS = {
    "openreview-py": ("Data", "OpenReview", "openreview", "no `data pull` of submissions and decisions"),
    "datasets": ("Data", "Hugging Face datasets", "hf", "no `data import` from the hub or from Parquet files"),
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
    """Bubblewrap, and whether it is allowed to work here."""
    costs = "experiments run without a wall around them"
    if shutil.which("bwrap") is None:
        mend = "apt-get install bubblewrap"
        return [missing("Scientist", "sandbox", "bwrap is not on PATH", costs=costs, mend=mend)]
    if said("bwrap", "--ro-bind", "/", "/", "--unshare-net", "true") is None:
        mend = "allow user namespaces: sysctl kernel.unprivileged_userns_clone=1, or the container's privileges"
        return [missing("Scientist", "sandbox", "bwrap is there but not allowed to work", costs=costs, mend=mend)]
    return [ready("Scientist", "sandbox", said("bwrap", "--version") or "bwrap")]


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
