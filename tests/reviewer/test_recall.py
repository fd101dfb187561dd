"""Asking a model what it remembers, of a scripted model with planted memories."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from peerassay.data.records import Paper
from peerassay.data.registry import load_dataset
from peerassay.llm.session import Session
from peerassay.reviewer.panel.panel import PanelReviewer
from peerassay.reviewer.recall import RecallReviewer, read_recall
from peerassay.reviewer.spec import load_reviewer

from tests.loopback.running import Loopback

PAPERS = load_dataset("sample").papers
PLANTED = {PAPERS[0].title: "accepted", PAPERS[1].title: "rejected"}


@pytest.fixture(scope="module")
def server() -> Iterator[Loopback]:
    with Loopback(memories=PLANTED) as server:
        yield server


def asked(server: Loopback, *papers: Paper, session: Session | None = None) -> list[tuple[str | None, float | None]]:
    spec = f"openai/scripted@{server.openai_url}?price_in=1&price_out=4"
    panel = load_reviewer(spec, session=session or Session())
    assert isinstance(panel, PanelReviewer)
    memory = RecallReviewer(panel)

    async def work() -> list[tuple[str | None, float | None]]:
        reviews = [await memory.review(paper) for paper in papers]
        await memory.aclose()
        assert all(review.usage.calls == 1 and (review.usage.usd or 0) > 0 for review in reviews)
        return [(review.recall, review.overall) for review in reviews]

    return asyncio.run(work())


def test_planted_memories_are_told_and_nothing_else(server: Loopback) -> None:
    assert asked(server, *PAPERS[:3]) == [("outcome", 1), ("outcome", -1), ("no", 0)]


def test_the_call_is_short_and_booked_under_its_stage(server: Loopback) -> None:
    session = Session()
    asked(server, PAPERS[3], session=session)
    totals = session.metering.ledger.totals()
    assert list(totals) == ["recall"]
    assert totals["recall"].tokens.input < 1200


def test_the_text_behind_the_abstract_is_not_shown(server: Loopback) -> None:
    panel = load_reviewer(f"openai/scripted@{server.openai_url}", session=Session())
    assert isinstance(panel, PanelReviewer)
    paper = PAPERS[0]
    shown = RecallReviewer(panel).request(paper).messages[0].text
    assert paper.title in shown and paper.abstract[:200] in shown
    assert paper.text[-200:] not in shown


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"recall": "yes", "outcome": "unknown"}, "recall takes outcome, paper, title, no"),
        ({"recall": "no"}, "outcome accepted, unknown, rejected"),
        ({"recall": "paper", "outcome": "accepted"}, "recall is 'paper', but outcome is 'accepted'"),
        ({"recall": "outcome", "outcome": "unknown"}, "either remembered or unknown"),
        ("no", "got 'no'"),
    ],
)
def test_other_answers_are_asked_for_again(answer: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_recall(answer)
    assert read_recall({"recall": " No ", "outcome": "UNKNOWN"}) == ("no", "unknown")
