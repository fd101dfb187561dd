"""Reviews by the ids of their papers, each made anew when it is looked at: however many there are."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from ..data.lines import Lines
from .review import Review


class StoredReviews(Mapping[str, Review]):
    """A review of each paper."""

    def __init__(self, lines: Lines[Review], places: Mapping[str, int], recalling: Collection[str]) -> None:
        """`places` are those of the papers' reviews in `lines`; `recalling` has the papers whose reviews tell what the
        reviewer recalls of them."""
        self._lines, self._places, self.recalling = lines, places, recalling

    @classmethod
    def of(cls, reviews: Mapping[str, Review]) -> StoredReviews:
        """The reviews by the ids that they have there."""
        lines = Lines.of(Review, reviews.values(), lambda review: review.paper_id)
        recalling = {paper for paper, review in reviews.items() if review.recall is not None}
        return cls(lines, {paper: place for place, paper in enumerate(reviews)}, recalling)

    def renamed(self, names: Mapping[str, str]) -> StoredReviews:
        """Those of the papers that `names` has, by the names that it gives them."""
        kept = {names[paper]: place for paper, place in self._places.items() if paper in names}
        return StoredReviews(self._lines, kept, {names[paper] for paper in self.recalling if paper in names})

    def __getitem__(self, paper: str) -> Review:
        review = self._lines[self._places[paper]]
        return review if review.paper_id == paper else review.model_copy(update={"paper_id": paper})

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
