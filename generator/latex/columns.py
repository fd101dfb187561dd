r"""A paper in two columns: what is too wide for one goes over both, or is set smaller.

Figures and wide tables become `figure*` and `table*`, above the text; displayed formulae are shrunk to the column by
the style file, those of several lines under one number. The appendix is in one column.
"""

from __future__ import annotations

import re

from .floats import IN_TEXT

COLUMN = 243.0
"""Points of a column's width in our style."""
DIGIT, SPACE = 4.7, 5.0
"""Mean width of a character of a table, and half of the space between its columns, in points."""
FLOAT = re.compile(r"\\begin\{(?P<kind>figure|table)\}(?:\[[^\]]*\])?(?P<body>.*?)\\end\{(?P=kind)\}", re.DOTALL)
TABULAR = re.compile(r"\\begin\{tabular\}(\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})(.*?)\\end\{tabular\}", re.DOTALL)
FORMULA = re.compile(r"\\begin\{(?P<kind>(?:equation|align)\*?)\}(?P<body>.*?)\\end\{(?P=kind)\}", re.DOTALL)
LABEL = re.compile(r"\\label\{[^{}]*\}|\\(?:notag|nonumber)\b")
RULE = re.compile(r"\\(?:top|mid|bottom)rule|\\addlinespace|\\cmidrule\S*")
COMMAND = re.compile(r"\\[A-Za-z]+|[{}$\\]")


def in_columns(body: str) -> str:
    """The LaTeX of a section with what is too wide for a column over both, and displayed formulae that shrink."""
    return FORMULA.sub(_shrinking, FLOAT.sub(_over_both, body))


def width_of(tex: str) -> float:
    """The width of the widest tabular in a LaTeX text, in points, estimated; 0 without one."""
    return max((_width(found[2]) for found in TABULAR.finditer(tex)), default=0.0)


def _over_both(found: re.Match[str]) -> str:
    """Figures always, since their letters would be too small in one column."""
    kind, body = found["kind"], found["body"]
    narrow = kind == "table" and width_of(body) <= COLUMN
    return found[0] if narrow or IN_TEXT not in found[0] else f"\\begin{{{kind}*}}[t]{body}\\end{{{kind}*}}"


def _shrinking(found: re.Match[str]) -> str:
    """One with a label for each of its lines stays as it is."""
    labels = [label for label in LABEL.findall(found["body"]) if label.startswith(r"\label")]
    if len(labels) > 1:
        return found[0]
    body = LABEL.sub("", found["body"]).strip()
    lines = f"\\begin{{aligned}}{body}\\end{{aligned}}" if found["kind"].startswith("align") else body
    kind = "equation*" if found["kind"].endswith("*") else "equation"
    return f"\\begin{{{kind}}}{''.join(labels)}\n\\fitcolumn{{{lines}}}\n\\end{{{kind}}}"


def _width(rows: str) -> float:
    lines = [row.split(" & ") for row in RULE.sub("", rows).split(r"\\")]
    cells = [[len(COMMAND.sub("", cell).strip()) for cell in line] for line in lines]
    columns = max(map(len, cells))
    widest = [max(row[place] for row in cells if len(row) == columns) for place in range(columns)]
    return sum(widest) * DIGIT + 2 * SPACE * (columns + 1)
