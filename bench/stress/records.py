"""The records of a stress run: what was asked for, and each form of each paper that reviewers are given."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from ..run import BenchRecord

INTACT = "intact"
"""The form of a paper as it is."""
UNPLANTED = "unplanted"
"""A file of the paper with nothing planted in it, as the loader reads it; its ending follows."""
ATTACK, DEFENCE = "attack:", "defence:"
"""How the names of forms begin that an attacker wrote, and those read with another defence."""


class FormRecord(BaseModel):
    """A line of forms.jsonl: a paper in one form, with what its text is known by; no text."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(description="under which its reviews stand; of an intact paper its own")
    paper: str
    name: str = Field(default=INTACT, description="the manipulation")
    strength: float = 0.0
    base: str = Field(default="", description="id of the form to compare with; empty for such a form")
    digest: str = Field(default="", description="SHA-256 of the text as reviewers read it")
    words: int = 0
    hidden: int = Field(default=0, description="passages that the loader set aside")
    injections: int = Field(
        default=0,
        description="passages that speak to the reviewer, by the project's rules; not "
        "looked for where nothing of the kind was put in",
    )
    moves: tuple[str, ...] = Field(default=(), description="what an attacker did, in order")
    usd: float | None = Field(default=0.0, description="what a model's writing of it cost; None: unknown")
    reason: str = Field(default="", description="why the manipulation does not apply; such a form is not reviewed")


class ManipulationRecord(BaseModel):
    """A manipulation of the run, as its tables need it."""

    name: str
    family: str
    expected: str = Field(description="same or lower: what a sound reviewer's score does")
    strengths: tuple[float, ...]
    says: str = ""


class AttackRecord(BaseModel):
    """An attack of the run: which part is rewritten by which moves, for how many rounds and US dollars per paper."""

    model_config = ConfigDict(frozen=True)

    target: str
    moves: tuple[str, ...]
    rounds: int
    usd: float

    @property
    def name(self) -> str:
        """Of its forms."""
        return f"{ATTACK}{self.target}"


class StressRecord(BenchRecord):
    """stress.json."""

    seed: int = 0
    papers: list[str] = Field(default_factory=list, description="ids, in order")
    manipulations: list[ManipulationRecord] = Field(default_factory=list)
    attacks: list[AttackRecord] = Field(default_factory=list)
    rewriter: str = Field(default="", description="which model rewrote texts, with its fingerprint; empty for none")

    @property
    def attacked(self) -> list[str]:
        """The papers that an attacker rewrites: those that humans rejected; all where nothing is known."""
        return [j.paper_id for j in self.judgements if not j.accepted] or self.papers


def form_id(paper: str, name: str, strength: float, moves: tuple[str, ...] = ()) -> str:
    """Under which reviews of a paper in a form stand."""
    if name == INTACT:
        return paper
    return f"{paper}::{name}@{'+'.join(moves)}" if moves else f"{paper}::{name}@{strength:g}"


def merged(old: list[ManipulationRecord], new: list[ManipulationRecord]) -> list[ManipulationRecord]:
    """The manipulations of both, with all their strengths."""
    found = {one.name: one for one in old}
    for one in new:
        there = found.get(one.name)
        strengths = sorted({*one.strengths, *(there.strengths if there else ())})
        found[one.name] = one.model_copy(update={"strengths": tuple(strengths)})
    return list(found.values())
