"""Which LaTeX package has a command or environment, and what can stand in for it."""

from __future__ import annotations

import shutil
import subprocess

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


def installed(package: str) -> bool:
    """Whether TeX has the package."""
    if shutil.which("kpsewhich") is None:
        return False
    done = subprocess.run(["kpsewhich", f"{package}.sty"], capture_output=True, check=False, timeout=20)
    return bool(done.stdout.strip())
