"""Which licences let texts be passed on."""

from __future__ import annotations

import re

OPEN = frozenset(
    (
        "mit", "apache-2.0", "bsd-2-clause", "bsd-3-clause", "unlicense", "cc0-1.0", "pddl", "odc-by",
        *(f"cc-{kind}-{version}" for kind in ("by", "by-sa", "by-nc", "by-nc-sa", "by-nd", "by-nc-nd")
          for version in ("2.0", "2.5", "3.0", "4.0")),
    )
)  # fmt: skip
"""Licences under which unchanged texts may be passed on, by the names that Hugging Face's cards have for them."""
SAME = {"cc0": "cc0-1.0", "odc-by-1.0": "odc-by", "pddl-1.0": "pddl", "apache-license-2.0": "apache-2.0"}
ADDRESS = re.compile(r"https?://creativecommons\.org/(?:licenses|publicdomain)/([a-z-]+)/(\d\.\d)/?(?:deed\.\w+)?")


def open_licence(words: str) -> str:
    """The licence by its usual short name, where it is one of `OPEN` and nothing else is said; else empty.

    "CC BY 4.0", "cc-by-4.0" and the licence's address are one. "MIT, as the project" is that of bundled texts. What
    says more ("CC-BY-4.0 (the data set; papers are their authors')") is none: it speaks of something else than texts.
    """
    said = words.strip().lower().removesuffix(", as the project").removesuffix(" license").removesuffix(" licence")
    if found := ADDRESS.fullmatch(said):
        said = f"cc0-{found[2]}" if found[1] == "zero" else f"cc-{found[1]}-{found[2]}"
    name = re.sub(r"[\s_-]+", "-", said)
    name = SAME.get(name, name)
    return name if name in OPEN else ""
