"""What the search box of every page looks in: all entries of all boards, and the boards."""

from __future__ import annotations

from ...presentation.pages import quiet
from ..boards import Boards
from .generators import section_anchor, section_title
from .links import Pages, board_anchor, board_title, page_key
from .naming import readable
from .scripts import script

Found = tuple[str, str, str, str]
"""Name, SPEC, where it stands in words, address from the site's first folder."""


def entries_script(boards: Boards, pages: Pages) -> str:
    """The list as a script that the search box loads when it is first used."""
    return script("peerassayEntries", [[quiet(words) for words in found] for found in _entries(boards, pages)])


def _entries(boards: Boards, pages: Pages) -> list[Found]:
    found: list[Found] = []
    for board in boards.reviewers:
        title = board_title(board)
        found.append((title, "", "board of reviewers", f"reviewers.html#{board_anchor(board)}"))
        for entry in board.entries:
            result = entry.result
            found.append((readable(result), result.spec, title, pages[page_key(result)]))
    for board in boards.generators:
        title = section_title(board)
        found.append((title, board.fingerprint, "board of generators", f"generators.html#{section_anchor(board)}"))
        for entry in board.entries:
            result = entry.result
            found.append((result.name, "", f"{result.template}, {title}", pages[page_key(result)]))
    return found
