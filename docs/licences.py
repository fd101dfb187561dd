"""The licences of all that a plain install brings, and of the extras, as a page: `make licences`.

Exits with 1 where a package can be had under no licence but the GPL or AGPL, or has none that can be read.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

PAGE = Path(__file__).with_name("licences.md")
COPYLEFT = re.compile(r"\bA?GPL|Affero|GNU General Public", re.IGNORECASE)
LONGEST = 60
"""Characters of a name of a licence; a longer one is its text."""


def licence_of(package: Distribution) -> str:
    """The licence as the package's metadata have it: expression, classifiers, then the old field; empty for none."""

    def first(field: str) -> str:
        return (package.metadata.get_all(field) or [""])[0].strip()

    entries = [entry.split(" :: ") for entry in package.metadata.get_all("Classifier") or []]
    named = [entry[-1] for entry in entries if entry[0] == "License" and entry[-1] != "OSI Approved"]
    field = first("License")
    old = field if len(field) <= LONGEST and "\n" not in field else ""
    return first("License-Expression") or " or ".join(named) or old


def is_refused(licence: str) -> bool:
    """Whether none of the licences that one may choose from is known and free of the GPL's duties."""
    return all(
        not choice.strip() or COPYLEFT.search(choice) for choice in re.split(r" or ", licence, flags=re.IGNORECASE)
    )


def needed(name: str, extra: str = "") -> Iterator[str]:
    """The packages that this one needs here, with an extra or without any."""
    for line in distribution(name).requires or []:
        found = Requirement(line)
        plain = found.marker is None or found.marker.evaluate({"extra": ""})
        if plain if not extra else not plain and found.marker and found.marker.evaluate({"extra": extra}):
            yield found.name


def closure(names: Iterator[str]) -> dict[str, str]:
    """The licence of each of the packages and of all that they need, by name; "" for one that is not installed."""
    found: dict[str, str] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop().lower().replace("_", "-")
        if name in found:
            continue
        try:
            found[name] = licence_of(distribution(name))
            waiting += needed(name)
        except PackageNotFoundError:
            found[name] = ""
    return dict(sorted(found.items()))


def table(licences: dict[str, str]) -> str:
    """Two columns in Markdown."""
    rows = (f"| {name} | {licence or 'not installed here'} |" for name, licence in licences.items())
    return "\n".join(["| package | licence, in its own words |", "|---|---|", *rows])


def main() -> int:
    """Write the page; returns the exit code."""
    plain = closure(needed("peerassay"))
    extras = {
        extra: {name: licence for name, licence in closure(needed("peerassay", extra)).items() if name not in plain}
        for extra in ("openreview", "hf")
    }
    parts = [
        "# Licences of what is installed with it",
        "peerassay itself is under the MIT licence. `make licences` makes this page from the metadata of what is\n"
        "installed. It fails where a package can be had under the GPL or AGPL alone, or has no licence that is known.\n"
        "Of several that are joined by OR you choose.",
        "## A plain install",
        table(plain),
        *(part for extra, found in extras.items() for part in (f"## More with the extra `{extra}`", table(found))),
        "The extras `scientist` (PyTorch), `logs`, `inspect` and `docs` bring packages by platform: see yours with\n"
        "`pip show NAME`.",
    ]
    PAGE.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    everything = plain | {name: licence for found in extras.values() for name, licence in found.items()}
    wrong = {name: licence for name, licence in everything.items() if is_refused(licence)}
    for name, licence in wrong.items():
        print(f"{name}: {licence or 'no licence in its metadata, or not installed'}", file=sys.stderr)
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
