"""What an editor of code is to the scientist, and the snapshot that tells what it has changed."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pydantic import BaseModel, ConfigDict, Field

from ...data.errors import InputError
from ...llm.messages import Tokens
from .head import Head

MOST_DIFF = 20_000
"""Characters of a diff that are kept."""


@dataclass(frozen=True)
class EditRequest:
    """What is to be changed. Paths are relative to the workspace.

    `files` may be changed, and made where they are missing; `read_only` are shown and nothing more. `stage` is the
    ledger's stage. The rest is for changes that are planned in the same call: who is asked (`manner`), what is known
    before the files are shown (`opening`), and what the answer says above its blocks (`head`).
    """

    instruction: str
    files: tuple[Path, ...]
    read_only: tuple[Path, ...] = ()
    stage: str = "edit"
    manner: str = ""
    opening: tuple[str, ...] = ()
    head: Head | None = None


class EditResult(BaseModel):
    """What became of a request, told by the files and not by the editor's word."""

    model_config = ConfigDict(frozen=True)

    ok: bool = Field(description="a file was changed and nothing is left that did not apply")
    changed: tuple[str, ...] = Field(default=(), description="files whose content changed, by name")
    diff: str = Field(default="", description="unified diff over all files, capped")
    messages: tuple[str, ...] = Field(default=(), description="what the model said besides its edits, shortened")
    problems: tuple[str, ...] = Field(default=(), description="what did not apply, was refused or failed in the end")
    fields: dict[str, tuple[str, ...]] = Field(default_factory=dict, description="what the answer says above blocks")
    last: str = Field(default="", description="the last answer, where not all of it was applied; capped")
    tokens: Tokens = Field(default=Tokens(), description="of the calls; replies from the local cache do not count")
    usd: float | None = Field(default=0.0, description="for the calls; None: price unknown")
    seconds: float = Field(default=0.0, description="from the request to the result")

    @property
    def failure(self) -> str:
        """Why nothing was changed, with the blocks that could not be applied; empty where something was."""
        if self.changed:
            return ""
        reasons = "; ".join(self.problems) or "the model changed nothing"
        return f"the edit was not applied: {reasons}" + (f"\nThe answer was:\n{self.last}" if self.last else "")


class Editor(Protocol):
    """Whatever changes code on request."""

    name: str

    @property
    def fingerprint(self) -> str:
        """Changes whenever its edits could."""
        ...

    async def edit(self, workspace: Path, request: EditRequest) -> EditResult:
        """Change the request's files in the workspace.

        What goes wrong is in the result. Raises BudgetReached, and CallFailed or ModelUnusable where the model cannot
        be reached; the files are then as before. Raises InputError for a request whose paths lead out of the workspace.
        """
        ...


Texts = Mapping[Path, str | None]
"""Path relative to the workspace -> content; None: no such file."""


def read_files(workspace: Path, paths: Iterable[Path]) -> dict[Path, str | None]:
    """The files' contents, line ends as they are, a byte order mark left out.

    Raises InputError for a path that leads out of the workspace, or to something other than a UTF-8 text file.
    """
    return {path: _read(inside(workspace, path)) for path in paths}


def inside(workspace: Path, path: Path) -> Path:
    """The place of the path in the workspace. Raises InputError where it, or a link on the way, leads out of it."""
    place = workspace / path
    if path.is_absolute() or not place.resolve().is_relative_to(workspace.resolve()):
        raise InputError(f"{path}: not a file inside the workspace; name editable files relative to {workspace}")
    return place


def _read(place: Path) -> str | None:
    try:
        return place.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise InputError(f"{place}: not UTF-8 (byte {error.start}); only text files can be edited") from None
    except OSError as error:
        raise InputError(f"{place}: cannot be read ({error.strerror})") from None


def changed_files(before: Texts, after: Texts) -> tuple[str, ...]:
    """Names of the files whose content differs, in the order of `before`."""
    return tuple(path.as_posix() for path in before if before[path] != after[path])


def diff_of(before: Texts, after: Texts, most: int = MOST_DIFF) -> str:
    """Unified diff of the files, at most so many characters of it; empty where nothing differs."""
    lines: list[str] = []
    for path in before:
        name = path.as_posix()
        old, new = ((texts[path] or "").splitlines() for texts in (before, after))
        lines += difflib.unified_diff(old, new, f"a/{name}", f"b/{name}", lineterm="")
    whole = "\n".join(lines)
    return whole if len(whole) <= most else f"{whole[:most]}\n(diff cut off after {most} of {len(whole)} characters)"
