r"""Random changes to LaTeX and BibTeX sources, read by everything that reads them: `python tests/fuzz/latex.py`.

Prints how many were read and how many crashed or took longer than `SLOWEST` seconds. Each such input is kept as a file
in `--keep`; the test of `tests/data/test_tex_reader.py` reads those that stand in `tests/fuzz/kept/latex`.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from peerassay.data.papers.tex.bibliography import bibliography_of, from_bbl
from peerassay.data.papers.tex.bibtex import read_entries
from peerassay.data.papers.tex.document import read_tex
from peerassay.data.papers.tex.paper import tex_text
from peerassay.generator.literature.bibtex import parse_bib
from peerassay.generator.provenance.sources import check_citations, check_figures
from peerassay.generator.provenance.tex import tex_passages

sys.path.insert(0, str(Path(__file__).parents[1] / "data"))
from tex_kinds import KINDS

SLOWEST = 20
KEPT = Path(__file__).parent / "kept" / "latex"
TOKENS = [
    "\\begin{", "\\end{", "{", "}", "[", "]", "$", "$$", "%", "&", "#1", "##", "\\\\", "\n", "\n\n", "\r", "~", "^",
    "_", "\\input{part}", "\\input{main}", "\\include{", "\\iffalse ", "\\else ", "\\fi ", "\\or ", "\\ifx",
    "\\ifnum", "\\ifcase", "\\newif\\ifz", "\\ztrue ", "\\def\\x", "\\edef\\x{\\x}",
    "\\newcommand{\\x}[2][a]{#1#2}", "\\x ", "\\let\\y\\x ", "\\csname ", "\\endcsname ", "\\expandafter",
    "\\global", "\\verb|", "|", "\\begin{verbatim}", "\\end{verbatim}", "\\begin{comment}", "\\end{comment}",
    "\\begin{document}", "\\end{document}", "\\endinput ", "\\cite{", "\\citep[", "\\num{", "\\SI{", "\\caption{",
    "\\section{", "\\begin{tabular}{ll}", "\\end{tabular}", "\\multicolumn{2}{c}{", "\\includegraphics{",
    "\\textcolor{white}{", "\\bibitem{", "\\bibliography{refs}", "\\footnote{", "\\sbox", "\\usebox", "\\title{",
    "0.957", "1e999", "\\fontsize{0}{0}", "\\AtEndDocument{", "\\newenvironment{foo}{",
    "\\NewDocumentCommand\\x{s o m}{", "@misc{a,", "title = {", "= \"", "#", "@string{", "@comment{",
    "\\entry{a}{b}{c}", "\\field{title}{", "\0", "\ud800", "é", "数",
]  # fmt: skip
BIBS = [
    '@article{a, title={One {Two}}, author={A and B}, year=2020}\n@string{j = {J}}\n@misc{b, title = j # " x"}\n',
    '@comment{jabref-meta: a@b{c;}\n}\n@inproceedings(p, crossref = {q}, title = "T {"} x")\n@proceedings{q, year=1}',
    "\\begin{thebibliography}{1}\\bibitem[S(2020)]{a} S. \\newblock T.\\end{thebibliography}\n"
    "\\entry{a}{article}{}\\name{author}{1}{}{{{hash=a}{family={S}, given={J}}}}\\field{title}{T}\\endentry",
]


def changed(draw: random.Random, text: str, others: list[str]) -> str:
    """The text with some of its pieces deleted, doubled, moved, or replaced by tokens and by pieces of other texts."""
    for _ in range(draw.randint(1, 8)):
        start = draw.randint(0, len(text))
        end = min(len(text), start + draw.choice((0, 1, 3, 10, 50, 300)))
        other = draw.choice(others)
        at = draw.randint(0, len(other))
        many = draw.choice(TOKENS) * draw.choice((2, 30, 500))
        moved = text[end : end + 40] + text[start:end]
        piece = draw.choice(("", text[start:end] * 2, draw.choice(TOKENS), many, other[at : at + 60], moved))
        text = text[:start] + piece + text[end:]
    return text[:100_000]


def read_everything(folder: Path, text: str) -> None:
    """Read a text as a paper for review and audit, and as a bibliography."""
    (folder / "refs.bib").write_text(text[-3000:], encoding="utf-8", errors="replace")
    main = folder / "main.tex"
    tex_text(main, text)
    document = read_tex(main, text)
    assert len(document.source.places) == len(document.text)
    tex_passages(document)
    check_figures(document, folder)
    check_citations(document, bibliography_of(document), None)
    read_entries(text)
    parse_bib(text)
    from_bbl(text)


def attempt(read: Callable[[Path, str], None], folder: Path, text: str) -> str:
    """What went wrong, empty where nothing did."""

    def stop(*_: object) -> None:
        raise TimeoutError(f"more than {SLOWEST} s")

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(SLOWEST)
    try:
        read(folder, text)
    except Exception:
        return traceback.format_exc()
    finally:
        signal.alarm(0)
    return ""


def main() -> int:
    """Run until the time is over; returns how many inputs failed, at most 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--keep", type=Path, default=KEPT)
    options = parser.parse_args()
    draw = random.Random(options.seed if options.seed is not None else time.time_ns())
    crashes: dict[str, str] = {}
    count, slowest = 0, 0.0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        seeds = [kind.write(folder).read_bytes().decode() for kind in KINDS] + BIBS
        (folder / "part.tex").write_text("Part \\x{0.5} \\cite{a}.")
        end = time.monotonic() + options.seconds
        while time.monotonic() < end:
            text = changed(draw, draw.choice(seeds) + draw.choice(("", draw.choice(seeds))), seeds)
            start = time.monotonic()
            wrong = attempt(read_everything, folder, text)
            slowest = max(slowest, time.monotonic() - start)
            count += 1
            where = wrong.strip().rpartition("\n  File ")[2]
            if wrong and where not in crashes:
                crashes[where] = wrong
                options.keep.mkdir(parents=True, exist_ok=True)
                data = text.encode("utf-8", "surrogatepass")
                (options.keep / f"{hashlib.sha256(data).hexdigest()[:12]}.tex").write_bytes(data)
                print(wrong, file=sys.stderr)
    print(f"{count} inputs read, {len(crashes)} kinds of crash, slowest {slowest:.1f} s")
    return int(bool(crashes))


if __name__ == "__main__":
    sys.exit(main())
