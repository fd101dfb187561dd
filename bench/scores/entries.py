"""What is scored, as it was found: an idea with where it comes from, and the review that it has already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from ...data.errors import InputError
from ...data.files import validated
from ...reviewer.review import Review
from .records import ScoreReviewer, TriedIdea

TextForm = Literal["scrubbed", "raw", "unknown"]


@dataclass(frozen=True, eq=False)
class Origin:
    """The batch that ideas are of, as far as it is known. Each batch is its own, whatever stands in it."""

    tried_from: Literal["given", "run", "papers"] = "papers"
    usd: float | None = None
    """US dollars for the whole batch; None: unknown."""
    settings: Mapping[str, str] = field(default_factory=dict)
    template_fingerprint: str = ""
    scientist_fingerprint: str = ""
    untold: int = 0
    """Ideas tried of which nothing but their number is known."""
    guessed: bool = False
    """Which groups its ideas are in is taken from the names of files and folders."""


@dataclass(frozen=True)
class Entry:
    """An idea, and its review where there is one already."""

    idea: TriedIdea
    source: Path
    """The paper, or the file or folder that it was found in, as it was given."""
    origin: Origin
    review: Review | None = None
    reviewer: ScoreReviewer | None = None
    """Whose review that is."""
    text: TextForm = "unknown"
    """What that reviewer was given to read."""
    scrub_rules: str = ""
    """`rules_fingerprint` at that time, where known."""
    shuffled: bool = False
    """Its paper is to be reviewed with its sentences in random order, see `shuffled`."""

    pinned: bool = False
    """Its paper is read only where its content is what the record says: records of others may name any file."""

    @property
    def file(self) -> Path | None:
        """The paper."""
        return Path(self.idea.paper) if self.idea.paper else None

    def changed(self, **idea: Any) -> Entry:
        """The entry with other values of its idea; the id follows the names."""
        changed = self.idea.model_copy(update=idea)
        return replace(self, idea=changed.model_copy(update={"id": idea_id(changed)}))

    def without_review(self) -> Entry:
        """The entry as if nobody had reviewed it."""
        return replace(self, review=None, reviewer=None, text="unknown", scrub_rules="")


@dataclass(frozen=True)
class FoundEntries:
    """Entries, with what the user should be told of how they were found, one line each."""

    entries: tuple[Entry, ...] = ()
    notes: tuple[str, ...] = ()

    def __add__(self, other: FoundEntries) -> FoundEntries:
        return FoundEntries(self.entries + other.entries, self.notes + other.notes)


def new_idea(template: str, configuration: str, name: str, **known: Any) -> TriedIdea:
    """An idea under its id, TEMPLATE/CONFIGURATION/NAME. Raises InputError for an empty name or a wrong value."""
    id = f"{template}/{configuration}/{name}"
    unreadable = next(
        (text for text in (id, known.get("paper")) if isinstance(text, str) and not _is_unicode(text)), None
    )
    if unreadable:
        shown = unreadable.encode("utf-8", "replace").decode()
        raise InputError(f"{shown}: the name of the file or of its folder is not UTF-8; rename it")
    fields = {"id": id, "template": template, "configuration": configuration, "name": name, **known}
    return validated(TriedIdea, fields, f"idea {id}")


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


def idea_id(idea: TriedIdea) -> str:
    """TEMPLATE/CONFIGURATION/NAME."""
    return f"{idea.template}/{idea.configuration}/{idea.name}"
