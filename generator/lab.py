"""The place where one idea is worked on: its folders, and running experiments in them.

RUN/workspace/     the template's copy, run_0, run_1, ...: what experiments may write to
RUN/snapshots/     the code as it was when each run was made
RUN/latex/         the paper's source
RUN/*.json         what each stage has found; state.json says how far the stages are
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from ..data.errors import InputError
from ..data.files import make_folder, read_text, write_json
from .baselines import KeptBaseline, first_node
from .ideas import Idea
from .kept_runs import KeptRuns
from .latex.styles import StyleName
from .literature.record import Work, identities, unique_keys
from .nodes import BASELINE, Journal, Node, read_results
from .sandbox.guard import Guard, links_outside
from .sandbox.limits import Limits, RunOutcome
from .sandbox.run import Sandbox
from .share import Alone, Job, Share
from .template import SEED_OFFSET, SEEDS_OPTION, Template

WORKS: TypeAdapter[list[Work]] = TypeAdapter(list[Work])
EDITABLE = ("*.py",)
"""Files of a workspace that belong to a snapshot."""


class LabSettings(BaseModel):
    """How experiments are made."""

    model_config = ConfigDict(frozen=True)

    preset: str | None = Field(default=None, description="of our templates, by PEERASSAY_PRESET; None: their default")
    runs: int = Field(default=5, ge=1, description="experiments after the baseline")
    seeds: int | None = Field(default=None, ge=2, description="of each run; None: as many as the template has")
    looks: int = Field(default=2, ge=1, le=2, description="2: promising settings get further seeds")
    more_seconds: float = Field(default=3600, gt=0, description="that runs under further seeds may take in all")
    tries: int = Field(default=4, ge=1, description="times that one experiment is mended")
    run_seconds: float = Field(default=7200, gt=0)
    search_seconds: float | None = Field(default=None, gt=0, description="that all experiments of an idea may take")
    workers: int = Field(default=1, ge=1, le=16, description="experiments of one idea at once, in a tree")
    plot_seconds: float = Field(default=600, gt=0)
    memory_mb: int = Field(default=12_000, gt=0)
    disk_mb: int = Field(default=2_000, gt=0)


@dataclass
class Lab:
    """One idea's place. `tell` is called with a line whenever something happens."""

    folder: Path
    template: Template
    sandbox: Sandbox
    settings: LabSettings
    tell: Callable[[str], None] = lambda _: None
    idea: Idea | None = None
    baselines: Path | None = None
    """A folder in which the baseline's results are kept for other ideas on the same template."""
    page_limit: int = 8
    """Pages that the paper may have before the references."""
    style: StyleName = "single-column"
    seed: int = 0
    """Of the choices that a search makes by chance."""
    place: str = "workspace"
    """The idea's folder in which experiments run: a run beside others has one of its own, see `benches`."""
    share: Share = field(default_factory=Alone, repr=False)
    """What is done here of the run, that of all its labs: ideas at once do not run the same baseline twice."""
    _guard: Guard | None = field(default=None, repr=False)

    @property
    def workspace(self) -> Path:
        """Where experiments run."""
        return self.folder / self.place

    @property
    def latex(self) -> Path:
        """Where the paper is."""
        return self.folder / "latex"

    @property
    def notes(self) -> Path:
        """What is noted after each run, for the write-up."""
        return self.workspace / "notes.txt"

    @property
    def journal_path(self) -> Path:
        """The experiments."""
        return self.folder / "experiments.json"

    def journal(self) -> Journal:
        """The experiments so far."""
        return Journal.read(self.journal_path)

    def works(self) -> list[Work]:
        """The works that were fetched for this paper: only these may be cited."""
        path = self.folder / "literature.json"
        if not path.exists():
            return []
        return WORKS.validate_json(read_text(path))

    def add_works(self, works: Iterable[Work]) -> list[Work]:
        """Keep fetched works, each once; returns all of them with the keys to cite them by."""
        kept = self.works()
        known = {identity for work in kept for identity in identities(work)}
        fresh = [work for work in works if not identities(work) & known]
        together = [*kept, *unique_keys(fresh, [work.key for work in kept])]
        write_json(self.folder / "literature.json", WORKS.dump_python(together, mode="json"))
        return together

    def snapshot(self, run: str) -> Path:
        """Where the code of a run is kept."""
        return self.folder / "snapshots" / run

    def set_up(self) -> None:
        """Make the workspace anew from the template, with the baseline's results where they are known."""
        shutil.rmtree(self.workspace, ignore_errors=True)
        self.template.copy_to(self.workspace)
        self._take_baseline()

    async def baseline(self) -> Node:
        """The baseline as a node; run once, unless the template or an earlier idea has brought its results.

        Raises InputError where it does not run: then nothing can be compared with it.
        """
        async with self.share.lock("baseline"):
            self._take_baseline()
            node = (self.kept and self.kept.node()) or first_node()
            if not (self.workspace / BASELINE / "final_info.json").is_file():
                node = await self.run(first_node())
                if node.status != "ok":
                    raise InputError(
                        f"{self.template.folder}: the baseline does not run ({node.reason}); "
                        f"try `python experiment.py --out_dir run_0` there"
                    )
                if self.kept is not None:
                    self.kept.keep(self.workspace, node, self.folder.name)
        self.keep_code(BASELINE)
        results = read_results(self.workspace / BASELINE)
        return node.model_copy(update={"status": "ok", "results": results, "tries": max(node.tries, 1)})

    def replace_baseline(self, run: str) -> None:
        """Let the workspace's code and the results of a run be the baseline's from now on."""
        self.unlock(BASELINE)
        shutil.rmtree(self.workspace / BASELINE)
        (self.workspace / run).rename(self.workspace / BASELINE)
        self.keep_code(BASELINE)

    def known_baseline(self) -> Node | None:
        """The baseline as far as it is known without running it: the journal's, one kept, or the template's own."""
        found = self.journal().find(BASELINE) or (self.kept and self.kept.node())
        own = self.template.folder / BASELINE
        if found is None and (own / "final_info.json").is_file():
            found = first_node().model_copy(update={"status": "ok", "results": read_results(own)})
        return found

    async def run(self, node: Node, *, seed_offset: int = 0) -> Node:
        """Run the workspace's experiment.py into the node's folder; what it says is in logs/RUN.log.

        `seed_offset` is told by PEERASSAY_SEED_OFFSET: templates of ours add it to their seeds.

        A run that changes protected files is marked, and they are put back. What failed leaves no results behind. What
        ran with the same code before a note is not run again.
        """
        target = self.workspace / node.run
        shutil.rmtree(target, ignore_errors=True)
        self.keep_code(node.run)
        node = node.model_copy(update={"seed_offset": seed_offset})
        if (kept := KeptRuns(self.folder).take(node, self.workspace)) is not None:
            self.tell(
                f"{node.run}: the same code as {kept.taken} before the note: its results are kept, it is not run again"
            )
            return kept
        outcome, violations = await self.experiment(node.run, self.settings.seeds, seed_offset)
        node = node.model_copy(
            update={"tries": node.tries + 1, "seconds": outcome.seconds, "violations": (*node.violations, *violations)}
        )
        try:
            if outcome.status != "ok":
                raise ValueError(failure_of(outcome))
            return node.model_copy(update={"status": "ok", "reason": "", "results": read_results(target)})
        except ValueError as error:
            if target.exists():
                shutil.rmtree(self.folder / "failed" / node.run, ignore_errors=True)
                make_folder(self.folder / "failed")
                target.rename(self.folder / "failed" / node.run)
            return node.model_copy(update={"status": "failed", "reason": str(error), "results": {}})

    async def run_shared(self, node: Node) -> Node:
        """As `run`, in this process or in another one that works on the same run."""
        job = Job(idea=self.folder.name, place=self.place, node=node, run_seconds=self.settings.run_seconds)
        return await self.share.run(job, lambda: self.run(node))

    async def experiment(self, out: str, seeds: int | None, seed_offset: int) -> tuple[RunOutcome, tuple[str, ...]]:
        """Run the workspace's experiment.py into a folder of it, and put right what it may not leave: what that was."""
        number = [SEEDS_OPTION, str(seeds)] if seeds else []
        command = [sys.executable, "experiment.py", "--out_dir", out, *number]
        self.guard()
        outcome = await self.execute(command, self.settings.run_seconds, f"{out}.log", seed_offset)
        return outcome, self.put_right()

    async def execute(self, command: list[str], seconds: float, log: str, seed_offset: int = 0) -> RunOutcome:
        """Run a command in the sandbox, in the workspace."""
        limits = Limits(seconds=seconds, memory_mb=self.settings.memory_mb, disk_mb=self.settings.disk_mb)
        env = {"PEERASSAY_PRESET": self.settings.preset} if self.settings.preset else {}
        if seed_offset:
            env[SEED_OFFSET] = str(seed_offset)
        corpora = os.environ.get("PEERASSAY_CORPORA")
        if corpora:
            env["PEERASSAY_CORPORA"] = str(Path(corpora).resolve())
        make_folder(self.folder / "logs")
        return await self.sandbox.arun(
            command,
            workspace=self.workspace,
            read_only=[Path(corpora).resolve()] if corpora else [],
            limits=limits,
            env=env,
            log=self.folder / "logs" / log,
        )

    def guard(self) -> Guard:
        """The protection of evaluation code and, once the baseline is in the journal, of its results.

        It takes the files as they are at the first call, which has to come before a run can change them.
        """
        begun = self.journal().find(BASELINE) is not None
        names = [name for name in self.template.protected() if begun or not name.startswith(f"{BASELINE}/")]
        if self._guard is None or set(self._guard.hashes) != set(names):
            self._guard = Guard.of(self.workspace, names, self.folder / "guard" / str(len(names)))
        return self._guard

    def unlock(self, run: str) -> None:
        """Let the pipeline itself write the results of a run; as they are then, they are protected again."""
        if run == BASELINE:
            shutil.rmtree(self.folder / "guard", ignore_errors=True)
            self._guard = None

    def put_right(self) -> tuple[str, ...]:
        """Undo what no run may leave behind; returns what there was, a line each.

        Changed protected files are put back, and links that lead out of the workspace removed: what we read or write
        there later must not go through them.
        """
        changes = self.guard().restore()
        links = links_outside(self.workspace)
        for link in links:
            (self.workspace / link).unlink()
        return (
            *(f"{change.path} {change.how}" for change in changes),
            *(f"{link} linked out of the workspace" for link in links),
        )

    def keep_code(self, run: str) -> None:
        """Keep the workspace's code as that of a run."""
        target = self.snapshot(run)
        shutil.rmtree(target, ignore_errors=True)
        for path in self._code():
            make_folder(target)
            shutil.copyfile(path, target / path.name)

    def restore_code(self, run: str) -> None:
        """Put the code of a run back into the workspace; code files that it did not have go."""
        for path in self._code():
            path.unlink()
        for path in self.snapshot(run).iterdir():
            shutil.copyfile(path, self.workspace / path.name)

    def _code(self) -> list[Path]:
        return sorted(p for pattern in EDITABLE for p in self.workspace.glob(pattern) if p.is_file())

    def _take_baseline(self) -> None:
        if self.kept is not None:
            self.kept.take(self.workspace)

    @property
    def kept(self) -> KeptBaseline | None:
        """The baseline's results for other ideas; None where the lab stands alone."""
        sizes = (self.settings.preset or "default") + (f"-{self.settings.seeds}-seeds" if self.settings.seeds else "")
        name = f"{self.template.name}-{self.template.fingerprint()}-{sizes}"
        return KeptBaseline(self.baselines / name) if self.baselines is not None else None


def failure_of(outcome: RunOutcome) -> str:
    """What went wrong, with the end of stderr, as it is fed back to whoever wrote the code."""
    tail = outcome.stderr_tail.strip()[-1500:]
    return f"{outcome.reason}{f'; stderr ends with: {tail}' if tail else ''}"
