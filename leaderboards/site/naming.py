"""What an entry is called on the pages: readable first, as it is written in a SPEC beneath."""

from __future__ import annotations

from ...presentation.cell import Cell
from ...reviewer.bundled import PREFIX, bundled_replays
from ..records import ReviewerResult

REPLAY = "replay:"


def readable(result: ReviewerResult) -> str:
    """The reviewer's name: of a released replay its label, of another one its name without "replay:"."""
    released = bundled_replays().get(result.spec.removeprefix(REPLAY + PREFIX)) if _is_bundled(result) else None
    if released is not None and released.label:
        return f"{released.label} (released)"
    return result.name.removeprefix(REPLAY) or result.name


def spec_beneath(result: ReviewerResult) -> str:
    """The SPEC, where the readable name is another one."""
    return "" if readable(result) in (result.spec, result.name) else result.spec


def name_cell(result: ReviewerResult, href: str, tags: tuple[str, ...]) -> Cell:
    """The name as a link to the entry's page, the SPEC beneath it."""
    return Cell(readable(result), href=href, tags=tags, small=spec_beneath(result))


def _is_bundled(result: ReviewerResult) -> bool:
    return result.spec.startswith(REPLAY + PREFIX)
