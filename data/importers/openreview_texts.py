"""The texts of submissions from their PDFs: as the reviewers were given them, where OpenReview shows that version."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel

from ..errors import InputError
from ..files import read_validated, write_json
from ..papers.invisible import clean
from ..papers.pdf.document import UnreadablePdfError, read_pdf
from ..records import TextVersion
from .openreview_notes import Submission

if TYPE_CHECKING:
    from .openreview_client import OpenReview


Record = TypeVar("Record", bound=BaseModel)


class StoredText(BaseModel):
    """The text of one paper's PDF; empty, with the reason in `missing`, where there is none."""

    id: str
    text: str = ""
    version: TextVersion = "unknown"
    missing: str = ""


def read_kept(kind: type[Record], path: Path) -> Record:
    """A file that a pull wrote. Raises InputError where it is another, or of another version."""
    try:
        return read_validated(kind, path)
    except InputError as error:
        raise InputError(f"{error}; remove this file and pull again (other files stay)") from None


def stored_path(folder: Path, submission: Submission) -> Path:
    """Where something of a submission is kept. Raises InputError for an id that is none."""
    if not re.fullmatch(r"[\w-]+", submission.id):
        raise InputError(f"OpenReview: {submission.id!r} is no id of a submission")
    return folder / f"{submission.id}.json"


def text_of(submission: Submission, accepted: bool, server: OpenReview, folder: Path) -> StoredText:
    """The text of the paper's PDF, from the folder where it is there, else got and kept."""
    path = stored_path(folder, submission)
    if path.exists():
        return read_kept(StoredText, path)
    content, version = _best_pdf(submission, accepted, server)
    text = pdf_text(content) if content else ""
    missing = "" if text else "PDF without text" if content else "no PDF"
    kept = StoredText(id=submission.id, text=text, version=version, missing=missing)
    write_json(path, kept.model_dump())
    return kept


def _best_pdf(submission: Submission, accepted: bool, server: OpenReview) -> tuple[bytes | None, TextVersion]:
    """The last PDF before the first review, which is what the reviewers were given; else the current one."""
    revisions = server.revisions(submission.id)
    reviewed, decided = submission.reviewed_from, submission.decided_at
    before = [revision for revision in revisions if reviewed is not None and revision.created < reviewed]
    for revision in reversed(before):
        content = server.pdf(submission.id, revision.id)
        if content:
            return content, "submission"
    late = bool(revisions) and decided is not None and revisions[-1].created > decided
    return server.pdf(submission.id), "camera-ready" if accepted and late else "latest"


def pdf_text(content: bytes) -> str:
    """The visible text of all pages, joined by blank lines; empty for a file that is broken or holds only images.

    Hidden text is left out. Raises InputError where pypdfium2 is not installed.
    """
    try:
        return clean(read_pdf(content, "PDF").text)[0].strip()
    except UnreadablePdfError:
        return ""
