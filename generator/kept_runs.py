"""Results of experiments from before a note, kept by their code: only what the note changes is run again.

The same code under the same seeds gives the same results: the template, its evaluation code and the settings are those
of the run, and cannot change in it. What failed, or changed protected files, is not kept, nor what a
search has run to confirm what it chose.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..data.files import make_folder, read_validated, write_json
from .nodes import INFO, Node, read_results

FOLDER = "kept"


@dataclass(frozen=True)
class KeptRuns:
    """The kept results of an idea, in kept/CODE/ of its folder: results/, node.json, and seeds/ where it has more."""

    folder: Path

    def keep(self, nodes: Sequence[Node]) -> list[Node]:
        """Keep what these nodes have found; returns those whose results are kept now and were not before."""
        fresh: list[Node] = []
        for node in nodes:
            results, code = self.folder / "workspace" / node.run, self.folder / "snapshots" / node.run
            sound = node.status == "ok" and node.kind != "confirm" and not node.violations
            if not (sound and results.is_dir() and code.is_dir()):
                continue
            target = self._place(code, node.seed_offset)
            if target.exists():
                continue
            partial = make_folder(target.parent) / f".{target.name}"
            shutil.rmtree(partial, ignore_errors=True)
            _link(results, partial / "results")
            if (self.folder / "seeds" / node.run).is_dir():
                _link(self.folder / "seeds" / node.run, partial / "seeds")
            write_json(partial / "node.json", node.model_dump(mode="json"))
            partial.rename(target)
            fresh.append(node)
        return fresh

    def take(self, node: Node, workspace: Path) -> Node | None:
        """The node with the kept results of a run with its code, put in their place; None where there are none.

        They are those of the first look at the data.
        """
        kept = self._place(self.folder / "snapshots" / node.run, node.seed_offset)
        if not kept.is_dir():
            return None
        target = workspace / node.run
        shutil.copytree(kept / "results", target, symlinks=True)
        if (kept / "seeds" / INFO).is_file():
            shutil.copyfile(kept / "seeds" / INFO, target / INFO)
        old = read_validated(Node, kept / "node.json")
        known = {"status": "ok", "reason": "", "tries": node.tries + 1, "seconds": old.seconds, "taken": old.run}
        return node.model_copy(update={**known, "results": read_results(target)})

    def take_seeds(self, node: Node) -> None:
        """Put the further seeds of a run with the node's code in their place, where they are kept and it has none."""
        kept = self._place(self.folder / "snapshots" / node.run, node.seed_offset) / "seeds"
        target = self.folder / "seeds" / node.run
        if kept.is_dir() and not target.exists():
            shutil.copytree(kept, target, symlinks=True)

    def _place(self, code: Path, seed_offset: int) -> Path:
        digest = hashlib.sha256(str(seed_offset).encode())
        for path in sorted(code.glob("*.py")):
            digest.update(f"\0{path.name}\0".encode() + path.read_bytes())
        return self.folder / FOLDER / digest.hexdigest()[:24]


def _link(source: Path, target: Path) -> None:
    """Copy a folder without its content: the files are the same ones under a second name."""
    shutil.copytree(source, target, symlinks=True, copy_function=os.link)
