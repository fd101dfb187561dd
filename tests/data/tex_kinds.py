# ruff: noqa: E501
r"""Small LaTeX papers of every kind, each with the numbers that its PDF prints, in order: "101 102" for 0.101, 0.102.

Numbers that are in a source but not in its list must not be read. Those with `base` need nothing beside LaTeX itself
and its recommended packages, and were compared with what pdflatex prints.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Kind:
    """A paper; `main` is the whole main file where it is no article with body and preamble."""

    name: str
    printed: str
    body: str
    preamble: str = ""
    files: dict[str, str] = field(default_factory=dict)
    main: str = ""
    base: bool = True

    def write(self, folder: Path) -> Path:
        """Write the paper and its files; gives the main file."""
        whole = f"\\documentclass{{article}}\n{self.preamble}\n\\begin{{document}}\n{self.body}\n\\end{{document}}\n"
        for name, text in {"main.tex": self.main or whole, **self.files}.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(text.encode())
        return folder / "main.tex"


KINDS = [
    Kind("input-braces", "102 101", r"\input{a} A0.101", files={"a.tex": r"0.102"}),
    Kind(
        "input-bare",
        "102 101",
        r"""\input a
A 0.101""",
        files={"a.tex": r"0.102"},
    ),
    Kind("input-bare-relax", "102 101", r"\input a.tex\relax A 0.101", files={"a.tex": r"0.102"}),
    Kind("input-quotes", "102 101", r"""\input{"a b"} 0.101""", files={"a b.tex": r"0.102"}),
    Kind("input-dotname", "102 101", r"\input{a.v2} 0.101", files={"a.v2.tex": r"0.102"}),
    Kind("include", "102 101", r"\include{a} 0.101", files={"a.tex": r"0.102"}),
    Kind(
        "includeonly",
        "103 101",
        r"\include{a}\include{b} 0.101",
        preamble=r"\includeonly{b}",
        files={"a.tex": r"0.102", "b.tex": r"0.103"},
    ),
    Kind(
        "endinput",
        "102 103 101",
        r"\input{a} 0.101",
        files={
            "a.tex": r"""0.102 \endinput 0.103
0.104"""
        },
    ),
    Kind(
        "after-end",
        "101",
        "",
        main=r"""\documentclass{article}
\begin{document}0.101\end{document}
0.102""",
    ),
    Kind("iffalse", "101 103 104", r"0.101 \iffalse 0.102 \else 0.103 \fi 0.104"),
    Kind("iffalse-nested", "101 105", r"0.101 \iffalse 0.102 \iftrue 0.103 \else 0.107 \fi 0.104 \fi 0.105"),
    Kind(
        "iffalse-comment",
        "101 105",
        r"""0.101 \iffalse 0.102 % \fi
 0.103 \fi 0.105""",
    ),
    Kind(
        "newif",
        "103 104",
        r"\ifx\y\z 0.101 \fi \ifd 0.102 \else 0.103 \fi \dtrue \ifd 0.104 \else 0.105 \fi",
        preamble=r"\newif\ifd \def\y{a}\def\z{b}",
    ),
    Kind("newif-group", "101 103", r"{\dtrue \ifd 0.101 \fi}\ifd 0.102 \else 0.103 \fi", preamble=r"\newif\ifd"),
    Kind("ifnum", "101 103", r"\ifnum\x>3 0.101 \else 0.102 \fi \ifnum 2=2 0.103\else 0.104\fi", preamble=r"\def\x{5}"),
    Kind("ifcase", "102", r"\ifcase\x\relax 0.101 \or 0.102 \or 0.103 \else 0.104 \fi", preamble=r"\def\x{1}"),
    Kind("ifx-empty", "101 104", r"\def\x{}\ifx\x\empty 0.101\else 0.102\fi \def\x{a}\ifx\x\empty 0.103\else 0.104\fi"),
    Kind("ifx-undefined", "101", r"\ifx\finalcopy\undefined 0.101\else 0.102\fi"),
    Kind(
        "ifthenelse",
        "101 103 106",
        r"\ifthenelse{\boolean{d}}{0.101}{0.102}\ifthenelse{\equal{\x}{a}}{0.103}{0.104} \ifthenelse{\NOT \boolean{d} \AND 1<2}{0.105}{0.106}",
        preamble=r"\usepackage{ifthen}\newboolean{d}\setboolean{d}{true}\def\x{a}",
    ),
    Kind(
        "etoolbox",
        "101 104 106 108 109",
        r"\iftoggle{d}{0.101}{0.102} \ifbool{e}{0.103}{0.104} \ifdef{\foo}{0.105}{0.106} \ifstrequal{a}{b}{0.107}{0.108} \notblank{x}{0.109}{0.110}",
        preamble=r"\usepackage{etoolbox}\newtoggle{d}\toggletrue{d}\newbool{e}",
    ),
    Kind(
        "comment-env",
        "101 103",
        r"""0.101
\begin{comment}
0.102
\end{comment}
0.103""",
        preamble=r"\usepackage{comment}",
        base=False,
    ),
    Kind(
        "exclude",
        "101 103",
        r"""0.101
\begin{foo}
0.102
\end{foo}
\begin{bar}
0.103
\end{bar}""",
        preamble=r"\usepackage{comment}\excludecomment{foo}\includecomment{bar}",
        base=False,
    ),
    Kind(
        "excl-own-env",
        "101 103",
        r"""0.101
\begin{foo}
0.102
\end{foo}
0.103""",
        preamble=r"\usepackage{comment}\newenvironment{foo}{\comment}{\endcomment}",
        base=False,
    ),
    Kind(
        "percent-join",
        "101 102 103",
        r"""0.1%
01 and 0.%
102 and 0.103% 0.104
 and 50\%""",
    ),
    Kind(
        "macro",
        "101 103 102 104 105 107 106 101",
        r"\za{} \zb{0.103} \zc[0.104]{0.105} \zc{0.106} \zd",
        preamble=r"\newcommand\za{0.101}\newcommand{\zb}[1]{#1 0.102}\newcommand{\zc}[2][0.107]{#1 #2}\def\zd{\za}",
    ),
    Kind("def-delim", "101 102", r"\q 0.101; \w(0.102)", preamble=r"\def\q#1;{[#1]}\def\w(#1){<#1>}"),
    Kind("let", "102 101", r"\let\b\a \def\a{0.102}\a\ \b", preamble=r"\def\a{0.101}"),
    Kind("edef", "101", r"\def\a{0.101}\edef\b{\a}\def\a{0.102}\b"),
    Kind(
        "local-def",
        "102 101 103 101 104",
        r"\def\a{0.101}{\def\a{0.102}\a}\a \begin{center}\def\a{0.103}\a\end{center}\a {\gdef\a{0.104}}\a",
    ),
    Kind("redef", "101 102", r"\za \renewcommand{\za}{0.102} \za", preamble=r"\newcommand{\za}{0.101}"),
    Kind(
        "provide",
        "101 103",
        r"\providecommand{\za}{0.102} \za \providecommand{\zb}{0.103} \zb",
        preamble=r"\newcommand{\za}{0.101}",
    ),
    Kind(
        "xparse",
        "108 106 101 108 102 103 107 106 104 109 105",
        r"\x{0.101} \x[0.102]{0.103} \x*{0.104} \y{0.105}",
        preamble=r"\NewDocumentCommand{\x}{s O{0.106} m}{\IfBooleanTF{#1}{0.107}{0.108} #2 #3}\NewDocumentCommand{\y}{o m}{\IfNoValueTF{#1}{0.109}{#1} #2}",
    ),
    Kind(
        "csname",
        "101 102",
        r"\csname a1\endcsname \expandafter\def\csname b2\endcsname{0.102}\csname b2\endcsname",
        preamble=r"\expandafter\newcommand\csname a1\endcsname{0.101}",
    ),
    Kind("namedef", "101 101", r"\makeatletter\@namedef{r-x}{0.101}\@nameuse{r-x}\makeatother \csname r-x\endcsname"),
    Kind(
        "newenv",
        "101 103 102 104",
        r"\begin{foo}{0.101} 0.102 \end{foo}",
        preamble=r"\newenvironment{foo}[1]{#1 0.103}{0.104}",
    ),
    Kind("verb", "101 102 103 104", r"\verb|0.101 % \iffalse| 0.102 \verb*+0.103+ 0.104"),
    Kind(
        "verbatim",
        "101 102 103",
        r"""\begin{verbatim}
0.101 % 0.102 \x{}
\end{verbatim}
0.103""",
    ),
    Kind(
        "lstlines",
        "102 103",
        r"\lstinputlisting[firstline=2,lastline=3]{a.py}",
        preamble=r"\usepackage{listings}",
        files={
            "a.py": r"""0.101
0.102
0.103
0.104
"""
        },
    ),
    Kind(
        "filecontents",
        "101",
        "",
        main=r"""\begin{filecontents}{n.tex}
\newcommand{\za}{0.101}
\end{filecontents}
\documentclass{article}\input{n}\begin{document}\za\end{document}""",
    ),
    Kind(
        "ifexists",
        "101 104 105 109 108",
        r"\IfFileExists{a.tex}{0.101}{0.102} \IfFileExists{z.tex}{0.103}{0.104} \InputIfFileExists{a}{0.105}{0.106} \InputIfFileExists{z}{0.107}{0.108}",
        files={"a.tex": r"0.109"},
    ),
    Kind(
        "inputpath",
        "101",
        r"\input{a}",
        preamble=r"\makeatletter\def\input@path{{sub/}{sub2/}}\makeatother",
        files={"sub2/a.tex": r"0.101"},
    ),
    Kind(
        "macro-path",
        "101 102",
        r"\input{\dir/a}",
        preamble=r"\newcommand{\dir}{sub}",
        files={"sub/a.tex": r"0.101 \input{\dir/b}", "sub/b.tex": r"0.102"},
    ),
    Kind(
        "ownsty",
        "101 102",
        r"\best{} and \other{}",
        preamble=r"\usepackage{mynums}",
        files={
            "mynums.sty": r"""\ProvidesPackage{mynums}
\newcommand{\best}{0.101}
\RequirePackage{graphicx}\newcommand\other{0.102}
"""
        },
    ),
    Kind(
        "begin-space",
        "101 102",
        "",
        main=r"""\documentclass{article}
\begin {document}
0.101 \begin {center}0.102\end {center}
\end {document} 0.103""",
    ),
    Kind(
        "begin-comment",
        "101",
        "",
        main=r"""% \begin{document} 0.102
\documentclass{article}
\begin{document}
0.101
\end{document} 0.103""",
    ),
    Kind("atend", "103 101 102", r"0.101", preamble=r"\AtEndDocument{0.102}\AtBeginDocument{0.103}"),
    Kind("sbox", "101 102", r"\sbox{\x}{0.102}0.101 \usebox{\x}", preamble=r"\newsavebox{\x}"),
    Kind("setbox", "101", r"\setbox0=\hbox{0.102}0.101"),
    Kind(
        "href",
        "101 103",
        r"\href{http://x.org/a%20b}{link} 0.101 \url{http://a.b/%200.102} 0.103",
        preamble=r"\usepackage{hyperref}",
    ),
    Kind(
        "href-arg",
        "101 103",
        r"\footnote{\href{http://x.org/a\%20b}{link} 0.101} 0.103",
        preamble=r"\usepackage{hyperref}",
    ),
    Kind(
        "table-input",
        "101 102",
        r"""\begin{tabular}{lr}
a & b\\
\input{r}
\end{tabular}""",
        files={"r.tex": r"x & 0.101 \\ y & 0.102 \\"},
    ),
    Kind(
        "table-atinput",
        "101 102",
        r"""\makeatletter\newcommand\tin[1]{\@@input #1 }\makeatother\begin{tabular}{lr}
a & b\\
\tin{r}
\end{tabular}""",
        files={"r.tex": r"x & 0.101 \\ y & 0.102 \\"},
    ),
    Kind(
        "subimport",
        "101 102 104 103 101 102 104 103",
        r"\subimport{s/}{a} \import{s/}{a}",
        preamble=r"\usepackage{import}",
        files={
            "s/a.tex": r"0.101 \subimport{t/}{b} \input{c}",
            "s/t/b.tex": r"0.102 \input{d}",
            "s/c.tex": r"0.103",
            "s/t/d.tex": r"0.104",
            "c.tex": r"0.105",
            "d.tex": r"0.106",
        },
        base=False,
    ),
    Kind(
        "subfile",
        "101 104 103",
        r"\subfile{s/a} 0.103",
        preamble=r"\usepackage{subfiles}",
        files={
            "s/a.tex": r"""\documentclass[../main.tex]{subfiles}
\begin{document}0.101 \input{b}\end{document} 0.102""",
            "s/b.tex": r"0.104",
        },
        base=False,
    ),
    Kind(
        "standalone",
        "101",
        r"\input{fig}",
        preamble=r"\usepackage{standalone}",
        files={"fig.tex": r"\documentclass{standalone}\begin{document}0.101\end{document} 0.102"},
        base=False,
    ),
    Kind(
        "input-in-input-path",
        "101 103",
        r"\input{s/a}",
        files={"s/a.tex": r"0.101 \input{b}", "s/b.tex": r"0.102", "b.tex": r"0.103"},
    ),
    Kind(
        "if-in-macro",
        "102",
        r"\draft{0.101} \keep{0.102}",
        preamble=r"\newif\ifd\newcommand{\draft}[1]{\ifd #1\fi}\newcommand{\keep}[1]{\ifd\else #1\fi}",
    ),
    Kind("todo-empty", "102", r"\todo{0.101} 0.102", preamble=r"\newcommand{\todo}[1]{}"),
    Kind(
        "gobble",
        "102 105",
        r"\makeatletter\@gobble{0.101}\@firstoftwo{0.102}{0.103}\@secondoftwo{0.104}{0.105}\makeatother",
    ),
    Kind(
        "percent-in-def",
        "101",
        r"""\newcommand{\za}{%
  0.101%
}\za""",
    ),
    Kind(
        "def-csnames",
        "101 101",
        r"\def\set#1#2{\expandafter\def\csname v#1\endcsname{#2}}\set{acc}{0.101}\csname vacc\endcsname \newcommand{\get}[1]{\csname v#1\endcsname}\get{acc}",
    ),
    Kind("shortverb", "101 102", r"|0.101 % x| 0.102", preamble=r"\usepackage{shortvrb}\MakeShortVerb{\|}"),
    Kind(
        "ownverb",
        "101 102 103",
        r"""\begin{code}
0.101 % 0.102
\end{code}
0.103""",
        preamble=r"\usepackage{fancyvrb}\DefineVerbatimEnvironment{code}{Verbatim}{}",
    ),
    Kind("ifmmode", "102", r"\ifmmode 0.101\else 0.102\fi"),
    Kind("unless", "101", r"\unless\iffalse 0.101\else 0.102\fi"),
    Kind("iffalse-crossfile", "102", r"\skip 0.101 \fi 0.102", preamble=r"\def\skip{\iffalse}"),
    Kind("newcommandstar", "101 102", r"\newcommand*{\za}{0.101}\za \newcommand*\zb[1]{#1}\zb{0.102}"),
    Kind(
        "protected@def", "101 102 103", r"\protected\def\a{0.101}\a \long\def\b#1{#1}\b{0.102} \global\def\c{0.103}\c"
    ),
    Kind(
        "ifpackageloaded",
        "101 103",
        r"\makeatletter\@ifpackageloaded{graphicx}{0.101}{0.102}\@ifundefined{foo}{0.103}{0.104}\makeatother",
        preamble=r"\usepackage{graphicx}",
    ),
    Kind(
        "begin-macro",
        "101",
        r"\bt 0.101 \et",
        preamble=r"\newcommand{\bt}{\begin{center}}\newcommand{\et}{\end{center}}",
    ),
    Kind(
        "ifstar",
        "101 103 102 104",
        r"\makeatletter\newcommand\zz{\@ifstar{\zsa}{\zsb}}\newcommand\zsa[1]{0.101 #1}\newcommand\zsb[1]{0.102 #1}\makeatother\zz*{0.103} \zz{0.104}",
    ),
    Kind(
        "nextchar",
        "101 103 102 104",
        r"\makeatletter\newcommand\s{\@ifnextchar[{\sa}{\sb}}\def\sa[#1]{0.101 #1}\def\sb#1{0.102 #1}\makeatother\s[0.103] \s{0.104}",
    ),
    Kind("gather", "", r"\begin{foo}0.101\end{foo}", preamble=r"\NewDocumentEnvironment{foo}{+b}{}{}"),
    Kind("lrbox", "102", r"\newsavebox{\x}\begin{lrbox}{\x}0.101\end{lrbox}0.102"),
    Kind("sboxhide", "102", r"\setbox0=\vbox{0.101 \begin{tabular}{c}0.103\end{tabular}}0.102"),
    Kind("newcommand-with-def-inside", "101", r"\newcommand{\setup}[1]{\def\result{#1}}\setup{0.101}\result"),
    Kind("appendto", "101 102", r"\def\a{0.101}\appto{\a}{0.102}\a", preamble=r"\usepackage{etoolbox}"),
    Kind("gappto", "101 102", r"\makeatletter\def\a{0.101}\g@addto@macro\a{0.102}\a\makeatother"),
    Kind("iftex", "101", r"\ifPDFTeX 0.101\else 0.102\fi", preamble=r"\usepackage{iftex}"),
    Kind("include-space", "102 101", r"\input{ a }0.101", files={"a.tex": r"0.102"}),
    Kind("if-char", "101 104", r"\def\m{1}\if1\m 0.101\else 0.102\fi \if\m0 0.103\else 0.104\fi"),
    Kind("ifodd", "101", r"\ifodd 3 0.101\else 0.102\fi"),
    Kind("ifdim", "101", r"\ifdim 3pt<5pt 0.101\else 0.102\fi"),
    Kind("num-split", "101 103", r"0\acc{} and 0.\half{}3", preamble=r"\newcommand{\acc}{.101}\newcommand\half{10}"),
    Kind(
        "input-in-if", "102", r"\newif\ifz\ifz\input{a}\else\input{b}\fi", files={"a.tex": r"0.101", "b.tex": r"0.102"}
    ),
    Kind("marginpar", "101 102", r"x\marginpar{0.101} \footnote{0.102}"),
    Kind("texorpdf", "101", r"\section{\texorpdfstring{0.101}{0.102}}", preamble=r"\usepackage{hyperref}"),
    Kind("typeout", "103", r"\typeout{0.101}\message{0.102}0.103 \index{0.104}"),
    Kind(
        "hyper",
        "102 103 105",
        r"\hypertarget{0.101}{0.102} \hyperlink{0.101}{0.103} \hyperref[0.104]{0.105}",
        preamble=r"\usepackage{hyperref}",
    ),
    Kind("penalty", "101 102", r"\looseness=-1 \tolerance=1000 0.101\par 0.102"),
    Kind("def-in-arg", "101 102", r"\textbf{\def\q{0.101}\q}\q", preamble=r"\def\q{0.102}"),
    Kind("nested-cmds", "102 101", r"\newcommand{\outer}[1]{\newcommand{\inner}[1]{##1 #1}}\outer{0.101}\inner{0.102}"),
    Kind("csname-expand", "101", r"\def\k{acc}\expandafter\def\csname v\k\endcsname{0.101}\csname v\k\endcsname"),
    Kind("newcmd-opt-only", "101 102", r"\zz[0.101] \zz", preamble=r"\newcommand{\zz}[1][0.102]{#1}"),
    Kind(
        "star-opt",
        "103 101 102",
        r"\zz*[0.101]{0.102}",
        preamble=r"\NewDocumentCommand{\zz}{s o m}{\IfBooleanT{#1}{0.103}\IfValueT{#2}{#2}#3}",
    ),
    Kind("ifdef-paths", "102", r"\ifdefined\final 0.101 \fi \def\final{} \ifdefined\final 0.102\fi"),
    Kind(
        "comment-inside-arg",
        "101 103",
        r"""\textbf{0.101 % 0.102 }
 0.103}""",
    ),
    Kind(
        "percent-eol-macro",
        "101",
        r"""\zz%
{0.101}""",
        preamble=r"\newcommand{\zz}[1]{#1}",
    ),
    Kind("space-eating", "102 101", r"\zz 0.101", preamble=r"\newcommand{\zz}{0.102\ }"),
    Kind(
        "two-docs",
        "101",
        "",
        main=r"""\documentclass{article}
\begin{document}
0.101
\end{document}
\documentclass{article}\begin{document}0.102\end{document}""",
    ),
    Kind("input-enddoc", "101 102", r"0.101 \input{a} 0.103", files={"a.tex": r"0.102 \end{document} 0.104"}),
    Kind("catcode-at", "101", r"\makeatletter\def\a@b{0.101}\a@b\makeatother"),
    Kind("toks", "101", r"\let\bgr=\begingroup \bgr \def\q{0.101}\q \endgroup"),
    Kind("ensuremath", "101 102", r"\zz", preamble=r"\newcommand{\zz}{\ensuremath{0.101 \pm 0.102}}"),
    Kind("xspace", "101", r"\zz is", preamble=r"\usepackage{xspace}\newcommand{\zz}{0.101\xspace}"),
    Kind(
        "caption-table",
        "101 102",
        r"\begin{table}\caption[short]{Long 0.101}\begin{tabular}{l}0.102\end{tabular}\end{table}",
    ),
    Kind("ifx-args", "102 101", r"\zz{}\zz{0.101}", preamble=r"\def\zz#1{\def\tmp{#1}\ifx\tmp\empty 0.102\else #1\fi}"),
    Kind("ifx-char", "101 102", r"\zz a\zz b", preamble=r"\def\zz#1{\ifx#1a0.101\else 0.102\fi}"),
    Kind(
        "env-opt",
        "101 102 104 103",
        r"\begin{foo}[0.101]{0.102}x\end{foo}\begin{foo}{0.103}x\end{foo}",
        preamble=r"\newenvironment{foo}[2][0.104]{#1 #2}{}",
    ),
    Kind(
        "nested-env",
        "102 102 101 103 103",
        r"\begin{foo}\begin{foo}0.101\end{foo}\end{foo}",
        preamble=r"\newenvironment{foo}{(0.102}{0.103)}",
    ),
    Kind(
        "env-group",
        "101 102",
        r"\begin{foo}\zz\end{foo}\zz",
        preamble=r"\newenvironment{foo}{\def\zz{0.101}}{}\def\zz{0.102}",
    ),
    Kind(
        "appendix",
        "101 104 102",
        r"""0.101
\begin{thebibliography}{9}\bibitem{a} A 0.104\end{thebibliography}\appendix\section{B}0.102""",
    ),
    Kind(
        "lineend-bs",
        "101 102",
        r"""0.101\
0.102""",
    ),
    Kind(
        "input-trailing-comment",
        "102 101",
        r"""\input{a}% comment 0.103
0.101""",
        files={"a.tex": r"0.102"},
    ),
    Kind("input-upper", "102", r"\input{A.TEX}", files={"A.TEX": r"0.102"}),
    Kind(
        "ifthenelse-num",
        "101 103",
        r"\ifthenelse{\x > 3}{0.101}{0.102}\ifthenelse{\isodd{3}}{0.103}{0.104}",
        preamble=r"\usepackage{ifthen}\newcommand{\x}{5}",
    ),
    Kind(
        "newboolean-late",
        "101 103",
        r"\setboolean{z}{true}\ifz 0.101\else 0.102\fi \setboolean{z}{false}\ifthenelse{\boolean{z}\OR 1=1}{0.103}{0.104}",
        preamble=r"\usepackage{ifthen}\newboolean{z}",
    ),
    Kind("ifnum-nested", "102", r"\ifnum1=1 \ifnum2=3 0.101\else 0.102\fi\else 0.103\fi"),
    Kind("or-nested", "102", r"\ifcase 1 0.101\or \ifcase 0 0.102\or 0.103\fi \or 0.104\fi"),
    Kind("let-if", "101 104", r"\let\ifz\iftrue \ifz 0.101\else 0.102\fi \let\ifz\iffalse \ifz 0.103\else 0.104\fi"),
    Kind("iffalse-newif", "103", r"\iffalse \ifz 0.101 \fi 0.102 \fi 0.103", preamble=r"\newif\ifz"),
    Kind(
        "long-macro-par",
        "101 102",
        r"""\zz{0.101

0.102}""",
        preamble=r"\newcommand{\zz}[1]{#1}",
    ),
    Kind("protected-edef", "101", r"\makeatletter\protected@edef\q{0.101}\q\makeatother"),
    Kind("gdef-in-group", "101 102", r"{\global\def\q{0.101}}\q {\xdef\q{0.102}}\q"),
    Kind("advance", "104 104", r"\newcounter{k}\setcounter{k}{3}\stepcounter{k}0.10\arabic{k} 0.10\thek"),
    Kind("tabbing", "101 102 103", r"\begin{tabbing}0.101 \= 0.102 \\ 0.103\end{tabbing}"),
    Kind(
        "verbatim-in-macrofile",
        "101",
        r"\input{a}",
        files={
            "a.tex": r"""\begin{verbatim}
0.101\end{foo}%
\end{verbatim}"""
        },
    ),
    Kind("subdir-mainrel", "101", r"\input{s/a}", files={"s/a.tex": r"\input{s/b}", "s/b.tex": r"0.101"}),
    Kind("input-noext-dir", "101 101", r"\input{./s/a} \input{s//a}", files={"s/a.tex": r"0.101"}),
    Kind(
        "let-conditional",
        "101 104",
        r"\ifz 0.101\else 0.102\fi \let\ifz\iffalse \ifz 0.103\else 0.104\fi",
        preamble=r"\let\ifz\iftrue",
    ),
    Kind(
        "ifdefined",
        "102 103 105 108 109",
        r"\ifdefined\foo 0.101\else 0.102\fi \ifdefined\x 0.103\else 0.104\fi \ifcsname x\endcsname 0.105\else 0.106\fi \ifcsname nox\endcsname 0.107\else 0.108\fi \ifcsname \y\endcsname 0.109\else 0.110\fi",
        preamble=r"\def\x{1}\def\y{x}",
    ),
    Kind(
        "ifnum-value",
        "101 104 105",
        r"\ifnum\value{n}>2 0.101\else 0.102\fi \setcounter{n}{1}\ifnum\value{n}>2 0.103\else 0.104\fi \ifnum\y<-2 0.105\else 0.106\fi",
        preamble=r"\newcounter{n}\setcounter{n}{4}\def\x{-6}\def\y{\x}",
    ),
    Kind("ifodd", "101 104", r"\ifodd 3 0.101\else 0.102\fi \ifodd\x 0.103\else 0.104\fi", preamble=r"\def\x{4}"),
    Kind(
        "if-characters",
        "101 104 105 108 109 112",
        r"\if aa0.101\else 0.102\fi \if ab0.103\else 0.104\fi \if\x a0.105\else 0.106\fi \if\x\y 0.107\else 0.108\fi \if\z 0.109\else 0.110\fi \ifx ab0.111\else 0.112\fi",
        preamble=r"\def\x{a}\def\y{b}\def\z{aa}",
    ),
    Kind(
        "if-relax-argument",
        "101 102",
        r"\q{}\q{a}",
        preamble=r"\newcommand{\q}[1]{\if\relax#1\relax 0.101\else 0.102\fi}",
    ),
    Kind(
        "ifx-alias",
        "101 103",
        r"\let\a\b \ifx\a\b 0.101\else 0.102\fi \let\c\relax \ifx\c\relax 0.103\else 0.104\fi",
        preamble=r"\def\b{1}",
    ),
    Kind(
        "ifdim-units",
        "102 104 105 107 109 112 113",
        r"\ifdim 3cm<5pt 0.101\else 0.102\fi \ifdim 1in=72.27pt 0.103\else 0.104\fi \ifdim 10mm=1cm 0.105\else 0.106\fi \ifdim -1pt<0pt 0.107\else 0.108\fi \ifdim .5pt>0.25 pt 0.109\else 0.110\fi \ifdim 2em<1.5em 0.111\else 0.112\fi \ifdim 1pc=12pt 0.113\else 0.114\fi",
    ),
    Kind(
        "ifthenelse-brackets",
        "101 104 106 107 109 112",
        r"\ifthenelse{\( 1<2 \AND 2<1 \) \OR 3=3}{0.101}{0.102}\ifthenelse{1<2 \AND \( 2<1 \OR 3=4 \)}{0.103}{0.104}\ifthenelse{2<1 \AND \( 1=1 \OR 1=1 \)}{0.105}{0.106}\ifthenelse{\NOT \( 1=1 \AND 1=2 \)}{0.107}{0.108}\ifthenelse{\not 1<2 \or 2<3}{0.109}{0.110}\ifthenelse{2<1 \OR \( 1=1 \AND \NOT \( 1=1 \) \)}{0.111}{0.112}",
        preamble=r"\usepackage{ifthen}",
    ),
    Kind(
        "ifthenelse-tests",
        "101 104 105 108 109 112 113",
        r"\ifthenelse{\value{n}=4}{0.101}{0.102}\ifthenelse{\isodd{\value{n}}}{0.103}{0.104}\ifthenelse{\isundefined{\foo}}{0.105}{0.106}\ifthenelse{\isundefined{\x}}{0.107}{0.108}\ifthenelse{\lengthtest{1pt<2mm}}{0.109}{0.110}\ifthenelse{5=\value{n}}{0.111}{0.112}\ifthenelse{\x<\value{n} \AND \value{n}<5}{0.113}{0.114}",
        preamble=r"\usepackage{ifthen}\newcounter{n}\setcounter{n}{4}\def\x{1}",
    ),
    Kind(
        "etoolbox-empty",
        "101 104 105 107 110 112 113 115 118",
        r"\ifdefempty{\x}{0.101}{0.102}\ifdefempty{\y}{0.103}{0.104}\ifcsempty{x}{0.105}{0.106}\ifdefvoid{\zz}{0.107}{0.108}\ifcsvoid{y}{0.109}{0.110}\ifdefempty{\zz}{0.111}{0.112}\ifdefvoid{\x}{0.113}{0.114}\ifdefvoid{\w}{0.115}{0.116}\ifdefvoid{\textbf}{0.117}{0.118}",
        preamble=r"\usepackage{etoolbox}\def\x{}\def\y{1}\let\w\relax",
    ),
    Kind(
        "etoolbox-strings",
        "101 104 105 107 109 112 113 116 117",
        r"\ifdefstring{\x}{a}{0.101}{0.102}\ifcsstring{x}{b}{0.103}{0.104}\ifstrempty{}{0.105}{0.106}\ifblank{ }{0.107}{0.108}\notbool{e}{0.109}{0.110}\nottoggle{d}{0.111}{0.112}\ifundef{\foo}{0.113}{0.114}\ifcsundef{x}{0.115}{0.116}\ifcsdef{x}{0.117}{0.118}",
        preamble=r"\usepackage{etoolbox}\newbool{e}\newtoggle{d}\toggletrue{d}\def\x{a}",
    ),
    Kind(
        "xparse-values",
        "102 103 101 105 107 106",
        r"\q{}\q[a]{}\w{}\w*{}",
        preamble=r"\NewDocumentCommand{\q}{o m}{\IfValueTF{#1}{0.101}{0.102}\IfNoValueT{#1}{0.103}\IfNoValueF{#1}{0.105}}\NewDocumentCommand{\w}{s m}{\IfBooleanTF{#1}{0.106}{0.107}}",
    ),
    Kind(
        "ifcase-beyond",
        "103 106 108",
        r"\ifcase 5 0.101\or 0.102\else 0.103\fi \ifcase -1 0.104\or 0.105\else 0.106\fi \ifcase\value{n} 0.107\or 0.108\fi",
        preamble=r"\newcounter{n}\setcounter{n}{1}",
    ),
    Kind(
        "ifnum-numexpr",
        "101 104 105 107 110 111 114",
        r"\ifnum\numexpr(1+2)*3 - 4/2\relax=7 0.101\else 0.102\fi \ifnum\numexpr 5/2>3 0.103\else 0.104\fi \ifnum\numexpr -7/2\relax=-4 0.105\else 0.106\fi \ifnum\numexpr\value{n}*2\relax>7 0.107\else 0.108\fi \ifodd\numexpr\n+1\relax 0.109\else 0.110\fi \ifcase\numexpr 3-\n\relax 0.111\or 0.112\fi \unless\ifnum\numexpr 1+1=2 0.113\else 0.114\fi",
        preamble=r"\newcounter{n}\setcounter{n}{\numexpr 2+2\relax}\newcount\n \n=3",
    ),
    Kind(
        "ifnum-literals",
        "101 104 105 107 109 112 113 115",
        r"\ifnum"
        + r""""FF=255 0.101\else 0.102\fi \ifnum'77>63 0.103\else 0.104\fi \ifnum`a=97 0.105\else 0.106\fi \ifnum`\%=37 0.107\else 0.108\fi \ifnum 1\x=12 0.109\else 0.110\fi \ifnum 3>1\x 0.111\else 0.112\fi \ifnum 1\rel--+2 0.113\else 0.114\fi \ifnum\pdfoutput>0 0.115\else 0.116\fi""",
        preamble=r"\def\x{2}\def\rel{<}",
    ),
    Kind(
        "count-registers",
        "101 104 105 107 109 111 113 116 117 119",
        r"\ifnum\n>3 0.101\else 0.102\fi \advance\n by -3 \ifnum\n>3 0.103\else 0.104\fi \multiply\n-5 \divide\n by 3 \ifnum\n=-3 0.105\else 0.106\fi {\n=7 \ifnum\n=7 0.107\else 0.108\fi}\ifnum\n=-3 0.109\else 0.110\fi {\global\advance\n1 }\ifnum-\n=2 0.111\else 0.112\fi \let\m=\n \m=4 \ifnum\n=4 0.113\else 0.114\fi \newcount\k \ifx\k\n 0.115\else 0.116\fi \edef\x{\the\n}\n=1\x\relax \ifnum\n=14 0.117\else 0.118\fi \count255=\n \countdef\q=255 \ifnum\q=\n 0.119\else 0.120\fi",
        preamble=r"\newcount\n \n=5",
    ),
    Kind(
        "count-loops",
        "101 101 101 102 103 103 105",
        r"\loop\ifnum\n<3 0.101 \advance\n by 1 \repeat 0.102 \loop 0.103 \advance\n 1 \ifnum\n<5 \repeat \loop\ifnum\n<3 0.104 \advance\n 1 \repeat 0.105",
        preamble=r"\newcount\n",
    ),
    Kind(
        "count-of-counter",
        "101 104 105 107",
        r"\makeatletter\ifnum\c@n=8 0.101\else 0.102\fi \advance\c@n by \m@ne \ifnum\value{n}=8 0.103\else 0.104\fi \ifnum\value{n}=7 0.105\else 0.106\fi \chardef\q=7 \ifnum\c@n=\q 0.107\fi",
        preamble=r"\newcounter{n}\setcounter{n}{4}\addtocounter{n}{\value{n}}",
    ),
    Kind(
        "ifx-letters",
        "101 104 106 108 109 111 113",
        r"\let\a=b \ifx\a b0.101\else 0.102\fi \ifx\a c0.103\else 0.104\fi \ifx\a\c 0.105\else 0.106\fi \ifx\c b0.107\else 0.108\fi \let\d b\ifx\a\d 0.109\else 0.110\fi \if\a b0.111\else 0.112\fi \let\e={\ifx\e\bgroup 0.113\else 0.114\fi",
        preamble=r"\def\c{b}",
    ),
    Kind(
        "etoolbox-numbers",
        "101 104",
        r"\ifnumcomp{2+1}{>}{\n}{0.101}{0.102}\ifnumequal{\n*2}{5}{0.103}{0.104}",
        preamble=r"\usepackage{etoolbox}\newcount\n \n=2",
    ),
]
