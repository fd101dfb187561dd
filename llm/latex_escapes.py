"""Commands of LaTeX that begin as an escape of JSON does."""

from __future__ import annotations

import re

COMMANDS = frozenset(
    re.findall(
        r"\w+",
        """nabla ne neq neg nu not notin ni newline newcommand newpage newtheorem noindent nonumber nolimits normalsize
        normalfont ngeq nleq nsim ncong nprec nsucc nsubseteq nsupseteq nexists natural nearrow nwarrow nmid nparallel
        nleftarrow nrightarrow nless ngtr nicefrac num tau theta tan tanh text textbf textit textrm textsf texttt
        textsc textsuperscript textsubscript textwidth textstyle textcolor times tilde to top triangle triangleq
        triangleleft triangleright tfrac tbinom tag toprule today tiny thanks title tableofcontents trace
        twoheadrightarrow tr thickapprox therefore thinspace""",
    )
)
"""Commands that begin as an escape of JSON does: "n" is a line break there, "t" a tab."""
WORDS = frozenset(["exists", "less", "mid", "parallel", "e", "i", "an", "race"])
r"""What may be a word where the "n" or "t" of a command is taken as a line break or tab: "\nless" can be read twice."""


def is_command(word: str, formula: bool) -> bool:
    """Whether the letters behind a backslash are a command of LaTeX, and no escape of JSON.

    No text has a backspace or form feed, or a carriage return before a letter.
    """
    if word[0] not in "nrt":
        return True
    if word[0] == "r":
        return len(word) > 1
    return word in COMMANDS and (formula or word[1:] not in WORDS)
