"""Figures need no texts: what is kept of a review gives the same arrays as the review itself."""

from __future__ import annotations

import numpy as np
from peerassay.bench.answers import answers_of
from peerassay.bench.load_outcomes import humans_of, machine_of
from peerassay.data.records import Judgement
from peerassay.reviewer.protocol import Traits
from peerassay.reviewer.review import Review, Usage, failed

TEXT = "a text that no figure needs"
HUMANS = humans_of([Judgement(paper_id=f"p{i}", decision="accept" if i % 2 else "reject") for i in range(5)])
FIELDS = {
    "summary": TEXT,
    "percentile": 70,
    "findings": {"hidden": [TEXT], "cut": 0},
    "notes": [TEXT],
    "panel": {"members": [{"summary": TEXT}, {"summary": TEXT}], "calls_saved": 2},
}


def review(paper: str, score: float, **changes: object) -> Review:
    usage = Usage(calls=3, usd=0.5, seconds=2.0)
    fields = {"overall": score, "decision": "accept", "p_accept": 0.3, "fields": FIELDS, "usage": usage, **changes}
    return Review.model_validate({"paper_id": paper, "reviewer": "m", "fingerprint": "f", **fields})


def test_answers_give_the_arrays_of_their_reviews() -> None:
    lost = failed("p4", "timeout").model_copy(update={"reviewer": "m", "fingerprint": "f"})
    slow = Usage(calls=3, usd=0.5, seconds=7.0)
    last = [
        review("p0", 3),
        review("p1", 7, recall="outcome"),
        review("p2", 5, fields={}),
        review("p3", 6, fields={}, usage=slow),
        lost,
    ]
    others = [review("p9", 1), review("p0", 9, repeat=1), review("p0", 9, fingerprint="before")]
    found = answers_of([review("p0", 1), *last, *others], {("m", "f")}, HUMANS.ids)[("m", "f")]
    assert found.whole and not answers_of([review("p0", 1)], {("m", "f")}, HUMANS.ids)[("m", "f")].whole
    kept = found.read()
    assert TEXT not in str(kept) and TEXT not in str(vars(found))
    traits = Traits(kind="llm")
    ours, theirs = (machine_of("m", traits, made, HUMANS) for made in (kept, last))
    for name, value in vars(theirs).items():
        np.testing.assert_equal(getattr(ours, name), value, name)
    assert (ours.members, ours.usage.calls_saved, ours.noted, ours.findings["hidden"]) == (2.0, 0.8, 2, 2)
