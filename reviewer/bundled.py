"""Bundled reviews of the papers of `iclr2022-scores`, numbers alone: released ones, and stored scores of ours.

`-r replay:bundled:NAME` names one. They go by the papers' ids, so that they stand beside reviews of the dataset with
texts too.
"""

from __future__ import annotations

import json
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from ..data.errors import InputError, unknown
from ..data.files import read_json, read_text, validated
from ..data.iclr2022_scores import FOLDER, NAME
from ..data.importers.rows import read_rows
from ..data.records import Paper
from ..llm.releases import release_of
from .floors import make_floor
from .protocol import Reviewer
from .replay import ReplayReviewer
from .review import Review, failed
from .scrub import rules_fingerprint

PREFIX = "bundled:"
FLOORS = FOLDER / "floors.tsv"
MADE = FOLDER / "floors.json"


class BundledReplay(BaseModel):
    """An entry of replays.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    label: str = Field(default="", description="of a released one, for tables")
    source: str = Field(default="", description="the released file it was made from")
    model: str = ""
    split: str = Field(default="all", description="the papers that it has reviews of")
    of: str = Field(default="", description="the reviewer of ours whose scores are stored; empty: a released one")

    @property
    def spec(self) -> str:
        """The SPEC that loads it."""
        return f"replay:{PREFIX}{self.name}"

    @property
    def file(self) -> Path:
        """The released reviews' numbers."""
        return FOLDER / "replays" / f"{self.name}.csv"


@cache
def bundled_replays() -> dict[str, BundledReplay]:
    """All of them by name, in the order in which tables show them."""
    path = FOLDER / "replays.toml"
    entries = tomllib.loads(read_text(path))["replay"]
    found = [validated(BundledReplay, entry, f"{path}: {entry.get('name')}") for entry in entries]
    return {replay.name: replay for replay in found}


def released_specs(dataset: str, split: str) -> list[str]:
    """SPECs of the released reviews of all papers of the dataset's split; none of another dataset."""
    released = (replay for replay in bundled_replays().values() if not replay.of and replay.split == split)
    return [replay.spec for replay in released] if dataset == NAME else []


def released_note(dataset: str, split: str) -> str:
    """Why released reviews are left out of a split that they are not of; empty where they are in, or there are none."""
    others = [replay for replay in bundled_replays().values() if not replay.of and replay.split != split]
    if dataset != NAME or not others:
        return ""
    names = ", ".join(replay.name for replay in others)
    return (
        f"released reviews ({names}) are left out: they are of the papers of split {others[0].split} alone; --split "
        f"{others[0].split} has them"
    )


def stored_specs(dataset: str) -> dict[str, str]:
    """By the SPEC of a reviewer of ours that of its stored scores; none of another dataset."""
    stored = (replay for replay in bundled_replays().values() if replay.of)
    return {replay.of: replay.spec for replay in stored} if dataset == NAME else {}


def bundled_entry(name: str) -> BundledReplay:
    """The entry with this name. Raises InputError for an unknown one, with near matches."""
    known = bundled_replays()
    if name not in known:
        raise unknown("bundled replay", name, known, hint=f"as in {PREFIX}{next(iter(known))}")
    return known[name]


def load_bundled(name: str) -> ReplayReviewer | StoredReviewer:
    """The reviewer with this name after the prefix. Raises InputError as `bundled_entry`."""
    entry = bundled_entry(name)
    if entry.of:
        return StoredReviewer(entry.of)
    replay = ReplayReviewer(entry.file)
    dates = release_of(entry.model)
    about = {"text": "raw", "model": entry.model, "released": dates.released, "cutoff": dates.cutoff}
    replay.traits = replay.traits.model_copy(update=about)
    return replay


class StoredReviewer(Reviewer):
    """Answers with the scores that a reviewer of ours gave, once, to the scrubbed texts; they stand in floors.tsv."""

    reads_text = False

    def __init__(self, spec: str) -> None:
        original = _original(spec)
        made = read_json(MADE)
        self.name, self.traits = original.name, original.traits.model_copy(update={"text": "scrubbed"})
        self.fingerprint = made["fingerprints"][spec]
        self.reviews = {str(row["paper_id"]): _review(row, spec) for row in read_rows(FLOORS)}
        self._notes = [f"stored scores, on text scrubbed by rules {made['scrub_rules']}"]
        if (made["scrub_rules"], self.fingerprint) != (rules_fingerprint(), original.fingerprint):
            self._notes.append(
                f"its rules, weights or those of scrubbing have changed since (it was {self.fingerprint}, now it is "
                f"{original.fingerprint}; scrubbing is {rules_fingerprint()} now)"
            )

    @property
    def notes(self) -> list[str]:
        """On which text the scores were made, and whether by the reviewer as it is now."""
        return self._notes

    @property
    def paper_ids(self) -> frozenset[str]:
        """The papers that have a score."""
        return frozenset(self.reviews)

    async def review(self, paper: Paper) -> Review:
        """The stored review; a failed one for another paper."""
        return self.reviews.get(paper.id) or failed(paper.id, f"no stored score of this paper ({PREFIX}{self.name})")


def _original(spec: str) -> Reviewer:
    from .learned.model import load_learned

    kind, _, name = spec.partition(":")
    return make_floor(name) if kind == "floor" else load_learned(name)


def _review(row: dict[str, Any], spec: str) -> Review:
    """The review in a row of floors.tsv, where a cell holds the JSON of what `stored_cell` keeps."""
    return Review.model_validate({"paper_id": row["paper_id"], **_fields(json.loads(row[spec]))})


def stored_cell(review: Review) -> str:
    """What floors.tsv keeps of a review: the score, then the decision as 1 or 0, then whether the score is P(accept).

    Raises InputError for a review with more to say, or that failed.
    """
    if review.status != "ok" or review.overall is None or review.p_accept not in (None, review.overall):
        raise InputError(f"{review.paper_id}: not a review that floors.tsv can keep")
    cell = [review.overall, *([] if review.decision is None else [int(review.decision == "accept")])]
    return json.dumps([*cell, *([1] if review.p_accept is not None else [])], separators=(",", ":"))


def _fields(cell: list[float]) -> dict[str, Any]:
    score, decision, chance = [*cell, None, None][:3]
    found: dict[str, Any] = {"overall": score}
    if decision is not None:
        found["decision"] = "accept" if decision else "reject"
    return found | ({"p_accept": score, "p_calibrated": True} if chance else {})
