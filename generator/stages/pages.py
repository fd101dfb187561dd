"""Looking at the pages of the paper before each round of improvement, and once after the last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ...data.files import read_text
from ..drawn import DrawnFigures
from ..paper_source import MAIN
from ..project import Project
from ..viewing import Finding, Viewing, unused_images, write_viewings


@dataclass
class PagesSeen:
    """The viewings of one improvement, each on record at once; after a round that has not helped there are no more."""

    project: Project
    seen: list[Viewing] = field(default_factory=list)

    async def findings(self) -> Sequence[Finding]:
        """What is wrong with the pages as they are; nothing where the last round made that no better."""
        if not self._of_use:
            return ()
        await self._look()
        return self.seen[-1].findings if self._of_use else ()

    async def last_look(self) -> None:
        """What is left once all rounds are done, where anything was to be mended."""
        if self.seen and self.seen[-1].findings and self._of_use:
            await self._look()

    @property
    def _of_use(self) -> bool:
        viewer, last = self.project.scientist.viewer, self.seen[-2:]
        return viewer is not None and (len(last) < 2 or last[1].weight < last[0].weight)

    async def _look(self) -> None:
        project, viewer = self.project, self.project.scientist.viewer
        assert viewer is not None
        before = self.seen[-1].findings if self.seen else ()
        viewing = await viewer.pages(project.lab, project.draft(), project.folder / "paper.pdf", before)
        drawn = sorted(DrawnFigures.read(project.folder).hashes)
        unused = unused_images(drawn, read_text(project.lab.latex / MAIN))
        self.seen.append(viewing.model_copy(update={"findings": (*unused, *viewing.findings)}))
        write_viewings(project.folder, "pages", self.seen)
        project.lab.tell(f"pages: {self.seen[-1].brief}")
        for finding in self.seen[-1].findings:
            project.lab.tell(f"seen: {finding}")
