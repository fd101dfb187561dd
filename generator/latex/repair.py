"""Common errors in LaTeX that rules can mend, and a compact account of the rest for a model.

Rules touch only what the problems name, but for three things that LaTeX does not report as what they are: text lost
behind an unescaped percent sign, the fences of Markdown, and a missing end of the document.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ...data.files import read_text, write_atomic
from ...data.papers.tex.verbatim import without_comments
from ...presentation.latex import unicode_to_latex
from .document import END, masked_source
from .log import Problem
from .source import lost_percents

PACKAGES = {
    "amsmath": r"align align* aligned gather gather* multline split cases pmatrix bmatrix \text \eqref \dfrac "
               r"\operatorname \boldsymbol",
    "amssymb": r"\mathbb \mathfrak \gtrsim \lesssim \checkmark \square",
    "amsthm": r"proof \theoremstyle",
    "bm": r"\bm", "booktabs": r"\toprule \midrule \bottomrule \cmidrule \addlinespace",
    "graphicx": r"\includegraphics \resizebox \scalebox \rotatebox", "hyperref": r"\url \href \autoref \texorpdfstring",
    "natbib": r"\citep \citet \citealp \citealt \citeauthor \citeyear", "subcaption": r"subfigure subtable \subcaption",
    "tabularx": r"tabularx", "xcolor": r"\textcolor \color \definecolor \colorbox", "xspace": r"\xspace",
    "listings": r"lstlisting \lstset", "float": r"\newfloat \floatstyle", "multirow": r"\multirow",
    "cleveref": r"\cref \Cref", "nicefrac": r"\nicefrac", "siunitx": r"\num \SI \qty", "algorithm": r"algorithm",
    "algpseudocode": r"algorithmic \State \For \EndFor \If \EndIf \While \EndWhile \Require \Ensure \Return",
    "wrapfig": r"wrapfigure", "longtable": r"longtable", "mathtools": r"\coloneqq \DeclarePairedDelimiter",
}  # fmt: skip
"""Package -> the commands and environments that papers use of it."""
PACKAGE_OF = {name: package for package, names in PACKAGES.items() for name in names.split()}
STAND_INS = {
    r"\multirow": r"\newcommand{\multirow}[3]{#3}", r"\cref": r"\newcommand{\cref}[1]{\ref{#1}}",
    r"\Cref": r"\newcommand{\Cref}[1]{\ref{#1}}", r"\nicefrac": r"\newcommand{\nicefrac}[2]{\ensuremath{#1/#2}}",
    r"\num": r"\newcommand{\num}[1]{\ensuremath{#1}}",
    r"\SI": r"\newcommand{\SI}[2]{\ensuremath{#1}\,#2}", r"\qty": r"\newcommand{\qty}[2]{\ensuremath{#1}\,#2}",
    "algorithm": r"\newenvironment{algorithm}[1][]{\begin{figure}[tbp]}{\end{figure}}",
    "wrapfigure": r"\newenvironment{wrapfigure}[3][]{\begin{figure}[tbp]\centering}{\end{figure}}",
}  # fmt: skip
"""Where the package is not installed either: something that looks alike."""
PROTECTED = re.compile(
    r"(\\\\|\\[^a-zA-Z]|\$\$.*?\$\$|\$[^$]*\$|\\\(.*?\\\)|\\\[.*?\\\]"
    r"|\\(?:label|(?:[cC]|auto|eq|page)?ref|[cC]ite[a-z]*|includegraphics|input|include|url|href|bibliography"
    r"|usepackage|begin|end)\*?(?:\[[^\]]*\])*\{[^{}]*\})"
)
CITE = re.compile(r"(?P<space>[ ~]?)(?P<command>\\[cC]ite(?P<kind>[a-zA-Z]*)\*?)(?P<options>(?:\[[^\]]*\]){0,2})"
                  r"\{(?P<keys>[^{}]*)\}")  # fmt: skip
IMAGE = re.compile(r"\\includegraphics\*?\s*(?:\[[^\]]*\])?\s*\{([^{}]+)\}")
FIGURE = re.compile(r"\\begin\{(figure\*?|wrapfigure)\}.*?\\end\{\1\}\n?", re.DOTALL)
FENCE = re.compile(r"^[ \t]*```[a-z]*[ \t]*\n", re.MULTILINE)
UNCLOSED = re.compile(r"\\begin\{(.+?)\} on input line \d+ ended by \\end\{document\}")
IMAGES = (".pdf", ".png", ".jpg", ".jpeg")


def installed(package: str) -> bool:
    """Whether TeX has the package."""
    if shutil.which("kpsewhich") is None:
        return False
    done = subprocess.run(["kpsewhich", f"{package}.sty"], capture_output=True, check=False, timeout=20)
    return bool(done.stdout.strip())


def auto_repair(folder: Path, problems: Sequence[Problem], main: str = "paper.tex") -> list[str]:
    """Mend what rules can in the .tex files of the folder; the answer says what was done, a line for each change.

    An empty answer means that nothing was changed. Compile again after it: one error can hide others.
    Raises InputError where a .tex or .bib file is not UTF-8.
    """
    done: list[str] = []
    for path in sorted(path for path in folder.glob("**/*.tex") if not path.is_symlink()):
        name = path.relative_to(folder).as_posix()
        text = read_text(path)
        mended = _Mending(folder, name, text, name == main)
        mended.run([problem for problem in problems if problem.file in ("", name)], problems)
        if mended.text != text:
            write_atomic(path, mended.text)
            done += [f"{name}: {line}" for line in dict.fromkeys(mended.done)]
    return done


class _Mending:
    """The source of one file, and what was done to it."""

    def __init__(self, folder: Path, name: str, text: str, main: bool) -> None:
        self.folder, self.name, self.text, self.main = folder, name, text, main
        self.done: list[str] = []

    def run(self, problems: Sequence[Problem], everywhere: Sequence[Problem]) -> None:
        """Lines first, while their numbers hold; then what changes the number of lines."""
        for problem in problems:
            self._line(problem)
        for problem in everywhere:
            if problem.kind == "undefined citation":
                self._citation(problem.subject)
            elif problem.kind == "unicode":
                self._replace(problem.subject, unicode_to_latex(problem.subject), "character")
            elif problem.kind == "missing file":
                self._file(problem.subject)
            elif problem.kind == "undefined command" and self.main:
                self._package(problem.subject)
        self._percent()
        self._sub(FENCE, "", "took out a fence of Markdown")
        if self.main:
            self._end(everywhere)

    def _replace(self, old: str, new: str, what: str) -> None:
        if old and old in self.text and new != old:
            self.text = self.text.replace(old, new)
            self.done.append(f"replaced the {what} {old} by {new or 'nothing'}")

    def _sub(self, pattern: re.Pattern[str], new: str | Callable[[re.Match[str]], str], what: str) -> None:
        changed = pattern.sub(new, self.text)
        if changed != self.text:
            self.text = changed
            self.done.append(what)

    def _line(self, problem: Problem) -> None:
        """Escape a special character in the line that the error names."""
        signs = _special_signs(problem.message) if problem.kind == "error" else ""
        lines = self.text.split("\n")
        if not signs or not problem.line or problem.line > len(lines):
            return
        before = lines[problem.line - 1]
        code, comment = _split_comment(before)
        lines[problem.line - 1] = "".join(_escape_outside(code, signs)) + comment
        if lines[problem.line - 1] != before:
            self.text = "\n".join(lines)
            self.done.append(f"line {problem.line}: escaped {' and '.join(signs)} in text")

    def _percent(self) -> None:
        places = list(lost_percents(self.text))
        for place in reversed(places):
            self.text = f"{self.text[:place]}\\{self.text[place:]}"
        if places:
            self.done.append(f'escaped {len(places)} "%" behind a number, where it made the rest a comment')

    def _citation(self, key: str) -> None:
        """Name the entry as the .bib file does, or leave the key out."""
        known = _known_keys(self.folder)
        near = next((other for other in known if _folded(other) == _folded(key)), "")

        def changed(found: re.Match[str]) -> str:
            keys = [part.strip() for part in found["keys"].split(",")]
            if key not in keys:
                return found[0]
            kept = [near if part == key else part for part in keys if part != key or near]
            if kept:
                return f"{found['space']}{found['command']}{found['options']}{{{','.join(kept)}}}"
            return f"{found['space']}earlier work" if found["kind"].startswith(("t", "author")) else ""

        what = f"renamed citation {key} to {near}" if near else f"took out citation {key}, which has no entry"
        self._sub(CITE, changed, what)

    def _file(self, name: str) -> None:
        """A missing image, package or part."""
        if name.endswith((".sty", ".cls", ".bst")):
            package = re.escape(name.rpartition(".")[0])
            self._sub(
                re.compile(rf"^[ \t]*\\(?:usepackage|RequirePackage)(?:\[[^\]]*\])?\{{{package}\}}.*\n", re.MULTILINE),
                "", f"took out package {name}, which is not installed",
            )  # fmt: skip
            self._sub(
                re.compile(rf"(\\usepackage(?:\[[^\]]*\])?\{{)([^{{}}]*\b{package}\b[^{{}}]*)(\}})"),
                lambda m: m[1] + ",".join(p for p in m[2].split(",") if p.strip() != name.rpartition(".")[0]) + m[3],
                f"took out package {name}, which is not installed",
            )
            return
        if other := _same_image(self.folder, name):
            self._sub(
                IMAGE, lambda m: m[0].replace(m[1], other) if m[1].strip() == name else m[0],
                f"image {name} is {other}",
            )  # fmt: skip
            return
        self._sub(
            FIGURE, lambda m: "" if _only_image(m[0], name) else m[0], f"took out the figure of {name}, no such file"
        )
        self._sub(
            IMAGE, lambda m: "" if m[1].strip() == name else m[0], f"took out the image {name}, no such file"
        )  # fmt: skip

    def _package(self, name: str) -> None:
        """Load the package that has the command or environment, or define a stand-in."""
        package = PACKAGE_OF.get(name)
        if package and installed(package) and not re.search(rf"\\usepackage[^\n]*\b{package}\b", self.text):
            line, what = f"\\usepackage{{{package}}}", f"loaded package {package} for {name}"
        elif name in STAND_INS and STAND_INS[name] not in self.text:
            line, what = STAND_INS[name], f"defined a stand-in for {name}"
        else:
            return
        begin = self.text.find("\\begin{document}")
        if begin >= 0:
            self.text = f"{self.text[:begin]}{line}\n{self.text[begin:]}"
            self.done.append(what)

    def _end(self, problems: Sequence[Problem]) -> None:
        """Close environments that are open at the end, and the document."""
        for problem in problems:
            if (found := UNCLOSED.search(problem.message)) and "\\end{document}" in self.text:
                opened = self.text.rindex(f"\\begin{{{found[1]}}}") if f"\\begin{{{found[1]}}}" in self.text else 0
                end = END.search(masked_source(self.text), opened)
                at = end.start() if end else self.text.rindex("\\end{document}")
                self.text = f"{self.text[:at]}\\end{{{found[1]}}}\n{self.text[at:]}"
                self.done.append(f"closed {found[1]}")
        code = without_comments(self.text)
        if "\\begin{document}" in code and "\\end{document}" not in code:
            self.text = f"{self.text.rstrip()}\n\\end{{document}}\n"
            self.done.append("added \\end{document}")


def _special_signs(message: str) -> str:
    """The signs that an error of TeX is about."""
    if message.startswith("Missing $ inserted"):
        return "_^"
    if message.startswith("Misplaced alignment tab"):
        return "&"
    return "#" if "macro parameter character" in message else ""


def _split_comment(line: str) -> tuple[str, str]:
    found = re.search(r"(?<!\\)%", line)
    return (line[: found.start()], line[found.start() :]) if found else (line, "")


def _escape_outside(code: str, signs: str) -> Iterator[str]:
    """The line's parts; the signs are escaped where they are neither in mathematics nor in names and keys."""
    for index, part in enumerate(PROTECTED.split(code)):
        if index % 2:
            yield part
        else:
            yield re.sub(f"[{re.escape(signs)}]", lambda m: r"\^{}" if m[0] == "^" else f"\\{m[0]}", part)


def _known_keys(folder: Path) -> list[str]:
    files = sorted(folder.glob("*.bib"))
    return [key for file in files for key in re.findall(r"@\w+\s*\{\s*([^,\s{}]+)\s*,", read_text(file))]


def _folded(key: str) -> str:
    return re.sub(r"[^a-z0-9]", "", key.lower())


def _same_image(folder: Path, name: str) -> str:
    """An image of the same name in another case, format or folder, where there is just one."""
    stem = Path(name).stem.lower() if Path(name).suffix.lower() in IMAGES else Path(name).name.lower()
    found = [path for path in folder.rglob("*") if path.suffix.lower() in IMAGES and path.stem.lower() == stem]
    return found[0].relative_to(folder).as_posix() if len(found) == 1 else ""


def _only_image(environment: str, name: str) -> bool:
    images = [image.strip() for image in IMAGE.findall(environment)]
    return bool(images) and set(images) == {name}
