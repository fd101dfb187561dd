"""From the files of a stress run to the scores that its figures are computed from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from ...reviewer.protocol import paper_key
from ...reviewer.review import Review
from ..run import RunReviewer
from .attacker import Way
from .columns import ABSENT, ACCEPT, FAILED, MISSING, REJECT, UNDECIDED, Column, StressPaper, StressScores
from .forms import RAW, REMOVED
from .records import INTACT, FormRecord, ManipulationRecord, form_id
from .run import StressRun

Reviews = Mapping[str, Review]
"""By the id of a form."""


def reviews_of(run: StressRun, entry: RunReviewer) -> dict[int, dict[str, Review]]:
    """By repeat, the reviews of a reviewer by the ids of forms."""
    return {
        number: {form: review for (name, fingerprint, form), review in found.items()
                 if (name, fingerprint) == (entry.name, entry.fingerprint)}
        for number, found in run.repeats().items()
    }  # fmt: skip


def collect(run: StressRun, entry: RunReviewer, ways: Mapping[str, Mapping[str, Way]] | None = None) -> StressScores:
    """The scores of a reviewer; `ways` are those of attacks by their names and by paper."""
    record, forms, by_repeat = run.stress, run.forms(), reviews_of(run, entry)
    first, judged = by_repeat.get(0, {}), {j.paper_id: j for j in record.judgements}
    table = _Columns(record.papers, forms)
    columns = [table.column(INTACT, 0.0, reviews, repeat=number) for number, reviews in sorted(by_repeat.items())]
    columns += [table.column(name, 0.0, first) for name in _unplanted(forms)]
    for one in record.manipulations:
        columns += [table.column(one.name, strength, first, of=one) for strength in one.strengths]
    columns += [table.column(name, 1.0, first) for name in (RAW, REMOVED) if name in {f.name for f in forms.values()}]
    for name, by_paper in (ways or {}).items():
        columns += table.rounds(name, by_paper, first)
    paid = [review.usage.usd for review in first.values()]
    return StressScores(
        name=entry.name,
        spec=entry.spec,
        fingerprint=entry.fingerprint,
        traits=entry.traits,
        papers=tuple(
            StressPaper(
                key=paper_key(paper),
                accepted=judged[paper].accepted if paper in judged else None,
                group=_group(judged[paper].group if paper in judged else None),
            )
            for paper in record.papers
        ),
        columns=tuple(c for c in columns if set(c.marks) - {ABSENT, MISSING} or c.reasons),
        usd_per_review=None if not paid or None in paid else sum(usd or 0 for usd in paid) / len(paid),
    )


def _group(name: str | None) -> str | None:
    return None if name is None else paper_key(name)


def _unplanted(forms: Mapping[str, FormRecord]) -> list[str]:
    return sorted({form.name for form in forms.values() if form.name.startswith("unplanted")})


class _Columns:
    def __init__(self, papers: Sequence[str], forms: Mapping[str, FormRecord]) -> None:
        self.papers, self.forms = papers, forms

    def column(
        self, name: str, strength: float, reviews: Reviews, *, repeat: int = 0, of: ManipulationRecord | None = None
    ) -> Column:
        """The reviews of all papers in the form of this name and strength."""
        ids = [form_id(paper, name, strength) for paper in self.papers]
        return self._made(name, strength, ids, reviews, repeat=repeat, of=of)

    def rounds(self, name: str, ways: Mapping[str, Way], reviews: Reviews) -> list[Column]:
        """A column for each round of an attack."""
        most = max((len(way.forms) for way in ways.values()), default=0)
        by_round = [
            [ways[paper].forms[number] if paper in ways and number < len(ways[paper].forms) else "" for paper in
             self.papers]
            for number in range(most)
        ]  # fmt: skip
        return [self._made(name, float(i), ids, reviews) for i, ids in enumerate(by_round, start=1)]

    def _made(
        self,
        name: str,
        strength: float,
        ids: Sequence[str],
        reviews: Reviews,
        *,
        repeat: int = 0,
        of: ManipulationRecord | None = None,
    ) -> Column:
        known = [self.forms.get(form) for form in ids]
        there = [form if form is not None and not form.reason else None for form in known]
        bases = [self.forms.get(form.base) if form else None for form in there]
        base = next((b.name for b in bases if b), "")
        said = [reviews.get(form) if there[i] else None for i, form in enumerate(ids)]
        return Column(
            name=name,
            strength=strength,
            repeat=repeat,
            family=of.family if of else name.partition(":")[0] if ":" in name else "",
            expected=of.expected if of else "",
            base=base,
            scores=tuple(None if review is None else review.overall for review in said),
            marks="".join(ABSENT if there[i] is None else _mark(review) for i, review in enumerate(said)),
            found="".join("01"[_alarms(f) > _alarms(b)] for f, b in zip(there, bases, strict=True)),
            same="".join(
                "01"[f is not None and b is not None and f.digest == b.digest]
                for f, b in zip(there, bases, strict=True)
            ),
            usd=_cost([form for form in there if form is not None]),
            reasons=dict(Counter(form.reason for form in known if form and form.reason)),
        )


def _cost(forms: Sequence[FormRecord]) -> float | None:
    costs = [form.usd for form in forms]
    return None if None in costs else sum(cost or 0.0 for cost in costs)


def _alarms(form: FormRecord | None) -> int:
    return 0 if form is None else form.hidden + form.injections


def _mark(review: Review | None) -> str:
    if review is None:
        return MISSING
    if review.status == "failed":
        return FAILED
    return {"accept": ACCEPT, "reject": REJECT, None: UNDECIDED}[review.decision]
