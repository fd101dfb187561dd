"""What LaTeX's commands and environments become in text; whatever is not named here loses only its name."""

from __future__ import annotations

import re

MATH = {"equation", "align", "gather", "multline", "eqnarray", "displaymath", "math", "flalign", "alignat"}
SILENT = {"tikzpicture", "CCSXML", "filecontents", "comment", "pspicture", "picture", "axis"}
"""Environments that leave no text."""
KEPT_ENVIRONMENTS = {"abstract"}
"""Environments whose text may begin with a bracket."""
TABLES = {"tabular": 1, "tabular*": 2, "tabularx": 2, "tabulary": 2, "longtable": 1, "array": 1, "minipage": 1,
          "multicols": 1, "wrapfigure": 2, "wraptable": 2, "subfigure": 1, "subtable": 1, "adjustbox": 1,
          "thebibliography": 1, "adjustwidth": 2, "spacing": 1, "algorithm": 0}  # fmt: skip
"""Arguments that belong to the beginning of an environment."""
STATEMENTS = {
    name: name.capitalize()
    for name in ("theorem", "lemma", "proposition", "corollary", "definition", "proof", "remark", "assumption",
                 "example", "claim", "conjecture")
}  # fmt: skip
HEADINGS = {"part": "##", "chapter": "##", "section": "##", "subsection": "###", "subsubsection": "####",
            "paragraph": "", "subparagraph": ""}  # fmt: skip
"""Heading commands and their sign; those without one begin a paragraph."""
CITES = {"cite", "citet", "citep", "citealp", "citealt", "citeauthor", "citeyear", "citeyearpar", "Citet", "Citep",
         "parencite", "textcite", "autocite", "footcite", "nocite"}  # fmt: skip
REFERENCES = {"bibliography": 1, "printbibliography": 0}
ACCENTS = {"'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304", ".": "\u0307",
           "c": "\u0327", "v": "\u030c", "u": "\u0306", "H": "\u030b", "r": "\u030a", "k": "\u0328", "d": "\u0323",
           "b": "\u0331"}  # fmt: skip
"""Combining characters."""
LETTERS = {"ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å",
           "AA": "Å", "i": "ı", "j": "ȷ", "ldots": "…", "dots": "…", "textellipsis": "…", "S": "§", "P": "¶",
           "textendash": "–", "textemdash": "—", "textbackslash": "\\", "LaTeX": "LaTeX", "TeX": "TeX", "dag": "†",
           "textbar": "|", "textless": "<", "textgreater": ">", "textasciitilde": "~", "textasciicircum": "^",
           "pm": "±", "times": "×", "textregistered": "®", "texttrademark": "™", "copyright": "©", "pounds": "£",
           "textquotesingle": "'", "textdegree": "°", "textbullet": "•", "textpm": "±",
           "texttimes": "×"}  # fmt: skip
BREAKS = {"par": "\n\n", "newline": "\n", "linebreak": "\n", "tabularnewline": "\n", "quad": " ", "qquad": " ",
          "space": " ", "newpage": "\n\n", "clearpage": "\n\n", "pagebreak": "\n", "maketitle": "\n\n",
          "appendix": "\n\n## Appendix\n\n", "appendices": "\n\n## Appendix\n\n", "hfill": " ",
          "midrule": "", "toprule": "", "bottomrule": "", "hline": ""}  # fmt: skip
ALGORITHM = {"State": "", "Statex": "", "Require": "require", "Ensure": "ensure", "Return": "return", "For": "for",
             "ForAll": "for all", "EndFor": "end for", "If": "if", "Else": "else", "ElsIf": "else if",
             "EndIf": "end if", "While": "while", "EndWhile": "end while", "Repeat": "repeat",
             "Until": "until", "Function": "function", "EndFunction": "end function"}  # fmt: skip
LENGTH = re.compile(
    r"\s*=?\s*-?(?:[\d.,]+\s*(?:pt|in|cm|mm|em|ex|bp|pc|sp|mu)(?![a-z])|\d*\.?\d*\\[a-z]+)"
    r"(?:\s*(?:plus|minus)\s*[\d.]+\s*(?:pt|in|cm|mm|em|ex|fil+))*"
)
DIMENSION: dict[str, re.Pattern[str]] = dict.fromkeys(
    ("vskip", "hskip", "kern", "parskip", "parindent", "baselineskip", "topsep"), LENGTH
)
INTEGER = re.compile(r"\s*=?\s*-?\d+")
PENALTIES = ("looseness", "tolerance", "pretolerance", "hyphenpenalty", "exhyphenpenalty", "penalty", "clubpenalty",
             "widowpenalty", "interlinepenalty", "hbadness", "vbadness")  # fmt: skip
DIMENSION |= dict.fromkeys(PENALTIES, INTEGER)
DIMENSION |= dict.fromkeys(("emergencystretch", "hfuzz", "vfuzz", "hoffset", "voffset", "textwidth", "textheight",
                            "abovecaptionskip", "belowcaptionskip", "columnsep", "tabcolsep"), LENGTH)  # fmt: skip
DIMENSION["cmidrule"] = re.compile(r"\s*(?:\[[^\[\]]*\])?\s*(?:\([^()]*\))?\s*\{[^{}]*\}")
"""Commands followed by a length or a number without braces, or by signs of their own."""
DROPPED = {
    "label": 1, "vspace": 1, "hspace": 1, "includegraphics": 1, "bibliographystyle": 1, "usepackage": 1,
    "pagestyle": 1, "thispagestyle": 1, "setlength": 2, "addtolength": 2, "setcounter": 2, "addtocounter": 2,
    "newtheorem": 2, "hypersetup": 1, "graphicspath": 1, "cellcolor": 1, "rowcolor": 1, "color": 1, "definecolor": 3,
    "colorlet": 2, "fontsize": 2, "selectfont": 0, "author": 1, "date": 1, "thanks": 1, "affiliation": 1,
    "institute": 1, "address": 1, "email": 1, "icmlauthor": 2, "icmlaffiliation": 2,
    "icmlcorrespondingauthor": 2, "icmlsetsymbol": 2,
    "icmltitlerunning": 1, "title": 1, "icmltitle": 1, "cline": 1, "multicolumn": 2, "multirow": 2,
    "textcolor": 1, "colorbox": 1, "fcolorbox": 2, "scalebox": 1, "resizebox": 2, "rule": 2,
    "DeclareMathOperator": 2, "arrayrulecolor": 1, "captionsetup": 1, "crefname": 3, "newcounter": 1, "markboth": 2,
    "markright": 1, "raisebox": 1, "parbox": 1, "includepdf": 1, "renewcommand": 2, "newcommand": 2,
    "providecommand": 2, "DeclareRobustCommand": 2, "newenvironment": 3, "renewenvironment": 3, "addcontentsline": 3,
    "hyphenation": 1, "urlstyle": 1, "rotatebox": 1, "href": 1, "input": 1, "include": 1, "bibinfo": 1, "begingroup": 0,
    "SetWatermarkText": 1, "phantomsection": 0, "rowcolors": 3, "setlist": 1,
    "lstset": 1, "tikzset": 1, "pgfplotsset": 1, "sisetup": 1, "geometry": 1, "tcbset": 1, "fvset": 1, "setminted": 1,
    "makebox": 0, "addbibresource": 1, "tag": 1, "fontfamily": 1,
}  # fmt: skip
"""Commands that go with this many of their arguments; what follows, as the text of \\textcolor, stays."""
FONTS = frozenset(["text", "textbf", "textit", "textrm", "textsf", "texttt", "textsc", "emph", "mathbf", "mathrm",
                   "mathit", "mbox", "hbox", "underline", "bm", "boldsymbol"])  # fmt: skip
"""Commands that change the looks of one argument; a further group is not theirs."""
QUANTITIES = {
    "num": (1, False), "SI": (1, True), "qty": (1, True), "ang": (1, False), "numrange": (2, False),
    "SIrange": (2, True), "qtyrange": (2, True), "numlist": (1, False), "SIlist": (1, True), "qtylist": (1, True),
    "numproduct": (1, False), "qtyproduct": (1, True), "tablenum": (1, False), "si": (0, True), "unit": (0, True),
    "numprint": (1, False),
}  # fmt: skip
"""Commands with how many numbers they take, and whether a unit follows."""
UNITS = {"percent": r"\%", "second": "s", "minute": "min", "hour": "h", "milli": "m", "micro": "µ", "nano": "n",
         "kilo": "k", "mega": "M", "giga": "G", "tera": "T", "byte": "B", "bit": "bit", "hertz": "Hz", "gram": "g",
         "meter": "m", "metre": "m", "per": "/", "degree": "°", "celsius": "°C", "times": "×", "watt": "W",
         "joule": "J", "volt": "V", "million": "million"}  # fmt: skip
PREFIXES = {"milli", "micro", "nano", "kilo", "mega", "giga", "tera", "per"}
UNIT = re.compile(r"\\([A-Za-z]+)\s*|\\(%)|([^\\]+)")
POWER = re.compile(r"([\d.,])\s*[eEdD]\s*([+-]?\d+)")


def quantity(name: str, numbers: list[str], unit: str) -> str:
    """The text of a number, a range, a list or a product with its unit, as LaTeX."""
    values = [_number(number) for number in numbers]
    if name.endswith("list") and values:
        values = [", ".join(_number(part) for part in numbers[0].split(";"))]
    elif name.endswith("product") and values:
        values = [re.sub(r"\s*x\s*", r" $\\times$ ", values[0])]
    elif name == "ang" and values:
        values = [f"{values[0].rstrip(';')}°"]
    return " ".join(part for part in (" to ".join(values), _unit(unit)) if part)


def _number(text: str) -> str:
    text = text.strip().replace("+-", r"\pm ")
    text = POWER.sub(r"\1 \\times 10^{\2}", text)
    return f"${text}$" if "\\pm" in text or "\\times" in text else text


def _unit(text: str) -> str:
    parts: list[str] = []
    for found in UNIT.finditer(text.strip()):
        name = found[1]
        parts.append(UNITS.get(name, name) if name else f"\\{found[2]}" if found[2] else found[3].strip())
        if name not in PREFIXES:
            parts.append(" ")
    return "".join(parts).strip()
