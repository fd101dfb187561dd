r"""LaTeX to PDF: pdflatex and bibtex as often as needed, shut in as far as TeX allows, with a time limit.

There is no shell escape; files with absolute names, in folders above or with a leading dot are refused
(openin_any = p), and the home folder is an empty one. What TeX does not refuse (\pdfobj reads any file, a link leads
anywhere) is seen in the list of files that it has read: such a PDF is thrown away. With a sandbox it cannot happen.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict

from ...data.errors import InputError
from ..sandbox.guard import links_outside
from .log import Problem, parse_blg, parse_log

if TYPE_CHECKING:
    from ..sandbox.run import Sandbox

PROGRAMS = {
    "pdflatex": "papers are not compiled",
    "bibtex": "papers have no bibliography",
    "chktex": "LaTeX is not checked for slips",
}
"""Program -> what it costs to be without it."""
INSTALL = "apt-get install texlive-latex-recommended texlive-fonts-recommended chktex"
OPTIONS = ("-no-shell-escape", "-interaction=nonstopmode", "-file-line-error", "-recorder")
SETTINGS = {"openin_any": "p", "openout_any": "p", "max_print_line": "1000", "error_line": "254",
            "half_error_line": "238", "LANG": "C.UTF-8"}  # fmt: skip
KEPT_VARIABLES = ("PATH", "TEXMFHOME", "SYSTEMROOT")
MOST_PASSES = 5
MOST_BYTES = 200 * 2**20
"""Size of a file that TeX may write."""
STATE = (".aux", ".out", ".toc", ".lof", ".lot")
"""Files that TeX writes and reads in the next pass."""
OUTPUTS = (*STATE, ".pdf", ".log", ".blg", ".fls")
"""Files of an earlier time that are removed first."""
LABEL_PAGE = re.compile(r"(\\newlabel\{[^{}]*\}\{\{[^{}]*\})\{[^{}]*\}")
WRITTEN = re.compile(r"^\\@writefile.*\n|^\\gdef ?\\@abspage@last.*\n", re.MULTILINE)


class Compiled(BaseModel):
    """What came of compiling; `pdf` is None where there is none or it must not be used."""

    model_config = ConfigDict(frozen=True)

    pdf: Path | None = None
    problems: tuple[Problem, ...] = ()
    log: Path | None = None
    seconds: float = 0.0
    passes: int = 0

    @property
    def ok(self) -> bool:
        """Whether there is a PDF and nothing wrong with it that LaTeX can tell (overfull lines are warnings)."""
        return self.pdf is not None and not self.errors

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that have to be mended."""
        return tuple(problem for problem in self.problems if problem.severity == "error")


def missing_tools() -> tuple[str, ...]:
    """A line for each program of LaTeX that is not installed: what that costs and how to install it."""
    absent = [name for name in PROGRAMS if shutil.which(name) is None]
    return tuple(f"{name} is not installed ({PROGRAMS[name]}): {INSTALL}" for name in absent)


def compile_tex(
    folder: Path,
    main: str = "paper.tex",
    *,
    passes: int | Literal["auto"] = "auto",
    timeout: float = 120,
    sandbox: Sandbox | None = None,
) -> Compiled:
    """Compile `main` in its folder; the PDF lies beside it.

    `passes` "auto" goes on until nothing changes any more; a number runs LaTeX so often, with BibTeX after the first.
    `timeout` is in seconds, for all passes together. Without LaTeX the result has the problem "not installed"; a folder
    with links that lead out of it is not compiled. Raises InputError where there is no such
    file.
    """
    if not (folder / main).is_file():
        raise InputError(f"{folder / main}: no such file; name the main LaTeX file")
    if shutil.which("pdflatex") is None:
        return Compiled(problems=(Problem(kind="not installed", message=missing_tools()[0]),))
    if links := links_outside(folder):
        return Compiled(problems=tuple(_outside_file(name, "is a link that leads out of the folder") for name in links))
    with tempfile.TemporaryDirectory(prefix="peerassay-tex-") as home:
        job = _Job(folder.resolve(), main, timeout, Path(home), sandbox)
        for suffix in OUTPUTS:
            job.file(suffix).unlink(missing_ok=True)
        ended = job.compile(passes)
        outside = _outside(job.text(".fls"), job.folder, job.home)
    for suffix in OUTPUTS if outside else (".pdf",) if ended else ():
        job.file(suffix).unlink(missing_ok=True)
    pdf, log = job.file(".pdf"), job.file(".log")
    return Compiled(
        pdf=pdf if pdf.is_file() else None,
        problems=outside or job.problems(ended),
        log=log if log.is_file() else None,
        seconds=time.monotonic() - job.started,
        passes=job.passes,
    )


@dataclass
class _Job:
    folder: Path
    main: str
    timeout: float
    home: Path
    sandbox: Sandbox | None
    started: float = field(default_factory=time.monotonic)
    passes: int = 0

    def file(self, suffix: str) -> Path:
        """A file that TeX writes for this paper; they lie in the paper's folder."""
        return self.folder / f"{Path(self.main).stem}{suffix}"

    def compile(self, passes: int | Literal["auto"]) -> str:
        """Run LaTeX and BibTeX; the answer is empty, or why they were ended."""
        most = MOST_PASSES if passes == "auto" else passes
        draft = most > 1
        while self.passes < most:
            before = self._state()
            if ended := self._latex(draft=draft):
                return ended
            if self.passes == 1 and "\\bibdata" in self.text(".aux") and shutil.which("bibtex"):
                if ended := self._run(["bibtex", Path(self.main).stem]):
                    return ended
            elif passes == "auto" and not draft and self._state() == before:
                break
            if draft and "no output PDF file produced" in self.text(".log"):
                break
            draft = False
        return ""

    def _latex(self, *, draft: bool) -> str:
        self.passes += 1
        return self._run(["pdflatex", *OPTIONS, *(["-draftmode"] if draft else []), self.main])

    def _state(self) -> tuple[str, ...]:
        """What the next pass would read; pages of labels only count where the paper refers to pages."""
        aux, *others = (self.text(suffix) for suffix in STATE)
        if "pageref" not in (self.folder / self.main).read_text(encoding="utf-8", errors="replace"):
            aux = LABEL_PAGE.sub(r"\1", WRITTEN.sub("", aux))
        return aux, *others

    def text(self, suffix: str) -> str:
        """The text of a file that TeX writes, empty where there is none."""
        try:
            return self.file(suffix).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""

    def _run(self, command: Sequence[str]) -> str:
        """Run a program of TeX in the folder; the answer is empty, or why it was ended or never ran."""
        left = max(0.1, self.timeout - (time.monotonic() - self.started))
        if self.sandbox is not None:
            from ..sandbox.limits import Limits

            limits = Limits(seconds=left, disk_mb=MOST_BYTES // 2**20, grace=0.5)
            outcome = self.sandbox.run(command, workspace=self.folder, limits=limits, env=SETTINGS)
            return "" if outcome.status in ("ok", "failed") else outcome.reason
        kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
        process = subprocess.Popen(
            _limited(command),
            cwd=self.folder,
            env={**kept, **SETTINGS, "HOME": str(self.home)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            process.wait(left)
        except subprocess.TimeoutExpired:
            return f"not done within {self.timeout:g} s; look for a macro or loop without end"
        finally:
            if process.poll() is None:
                _end(process)
        return ""

    def problems(self, ended: str) -> tuple[Problem, ...]:
        """What is wrong, from the logs."""
        found: list[Problem] = []
        if ended:
            found.append(Problem(kind="timeout", file=self.main, message=f"LaTeX was ended: {ended}"))
        found += parse_log(self.text(".log"), self.folder, self.main)
        known = {problem.subject for problem in found if problem.kind == "undefined citation"}
        found += [problem for problem in parse_blg(self.text(".blg")) if problem.subject not in known]
        if not self.file(".pdf").is_file() and not any(problem.severity == "error" for problem in found):
            last = " ".join(self.text(".log").split()[-30:]) or "it wrote no log"
            found.append(Problem(kind="error", file=self.main, message=f"LaTeX made no PDF: {last}"))
        return tuple(found)


def _limited(command: Sequence[str]) -> list[str]:
    """The command with a limit on the size of the files that it writes, where there is a shell for it."""
    if os.name != "posix":
        return list(command)
    return ["/bin/sh", "-c", f'ulimit -f {MOST_BYTES // 512}; exec "$@"', "sh", *command]


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program and what it has started: they are a process group of their own."""
    if os.name == "posix":
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def _outside(record: str, folder: Path, home: Path) -> tuple[Problem, ...]:
    """Files that TeX has read although they belong neither to the paper nor to TeX, as far as its folders are known."""
    roots = (*_tex_roots(), home)
    found: list[Problem] = []
    for name in sorted({line[6:] for line in record.splitlines() if line.startswith("INPUT ")}):
        path = Path(os.path.normpath(folder / name))
        of_tex = len(roots) == 1 or path.name == "texmf.cnf" or any(path.is_relative_to(root) for root in roots)
        if not path.is_relative_to(folder) and not of_tex:
            found.append(_outside_file(name, "lies outside of the paper's folder; the PDF is thrown away"))
    return tuple(found)


def _outside_file(name: str, what: str) -> Problem:
    return Problem(kind="outside file", message=f"{name} {what}; put the file itself there", subject=name)


@lru_cache(maxsize=1)
def _tex_roots() -> tuple[Path, ...]:
    """The folders of the TeX installation; none where it cannot tell them."""
    if shutil.which("kpsewhich") is None:
        return ()
    done = subprocess.run(
        ["kpsewhich", "-expand-braces", "$TEXMF"], capture_output=True, text=True, check=False, timeout=20
    )
    roots = [Path(part.strip("!{}")) for part in done.stdout.strip().replace(",", os.pathsep).split(os.pathsep)]
    return tuple(path for root in roots if root.is_absolute() for path in {root, root.resolve()})
