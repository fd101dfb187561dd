"""The folder of a stress run: stress.json, forms.jsonl (which text each form has) and reviews.jsonl."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Self

from pydantic import ValidationError

from ...data.files import read_jsonl, validated
from ...reviewer.review import Review
from ..run import BenchRecord, Run
from .records import FormRecord, StressRecord, merged


class StressRun(Run):
    """An opened folder of a stress run; reviews are of forms, by their ids."""

    FILE = "stress.json"
    RECORD = StressRecord
    KIND = "stress run"
    COMMAND = "peerassay stress --out FOLDER"

    def __init__(self, folder: Path, record: BenchRecord) -> None:
        super().__init__(folder, record)
        self._read: list[Review] = []
        self._read_to = 0

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The run in a folder. Raises InputError where there is none or stress.json is wrong."""
        return super(Run, cls).open(folder)

    @property
    def stress(self) -> StressRecord:
        """The record, with what a bench has not."""
        assert isinstance(self.record, StressRecord)
        return self.record

    @classmethod
    def conflict(cls, old: BenchRecord, new: BenchRecord) -> str:
        """What is on other papers, in another form, or by another seed."""
        assert isinstance(old, StressRecord) and isinstance(new, StressRecord)
        if old.seed != new.seed:
            return f"a stress run with seed {old.seed}, not {new.seed}"
        if old.rewriter and new.rewriter and old.rewriter != new.rewriter:
            return f"texts rewritten by {old.rewriter}, not {new.rewriter}"
        return super().conflict(old, new) or ("" if old.papers == new.papers else "a stress run on other papers")

    @classmethod
    def continued(cls, old: BenchRecord, new: BenchRecord) -> BenchRecord:
        """The record that is there, with the manipulations and attacks of both."""
        assert isinstance(old, StressRecord) and isinstance(new, StressRecord)
        attacks = {attack.target: attack for attack in (*old.attacks, *new.attacks)}
        both = {
            "manipulations": merged(old.manipulations, new.manipulations),
            "attacks": list(attacks.values()),
            "rewriter": new.rewriter or old.rewriter,
        }
        return old.model_copy(update=both)

    def all_reviews(self) -> Iterator[Review]:
        """As every run's; lines that were read before are not read again, since an attack looks after each round."""
        if self.reviews_path.exists():
            with self.reviews_path.open("rb") as stream:
                stream.seek(self._read_to)
                whole, newline, _ = stream.read().rpartition(b"\n")
            try:
                self._read += [Review.model_validate_json(line) for line in whole.split(b"\n") if line.strip()]
            except ValidationError:
                yield from super().all_reviews()
                return
            self._read_to += len(whole) + len(newline)
        yield from self._read

    @property
    def forms_path(self) -> Path:
        """The file that says which text each form of a paper has."""
        return self.folder / "forms.jsonl"

    @property
    def rewrites_path(self) -> Path:
        """The file that has what a model made of passages."""
        return self.folder / "rewrites.jsonl"

    def forms(self) -> dict[str, FormRecord]:
        """The forms that are known by their ids. Raises InputError for a line that is none."""
        if not self.forms_path.exists():
            return {}
        lines = read_jsonl(self.forms_path, torn_tail=True)
        found = (validated(FormRecord, value, f"{self.forms_path}:{number}") for number, value in lines)
        return {form.id: form for form in found}
