"""Groups of ideas: those of one name told apart, and what is known of each group as a whole."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ...data.errors import InputError
from ...presentation.numbers import first_of
from .entries import Entry, Origin
from .given import Tried
from .records import Group

Key = tuple[str, str]


def told_apart(entries: Sequence[Entry]) -> tuple[list[Entry], list[str]]:
    """The entries under ids of their own, and notes: a second idea of a name gets "-2".

    A review and a paper of one id that come from different places are one entry. Of papers of the same content in a
    group the first counts. Raises InputError for a file that is named twice.
    """
    joined = _joined(entries)
    _refuse_twice(joined)
    joined, copies = _without_copies(joined)
    ids = {entry.idea.id for entry in joined}
    seen: Counter[str] = Counter()
    apart: list[Entry] = []
    numbered: list[str] = []
    for entry in joined:
        first = entry.idea.id
        seen[first] += 1
        if seen[first] > 1:
            while (again := entry.changed(name=f"{entry.idea.name}-{seen[first]}")).idea.id in ids:
                seen[first] += 1
            entry = again
            numbered.append(entry.idea.id)
        ids.add(entry.idea.id)
        apart.append(entry)
    note = f"{len(numbered)} ideas have the name of another in their group and are numbered: {first_of(numbered, 5)}"
    return apart, [*copies, *([note] if numbered else [])]


def _joined(entries: Sequence[Entry]) -> list[Entry]:
    """Papers without a review take over that of an entry of the same id that has no paper."""
    papers = {e.idea.id: e for e in entries if e.file and e.review is None}
    loose = {e.idea.id: e for e in entries if e.file is None and e.review and e.idea.id in papers}
    joined = []
    for entry in entries:
        made = loose.get(entry.idea.id)
        if made is entry:
            continue
        if made is not None and entry is papers[entry.idea.id]:
            signed = {"reviewer": made.reviewer, "text": made.text, "scrub_rules": made.scrub_rules}
            entry = replace(entry, review=made.review, **signed)
        joined.append(entry)
    return joined


def _without_copies(entries: Sequence[Entry]) -> tuple[list[Entry], list[str]]:
    """The entries without papers of folders that are another's copy in the same group, and a note on these."""
    seen: set[tuple[str, str, str]] = set()
    kept: list[Entry] = []
    copies: list[Entry] = []
    for entry in entries:
        content = _content(entry.file) if entry.file and not entry.shuffled else ""
        key = (entry.idea.template, entry.idea.configuration, content)
        (copies if content and key in seen and entry.origin.guessed else kept).append(entry)
        seen.add(key)
    named = first_of([str(entry.file) for entry in copies], 5)
    words = f"papers of the same content as another in their group are left out: {named}"
    return kept, [f"{len(copies)} {words}"] if copies else []


def _content(path: Path) -> str:
    """What two copies have in common; nothing of a file that is empty or not there."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() if path.stat().st_size else ""
    except OSError:
        return ""


def _refuse_twice(entries: Sequence[Entry]) -> None:
    seen: set[tuple[Path, str, bool]] = set()
    for entry in entries:
        place = ((entry.file or entry.source).resolve(), "" if entry.file else entry.idea.id, entry.shuffled)
        if place in seen:
            raise InputError(f"{entry.source}: is there twice ({entry.idea.id}); name it once")
        seen.add(place)


def guesses(entries: Sequence[Entry]) -> list[str]:
    """A note on the groups that were taken from the names of files and folders."""
    counts = Counter(f"{e.idea.template}/{e.idea.configuration}" for e in entries if e.origin.guessed)
    listed = ", ".join(f"{label} ({n})" for label, n in counts.items())
    return [f"groups by the names of files and folders, --map FILE overrules: {listed}"] if counts else []


def same_papers(entries: Sequence[Entry]) -> list[str]:
    """A note for each group with papers of the same content."""
    by_content: dict[tuple[str, str, str], list[str]] = {}
    for entry in entries:
        if entry.idea.sha256:
            key = (entry.idea.template, entry.idea.configuration, entry.idea.sha256)
            by_content.setdefault(key, []).append(entry.idea.name)
    return [
        f"{template}/{configuration}: papers of the same content, each counted: {first_of(names, 5)}"
        for (template, configuration, _), names in by_content.items()
        if len(names) > 1
    ]


def groups_of(entries: Sequence[Entry], tried: Mapping[str, Tried]) -> tuple[list[Group], list[str]]:
    """The groups in the order in which they come up, and notes.

    Raises InputError where fewer ideas are said to be tried than are there.
    """
    members: dict[Key, list[Entry]] = {}
    for entry in entries:
        members.setdefault((entry.idea.template, entry.idea.configuration), []).append(entry)
    sizes = Counter(entry.origin for entry in entries)
    groups = [_group(key, there, sizes) for key, there in members.items()]
    for group, there in zip(groups, members.values(), strict=True):
        said = tried.get(group.label)
        if said and said.tried < len(there):
            raise InputError(f"{said.where}: {len(there)} ideas of {group.label} are there, so {said.tried} is too few")
    notes = [
        f"{g.label}: made by several versions of the {what}, in one group"
        for g in groups
        for what, prints in (("template", g.template_fingerprint), ("scientist", g.scientist_fingerprint))
        if "," in prints
    ]
    return [_as_said(group, tried.get(group.label)) for group in groups], notes


def _as_said(group: Group, said: Tried | None) -> Group:
    if said is None:
        return group
    usd = group.usd if said.usd is None else said.usd
    return group.model_copy(update={"tried": said.tried, "tried_from": "given", "usd": usd})


def _group(key: Key, members: Sequence[Entry], sizes: Mapping[Origin, int]) -> Group:
    """A group; what batches were as a whole counts where all their ideas (`sizes`) are in it."""
    origins = Counter(entry.origin for entry in members)
    whole = all(count == sizes[origin] for origin, count in origins.items())
    kinds = {origin.tried_from for origin in origins} if whole else {"papers"}
    return Group(
        template=key[0],
        configuration=key[1],
        tried=len(members) + sum(origin.untold for origin in origins if whole),
        tried_from="given" if "given" in kinds else "run" if kinds == {"run"} else "papers",
        usd=_total([origin.usd for origin in origins] if whole else [entry.idea.usd for entry in members]),
        settings=_settings(origins),
        template_fingerprint=_all(origin.template_fingerprint for origin in origins),
        scientist_fingerprint=_all(origin.scientist_fingerprint for origin in origins),
    )


def _total(amounts: Sequence[float | None]) -> float | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if len(known) == len(amounts) else None


def _settings(origins: Iterable[Origin]) -> dict[str, str]:
    names = dict.fromkeys(name for origin in origins for name in origin.settings)
    return {name: _all(origin.settings.get(name, "") for origin in origins) for name in names}


def _all(values: Iterable[str]) -> str:
    return ", ".join(value for value in dict.fromkeys(values) if value)
