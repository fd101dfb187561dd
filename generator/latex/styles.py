"""The looks that a paper can have, options of our own style file, and the pages that each allows."""

from __future__ import annotations

from typing import Literal

StyleName = Literal["single-column", "two-column", "journal", "workshop"]
PAGES: dict[StyleName, int] = {"single-column": 8, "two-column": 6, "journal": 12, "workshop": 4}
"""Pages before the references. The text is in 10 points and at least 5.5 by 8.9 in, as floats expect; what is too wide
for one of two columns goes over both."""
