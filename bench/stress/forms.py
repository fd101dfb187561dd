"""The forms of papers: which there are, what tells their texts, and the texts themselves, made anew where needed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from pathlib import Path

from ...data.errors import InputError
from ...data.records import Paper
from ...reviewer.injections import find_injections, remove_injections
from ...reviewer.scrub import scrub_paper
from .kept_texts import KeptTexts
from .manipulation import Manipulation, NotApplicable, manipulated, read_file, unplanted
from .papers import StressPapers
from .records import DEFENCE, INTACT, UNPLANTED, FormRecord, form_id

RAW, REMOVED = f"{DEFENCE}no-scrubbing", f"{DEFENCE}injection-removal"
"""The text without the defence that the run has, and with one that it has not."""

NOT_FILED = "not among those of which files are written"
"""Why there is no such form of a paper beyond the first ones, as many as files are written of."""


class Forms:
    """All forms of some papers under some manipulations; `known` are those that are on record.

    Manipulations that write a file do so for at most `files` papers; None: for all. `keep` is called with each form
    that becomes known.
    """

    def __init__(
        self,
        papers: StressPapers,
        manipulations: Sequence[Manipulation],
        *,
        seed: int,
        raw: bool,
        files: int | None = None,
        known: Mapping[str, FormRecord] | None = None,
        keep: Callable[[FormRecord], None] = lambda _: None,
    ) -> None:
        self.papers = {paper.id: paper for paper in papers.papers}
        self.hidden = papers.hidden
        self.manipulations = {one.name: one for one in manipulations}
        self.seed = seed
        self.raw = raw
        self.filed = papers.some(files)
        self.known = dict(known or {})
        self.keep = keep
        self._texts = KeptTexts()

    def plan(
        self,
        strengths: Mapping[str, Sequence[float]],
        extra: Sequence[str] = (),
        *,
        without: Container[str] = (),
        done: Callable[[int, int], None] = lambda *_: None,
    ) -> list[str]:
        """Ids of the forms to be reviewed, intact ones first; those not known are made, to see what becomes of them.

        `extra` are names of defences, `without` papers that are left out. `done` is called with papers done and papers
        in all.
        """
        found: list[str] = []
        for number, paper in enumerate(self.papers.values(), start=1):
            if paper.id in without:
                continue
            found.append(self._plain(paper, INTACT))
            found += [self._plain(paper, name) for name in extra]
            for name, tried in strengths.items():
                for strength in tried:
                    found += self._manipulated(paper, self.manipulations[name], strength)
            done(number, len(self.papers))
        return sorted(dict.fromkeys(found), key=lambda form: self.known[form].name != INTACT)

    def attacked(self, form: FormRecord) -> FormRecord:
        """What an attacker wrote by the form's moves, on record: with a reason where one does not apply."""
        if form.id not in self.known:
            self._try(form)
        return self.known[form.id]

    def before(self, form: FormRecord) -> Paper:
        """The paper before the attacker's last move."""
        return self._moved(form.paper, form.moves[:-1])

    def text(self, form: str) -> Paper:
        """The paper in a form as reviewers read it, under the paper's own id.

        Raises InputError where it is not the text that is on record.
        """
        record = self.known[form]
        read = self._texts.get(form, record.paper)
        if read is None:
            read = self._made(record)[0]
            if digest_of(read) != record.digest:
                raise InputError(
                    f"{form}: its text is no longer the one on record; the run was begun by another version or on "
                    f"other files: choose another --out"
                )
            self._texts.keep(form, read)
        return read

    def _plain(self, paper: Paper, name: str) -> str:
        """An intact paper, or one read with another defence."""
        form = form_id(paper.id, name, 1.0)
        if form not in self.known:
            strength, base = (0.0, "") if name == INTACT else (1.0, paper.id)
            self._add(FormRecord(id=form, paper=paper.id, name=name, strength=strength, base=base))
        return form

    def _manipulated(self, paper: Paper, manipulation: Manipulation, strength: float) -> Iterator[str]:
        """The form and, where that is a file, the same kind of file with nothing planted in it."""
        form = form_id(paper.id, manipulation.name, strength)
        filed = manipulation.file is None or paper.id in self.filed
        if form not in self.known or (filed and self.known[form].reason == NOT_FILED):
            record = FormRecord(id=form, paper=paper.id, name=manipulation.name, strength=strength, base=paper.id)
            if filed:
                self._try(record, manipulation)
            else:
                self._lack(record, NOT_FILED)
        record = self.known[form]
        if not record.reason:
            yield from (one for one in (record.base, form) if one != paper.id)

    def _try(self, record: FormRecord, manipulation: Manipulation | None = None) -> None:
        """Put the form on record, with the reason where there is none."""
        try:
            self._add(record, manipulation)
        except NotApplicable as reason:
            self._lack(record, str(reason) or "does not apply")

    def _lack(self, record: FormRecord, reason: str) -> None:
        self.known[record.id] = record.model_copy(update={"reason": reason})
        self.keep(self.known[record.id])

    def _add(self, record: FormRecord, manipulation: Manipulation | None = None) -> None:
        """Make the form's text and put it on record. Raises NotApplicable."""
        read, hidden, suffix = self._made(record)
        if suffix and manipulation:
            record = record.model_copy(update={"base": self._unplanted(record.paper, manipulation, suffix)})
        told = {
            "digest": digest_of(read),
            "words": len(read.text.split()),
            "hidden": hidden,
            "injections": len(find_injections(read.text)) if self._searched(record) else 0,
        }
        self.known[record.id] = record.model_copy(update=told)
        self.keep(self.known[record.id])
        self._texts.keep(record.id, read)

    def _searched(self, record: FormRecord) -> bool:
        """Whether what is found in the form is of interest: of clean papers, and of those with something injected."""
        manipulation = self.manipulations.get(record.name)
        return record.name.startswith(UNPLANTED) or (
            not record.moves and (manipulation is None or manipulation.family == "injection")
        )

    def _unplanted(self, paper: str, manipulation: Manipulation, suffix: str) -> str:
        """The id of the same kind of file with nothing in it."""
        name = f"{UNPLANTED}{suffix}"
        form = form_id(paper, name, 0.0)
        if form not in self.known:
            self._add(FormRecord(id=form, paper=paper, name=name, moves=(manipulation.name,)))
        return form

    def _made(self, record: FormRecord) -> tuple[Paper, int, str]:
        """The text as read, how many passages the loader set aside, the ending of a file. Raises NotApplicable."""
        paper, hidden = self.papers[record.paper], self.hidden.get(record.paper, 0)
        if record.name == INTACT:
            return self._as_read(paper), hidden, ""
        if record.name == RAW:
            return paper, hidden, ""
        if record.name == REMOVED:
            read = self._as_read(paper)
            return read.model_copy(update={"text": remove_injections(read.text)[0]}), hidden, ""
        if record.name.startswith(UNPLANTED):
            return self._as_read(unplanted(paper, self.manipulations[record.moves[0]], self.seed)), 0, ""
        if record.moves:
            return self._as_read(self._moved(record.paper, record.moves)), hidden, ""
        manipulation = self.manipulations[record.name]
        loaded = read_file(paper, manipulation, record.strength, self.seed)
        if loaded is not None:
            return self._as_read(loaded.paper), len(loaded.quarantine), Path(loaded.path).suffix
        return self._as_read(manipulated(paper, manipulation, record.strength, self.seed)), hidden, ""

    def _moved(self, paper: str, moves: Sequence[str]) -> Paper:
        """The paper after an attacker's moves. Raises NotApplicable."""
        moved = self.papers[paper]
        for move in moves:
            moved = manipulated(moved, self.manipulations[move], 1.0, self.seed)
        return moved

    def _as_read(self, paper: Paper) -> Paper:
        return paper if self.raw else scrub_paper(paper)


def digest_of(paper: Paper) -> str:
    """SHA-256 of what a reviewer reads of a paper."""
    whole = "\n".join((paper.title, paper.abstract, paper.text))
    return hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()
