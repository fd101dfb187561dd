"""What of an entry can be taken elsewhere: its badge, its citation, links to what it is of, its comparison."""

from __future__ import annotations

from dataclasses import dataclass

from ..boards import Boards, GeneratorBoard, GeneratorEntry, ReviewerBoard, ReviewerEntry
from .badges import Badge, generator_badge, reviewer_badge
from .citation import entry_citation
from .compared import template_key
from .generators import by_template
from .links import Pages, board_anchor, board_title, entry_pages, page_key
from .naming import readable
from .outward import Outward, reviewer_links


@dataclass(frozen=True)
class Share:
    """The end of an entry's page; addresses begin at the site's first folder."""

    page: str
    badge: Badge
    citation: str
    links: tuple[Outward, ...]
    compare: str
    """Empty where there is nothing to compare it with."""

    @property
    def badge_path(self) -> str:
        """Of the picture."""
        return self.page.replace("entries/", "badges/").removesuffix(".html") + ".svg"

    @property
    def snippet(self) -> str:
        """Markdown for a README."""
        return f"[![peerassay](SITE/{self.badge_path})](SITE/{self.page})"


def reviewer_share(entry: ReviewerEntry, board: ReviewerBoard, pages: Pages) -> Share:
    """Of a reviewer on its board."""
    result, page = entry.result, pages[page_key(entry.result)]
    compare = f"compare.html#board={board_anchor(board)}&a={result.id}" if len(board.entries) > 1 else ""
    return Share(
        page=page,
        badge=reviewer_badge(entry, board.dataset.name, sum(e.place is not None for e in board.entries)),
        citation=entry_citation(result, readable(result), board_title(board), page),
        links=tuple(reviewer_links(result, board.dataset)),
        compare=compare,
    )


def generator_share(entry: GeneratorEntry, board: GeneratorBoard, pages: Pages) -> Share:
    """Of a configuration on its template."""
    result, page = entry.result, pages[page_key(entry.result)]
    rivals = by_template(board.entries)[result.template]
    return Share(
        page=page,
        badge=generator_badge(entry, sum(e.place is not None for e in rivals)),
        citation=entry_citation(result, result.name, f"{result.template}, reviewed by {board.reviewer}", page),
        links=(),
        compare=f"compare.html#board={template_key(board, result.template)}&a={result.id}" if len(rivals) > 1 else "",
    )


def badge_files(boards: Boards) -> dict[str, str]:
    """The badge of every entry, by path."""
    pages = entry_pages(boards)
    found = [reviewer_share(e, board, pages) for board in boards.reviewers for e in board.entries]
    found += [generator_share(e, board, pages) for board in boards.generators for e in board.entries]
    return {share.badge_path: str(share.badge.svg) for share in found}
