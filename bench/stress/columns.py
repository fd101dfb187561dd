"""The scores of a stress run by form of paper: all that its figures are computed from, here and on the boards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from ...reviewer.protocol import Traits
from ...statistics.arrays import Bools, Floats
from .records import ATTACK, DEFENCE, INTACT, UNPLANTED

Mark = Literal["a", "r", "u", "x", ".", "?"]
ACCEPT, REJECT, UNDECIDED, FAILED, ABSENT, MISSING = "a", "r", "u", "x", ".", "?"
"""A review that accepts, rejects, or says neither; one that failed; a form that there is not; one not reviewed yet."""


class StressPaper(BaseModel):
    """A paper without its text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(description="`paper_key` of its id")
    accepted: bool | None = Field(default=None, description="what humans decided; None: not known")
    group: str | None = Field(default=None, description="`paper_key` of its group")


class Column(BaseModel):
    """What a reviewer said of all papers in one form; every text has a letter per paper, in their order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(description="intact, unplanted.pdf, a manipulation, an attack, a defence")
    strength: FiniteFloat = Field(default=0.0, description="of an attack the round")
    repeat: int = Field(default=0, ge=0)
    family: str = ""
    expected: str = Field(default="", description="same or lower; empty for what others are compared with")
    base: str = Field(default="", description="the column that it is compared with")
    scores: tuple[FiniteFloat | None, ...]
    marks: str = Field(pattern=r"^[arux.?]*$")
    found: str = Field(default="", pattern=r"^[01]*$", description="1: more hidden or injected text than in the base")
    same: str = Field(default="", pattern=r"^[01]*$", description="1: reviewers read the very text of the base")
    usd: FiniteFloat | None = Field(default=0.0, description="what a model's writing of its texts cost; None: unknown")
    reasons: dict[str, int] = Field(default_factory=dict, description="why there is no such form, with counts")

    @property
    def key(self) -> tuple[str, float, int]:
        """What tells the column from others."""
        return self.name, self.strength, self.repeat

    @property
    def complete(self) -> bool:
        """Whether every form that there is was reviewed."""
        return MISSING not in self.marks

    @property
    def there(self) -> Bools:
        """(n,) whether there is such a form of the paper."""
        return self._is(ABSENT, negated=True)

    @property
    def failed(self) -> Bools:
        """(n,) whether its review failed."""
        return self._is(FAILED)

    @property
    def score(self) -> Floats:
        """(n,) scores, NaN where there is none."""
        return np.array([np.nan if value is None else value for value in self.scores], dtype=float)

    def flags(self, text: str) -> Bools:
        """(n,) the letters of `found` or `same`."""
        return np.array([letter == "1" for letter in text], dtype=bool)

    def _is(self, mark: str, *, negated: bool = False) -> Bools:
        return np.array([(letter == mark) != negated for letter in self.marks], dtype=bool)


class StressScores(BaseModel):
    """All scores of one reviewer in a stress run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    spec: str = ""
    fingerprint: str
    traits: Traits
    papers: tuple[StressPaper, ...]
    columns: tuple[Column, ...]
    usd_per_review: FiniteFloat | None = Field(default=None, ge=0, description="None: unknown")

    def column(self, name: str, strength: float = 0.0, repeat: int = 0) -> Column | None:
        """The column of this key; None where there is none."""
        return next((c for c in self.columns if c.key == (name, strength, repeat)), None)

    @property
    def intact(self) -> Column:
        """Of the papers as they are."""
        found = self.column(INTACT)
        assert found is not None
        return found

    def base(self, column: Column) -> Column:
        """What a column is compared with."""
        return self.column(column.base) or self.intact

    @property
    def changed(self) -> list[Column]:
        """The complete columns of manipulations."""
        others = (ATTACK, DEFENCE, UNPLANTED)
        return [c for c in self.columns if c.name != INTACT and not c.name.startswith(others) and c.complete]

    @property
    def repeats(self) -> list[Column]:
        """The complete columns of the papers as they are, the first review and further ones."""
        return [c for c in self.columns if c.name == INTACT and c.complete]

    def named(self, beginning: str) -> list[Column]:
        """The columns whose names begin so."""
        return [c for c in self.columns if c.name.startswith(beginning)]

    @property
    def groups(self) -> Sequence[str]:
        """(n,) papers of one group depend on each other."""
        return [paper.group or paper.key for paper in self.papers]

    @property
    def accepted(self) -> Floats:
        """(n,) 1 where humans accepted, 0 where they rejected, NaN where that is not known."""
        return np.array([np.nan if paper.accepted is None else float(paper.accepted) for paper in self.papers])
