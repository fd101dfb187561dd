"""One worker's part of a bench: papers that it claims, one after the other."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from ...data.dataset import ids_of
from ...data.records import Paper
from ...data.tail import Tail
from ...reviewer.crew.member import Member
from ...reviewer.engine import Engine
from ...reviewer.protocol import Reviewer
from ...reviewer.review import Review
from ...reviewer.run_folder import read_reviews
from ..known import Known
from ..run import Key, Run

LOOK_EVERY = 0.2
"""Seconds between two looks for papers of workers that are lost."""


class CrewReviews:
    """The reviews that the workers of a run have made since the work was given out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.known: set[tuple[int, Key]] = set()
        self._tails: dict[Path, Tail] = {}

    def look(self) -> list[Review]:
        """Those that were added since the last look."""
        new = []
        for path in sorted(self.folder.glob("*/reviews.jsonl")):
            lines = self._tails.setdefault(path, Tail(path)).new()
            new += [Review.model_validate(line) for line in lines]
        self.known.update(key_of(review) for review in new)
        return new


def key_of(review: Review) -> tuple[int, Key]:
    """Which review of a run it is."""
    return review.repeat, (review.reviewer, review.fingerprint, review.paper_id)


class CrewShare:
    """What the worker does of a run, see `runner.Share`."""

    def __init__(self, run: Run, member: Member) -> None:
        self.path = member.own / "reviews.jsonl"
        self.member = member
        self.reviews = CrewReviews(run.work_path)
        self.dropped = 0
        """Reviews of papers that another worker had taken over meanwhile."""
        self._run = run

    def known(self) -> Known:
        """The reviews that were there before the work was given out."""
        return Known(read_reviews(self._run.reviews_path))

    def queue(self, engine: Engine, reviewer: Reviewer, repeat: int, papers: Sequence[Paper]) -> CrewQueue:
        """Gives out papers that no other worker has, and waits for those whose worker may yet be lost."""
        return CrewQueue(self, engine, reviewer, repeat, papers)

    def owns(self, review: Review) -> bool:
        """Whether the paper of a review that was just made is still this worker's."""
        mine = self.member.has(lease(review.reviewer, review.repeat, review.paper_id))
        self.dropped += not mine
        return mine


def lease(reviewer: str, repeat: int, paper: str) -> str:
    """What the review of a paper is called among the pieces of work."""
    return json.dumps([repeat, reviewer, paper])


class CrewQueue:
    """The papers of one pass, see `PaperQueue`."""

    def __init__(
        self, share: CrewShare, engine: Engine, reviewer: Reviewer, repeat: int, papers: Sequence[Paper]
    ) -> None:
        self.closed = False
        self._share = share
        self._engine = engine
        self._reviewer = reviewer
        self._repeat = repeat
        signature = reviewer.name, reviewer.fingerprint
        self._papers = papers
        ids = enumerate(ids_of(papers))
        self._todo = {one: place for place, one in ids if (repeat, (*signature, one)) not in share.reviews.known}
        self._mine: set[str] = set()
        self._turn = asyncio.Lock()

    async def take(self) -> Paper | None:
        """The next paper that nobody else has; None once each has its review, or the queue is closed."""
        async with self._turn:
            while not self.closed:
                if (paper := self._claim()) is not None:
                    return paper
                if not self._todo.keys() - self._mine:
                    return None
                await asyncio.sleep(LOOK_EVERY)
        return None

    def put_back(self, paper: Paper) -> None:
        """Let the paper go; its review, if there is one, is on record."""
        self._mine.discard(paper.id)
        with self._share.member.locked():
            self._share.member.release(self._lease(paper.id))

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """While it is held, no other worker takes a first paper for the reviewer."""
        async with self._share.member.holding(self._lease("")):
            self._look()
            yield

    def _claim(self) -> Paper | None:
        member = self._share.member
        with member.locked():
            self._look()
            for paper, place in self._todo.items():
                if member.claim(self._lease(paper)):
                    self._mine.add(paper)
                    return self._papers[place]
        return None

    def _look(self) -> None:
        """Learn what others have reviewed."""
        new = self._share.reviews.look()
        self._engine.know(new)
        for review in new:
            if (review.repeat, review.reviewer) == (self._repeat, self._reviewer.name):
                self._todo.pop(review.paper_id, None)

    def _lease(self, paper: str) -> str:
        return lease(self._reviewer.name, self._repeat, paper)
