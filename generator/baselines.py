"""The baseline's results, kept for other ideas on the same template."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from ..data.files import make_folder, read_validated, write_json
from .nodes import BASELINE, Node, read_results


@dataclass(frozen=True)
class KeptBaseline:
    """Results in `folder`, which is named after the template, its content and the preset; `node.json` lies beside."""

    folder: Path

    @property
    def present(self) -> bool:
        """Whether there are results."""
        return (self.folder / "final_info.json").is_file()

    def take(self, workspace: Path) -> None:
        """Copy the results to a workspace that has none."""
        if self.present and not (workspace / BASELINE).exists():
            shutil.copytree(self.folder, workspace / BASELINE)

    def keep(self, workspace: Path, node: Node, by: str) -> None:
        """Keep a workspace's results, unless somebody else has; `by` tells several that do so at once apart."""
        if self.folder.exists():
            return
        make_folder(self.folder.parent)
        partial = self.folder.with_name(f".{self.folder.name}.{by}")
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(workspace / BASELINE, partial)
        if not self.folder.exists():
            write_json(self._record, node.model_dump(mode="json"))
            partial.rename(self.folder)

    def node(self) -> Node | None:
        """The kept baseline, with the seconds that it took; None where there is none."""
        if not self.present:
            return None
        record = self._record
        node = read_validated(Node, record) if record.is_file() else first_node()
        return node.model_copy(update={"status": "ok", "results": read_results(self.folder)})

    @property
    def _record(self) -> Path:
        return self.folder.with_name(f"{self.folder.name}.json")


def first_node() -> Node:
    """The baseline before anything is known of it."""
    return Node(run=BASELINE, label="Baseline", description="The template as it is.")
