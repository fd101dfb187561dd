"""Protected files: what a run did to them, and how to put them back."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tempfile
import weakref
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ...data.errors import InputError
from ...data.files import read_json, write_atomic, write_json

MANIFEST = "guard.json"


@dataclass(frozen=True)
class FileChange:
    """What became of one protected file; `path` is relative to the workspace."""

    path: str
    how: Literal["altered", "deleted", "replaced", "added"]
    """`replaced`: a link, folder or device stands there, or a link on the way to it; `added`: new in a protected
    folder."""


class Guard:
    """Hashes of the protected files of a workspace, with copies of them outside of it."""

    def __init__(self, workspace: Path, keep: Path, hashes: dict[str, str], folders: list[str]) -> None:
        """Use `of`. `hashes` are SHA-256 by path relative to the workspace."""
        self.workspace, self.keep, self.hashes, self.folders = workspace, keep, hashes, folders

    @classmethod
    def of(cls, workspace: Path, protected: Iterable[str | Path], keep: Path | None = None) -> Guard:
        """Protect files, and folders with all that is in them, by their paths relative to the workspace.

        Copies go into `keep`, by default a temporary folder that goes with the guard. Where `keep` holds those of an
        earlier guard, they remain the standard: a continued run cannot make a changed file the rule.

        Raises InputError where a path is missing, a link, or not inside the workspace, and where `keep` is inside it.
        """
        workspace = workspace.resolve()
        if keep is None:
            temporary = Path(tempfile.mkdtemp(prefix="peerassay-guard-"))
            try:
                guard = cls.of(workspace, protected, temporary)
            except InputError:
                shutil.rmtree(temporary)
                raise
            weakref.finalize(guard, shutil.rmtree, temporary, ignore_errors=True)
            return guard
        keep = keep.resolve()
        if keep.is_relative_to(workspace):
            raise InputError(f"{keep}: lies in the workspace; keep the copies where the run cannot reach them")
        if (keep / MANIFEST).is_file():
            known = read_json(keep / MANIFEST)
            return cls(workspace, keep, known["files"], known["folders"])
        hashes: dict[str, str] = {}
        folders: list[str] = []
        for path in protected:
            relative = _relative(workspace, path)
            if (workspace / relative).is_dir():
                folders.append(relative)
            for name in _files(workspace, relative):
                hashes[name] = _keep_copy(workspace, name, keep)
        write_json(keep / MANIFEST, {"files": hashes, "folders": folders})
        return cls(workspace, keep, hashes, folders)

    def changed(self) -> list[FileChange]:
        """What differs from the standard, by path; empty where nothing does."""
        changes = [FileChange(name, how) for name in self.hashes if (how := self._difference(name))]
        found = {name for folder in self.folders for name in _files(self.workspace, folder)}
        changes += [FileChange(name, "added") for name in found - self.hashes.keys()]
        return sorted(changes, key=lambda change: change.path)

    def restore(self) -> list[FileChange]:
        """Put everything back as it was and return what had to be; no link is followed on the way.

        Call it when nothing of the run is left. Raises InputError where the workspace or a copy cannot be used.
        """
        changes = self.changed()
        for change in changes:
            target = self.workspace / change.path
            if change.how == "added":
                _remove(target)
                continue
            _clear_way(self.workspace, change.path)
            write_atomic(target, (self.keep / change.path).read_bytes())
            shutil.copymode(self.keep / change.path, target)
        return changes

    def _difference(self, name: str) -> Literal["altered", "deleted", "replaced"] | None:
        if any((self.workspace / part).is_symlink() for part in _way(name)):
            return "replaced"
        target = self.workspace / name
        if not os.path.lexists(target):
            return "deleted"
        content = _content(target)
        if content is None:
            return "replaced"
        return None if _hash(content) == self.hashes[name] else "altered"


def links_outside(workspace: Path) -> list[str]:
    """Links anywhere in the workspace that lead out of it, relative to it; read no file through one."""
    workspace = workspace.resolve()
    found = []
    for folder, folders, files in os.walk(workspace):
        for name in folders + files:
            path = Path(folder, name)
            if path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(workspace):
                found.append(str(path.relative_to(workspace)))
    return sorted(found)


def _relative(workspace: Path, path: str | Path) -> str:
    relative = os.path.normpath(path)
    if relative.startswith(("/", "..")) or relative == ".":
        raise InputError(f"{path}: a protected path has to be relative to the workspace and inside it")
    if any((workspace / part).is_symlink() for part in _way(relative)):
        raise InputError(f"{workspace / relative}: is a link or reached by one; a protected file has to be a real one")
    if not (workspace / relative).exists():
        raise InputError(f"{workspace / relative}: a protected file is missing")
    return relative


def _way(name: str) -> list[str]:
    """The path and all folders on the way to it, from the workspace on."""
    path = Path(name)
    return [str(part) for part in [*reversed(path.parents), path] if part != Path()]


def _files(workspace: Path, name: str) -> Iterator[str]:
    """The file itself, or all that is in the folder but folders."""
    top = workspace / name
    if not top.is_dir() or top.is_symlink():
        yield name
        return
    for folder, folders, files in os.walk(top):
        links = [each for each in folders if Path(folder, each).is_symlink()]
        yield from (str(Path(folder, each).relative_to(workspace)) for each in files + links)


def _keep_copy(workspace: Path, name: str, keep: Path) -> str:
    content = _content(workspace / name)
    if content is None:
        raise InputError(f"{workspace / name}: not a regular file; only regular files can be protected")
    write_atomic(keep / name, content)
    shutil.copymode(workspace / name, keep / name)
    return _hash(content)


def _content(path: Path) -> bytes | None:
    """The bytes of a regular file, None for anything else; a pipe that stands there cannot hold us up."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        return None
    with os.fdopen(handle, "rb") as stream:
        return stream.read()


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _clear_way(workspace: Path, name: str) -> None:
    """Make every folder on the way a real one, and remove what is no regular file at the end of it."""
    *folders, last = _way(name)
    for part in folders:
        path = workspace / part
        if path.is_symlink() or not path.is_dir():
            _remove(path)
            path.mkdir()
    if not (workspace / last).is_file() or (workspace / last).is_symlink():
        _remove(workspace / last)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
