"""Tree search: drafts, tuning, ablations and the mending of what failed, several experiments at once.

Planning goes one node after another; the runs go side by side, each at a bench of its own. With W workers, node k is
planned when nodes 1 to k - W have ended, and knows the results of these alone: so the tree does not depend on which run
is faster. A new stage begins when all runs have ended. Each node is in the journal before it is planned, again before
it is run, and again with its results: a search that is stopped goes on with the nodes in work, and plans none twice.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from . import benches
from .attempts import nothing_to_run
from .clock import Clock
from .confirmation import confirm
from .lab import Lab
from .metrics import primary_metric
from .nodes import Journal, Node
from .plan import fix_plan
from .progress import runs_left
from .remeasure import TRIAL, measure_again
from .scientist import CodeChange, Scientist
from .search_steps import begin, put_on_record, write_notes
from .seeds import runs_allowed
from .template import Metric
from .tree_choice import Step, described, next_step, stage_of

OUT_OF_TIME = "the time for all experiments was used up before it ran"


class TreeSearch:
    """Up to `runs` drafts, tuned settings and ablations, and the confirmation of the best on fresh seeds."""

    chooses = True

    async def explore(self, lab: Lab, scientist: Scientist) -> None:
        """Grow the tree and confirm its best; a stopped search goes on from the journal."""
        journal, _ = await begin(lab, scientist, choosing=True)
        if journal.done:
            return
        if journal.choice is None:
            clock = Clock(journal.seconds, lab.settings.search_seconds)
            await Growth(lab, scientist, journal, primary_metric(lab), clock).grow()
        await confirm(lab, journal, primary_metric(lab))
        journal.done = True
        journal.write(lab.journal_path)


@dataclass
class Growth:
    """A tree as it grows. `_running` has the runs in work by name."""

    lab: Lab
    scientist: Scientist
    journal: Journal
    metric: Metric | None
    clock: Clock
    _running: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    async def grow(self) -> None:
        """Make nodes until nothing is left to try, or no time.

        What planning raises (a budget that is reached, a model without an answer) is raised on when the runs in work
        have ended; where this is cancelled they are ended too, and run again by the next start.
        """
        try:
            for node in [node for node in self.journal.nodes if node.status == "planned" and node.made]:
                await self._begin(node, None)
            while await self._grow_one():
                pass
        except Exception:
            await asyncio.gather(*self._running.values())
            raise
        finally:
            for task in self._running.values():
                task.cancel()
            await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _grow_one(self) -> bool:
        """Plan one node and begin its run; False where there is none any more and all runs have ended."""
        if self.clock.ended(self.lab):
            await self._ended(self.journal.nodes[-1].number)
            self._drop_unmade()
            return False
        waiting = next((node for node in self.journal.nodes if node.status == "planned" and not node.made), None)
        node, step = (waiting, self._step_of(waiting)) if waiting else await self._chosen()
        if node is None or step is None:
            return False
        change = await self._planned(node, step)
        if change is None:
            self.journal.nodes.remove(self.journal.find(node.run) or node)
            self.journal.spent.append(step.parent if step.kind == "debug" else step.kind)
            self._write()
            return True
        await self._made(node, change)
        return True

    async def _chosen(self) -> tuple[Node | None, Step | None]:
        """The next node, in the journal before it is planned, once the runs have ended whose results it may know."""
        number = self.journal.nodes[-1].number + 1
        known = max(0, number - self.lab.settings.workers)
        await self._ended(known)
        step = self._next(known)
        if self._running and (step is None or self._another_stage(step)):
            known = number - 1
            await self._ended(known)
            step = self._next(known)
        if step is None:
            return None, None
        parent = self.journal.find(step.parent)
        label = parent.label if parent and step.kind == "debug" else "(being planned)"
        node = Node(run=f"run_{number}", parent=step.parent, kind=step.kind, label=label, known=known)
        self.journal.put(node)
        self._write()
        return node, step

    def _next(self, known: int) -> Step | None:
        view = self.journal.model_copy(update={"nodes": self._seen(known)})
        runs, tries = runs_allowed(self.lab), self.lab.settings.tries
        return next_step(view, self.metric, runs=runs, seed=self.lab.seed, tries=tries)

    def _another_stage(self, step: Step) -> bool:
        last = self.journal.nodes[-1]
        parent = self.journal.find(step.parent)
        stage = stage_of(parent, self.journal.nodes) if parent and step.kind == "debug" else step.kind
        return bool(last.kind) and stage_of(last, self.journal.nodes) != stage

    def _step_of(self, node: Node) -> Step:
        """The step of a node that was chosen, and not planned before the search was stopped."""
        before = [other for other in self.journal.nodes if other.number < node.number]
        runs, tries = runs_allowed(self.lab), self.lab.settings.tries
        return described(node.kind, node.parent, before, runs=runs, tries=tries)

    def _seen(self, known: int) -> list[Node]:
        """The nodes as somebody sees them who knows the results of the first `known` runs."""
        hidden = {"status": "planned", "reason": "", "results": {}, "tries": 0, "seconds": 0.0, "violations": ()}
        return [node if node.number <= known else node.model_copy(update=hidden) for node in self.journal.nodes]

    async def _planned(self, node: Node, step: Step) -> CodeChange | None:
        """What the scientist has made of the parent's code, at the node's bench; None: nothing is left to do."""
        bench = benches.set_up(self.lab, node.run, step.parent)
        parent = self.journal.find(step.parent) or self.journal.nodes[0]
        nodes = [other for other in self._seen(node.known) if other.number < node.number]
        change = await self.scientist.change(bench, nodes, parent, step)
        if change is not None and change.metrics:
            bench.keep_code(TRIAL)
            self.lab.restore_code(TRIAL)
            await measure_again(self.lab, self.scientist, self.journal, parent, change)
            write_notes(self.lab, self.journal)
            self.lab.put_right()
            return await self._planned(node, step)
        if change is None:
            benches.clear(bench)
            return None
        bench.keep_code(node.run)
        return change.model_copy(update={"problem": change.problem or nothing_to_run(bench, parent, change)})

    async def _made(self, node: Node, change: CodeChange) -> None:
        """Keep what was planned, and begin its run where there is something to run."""
        said = {"label": change.label, "description": change.description, "parts": change.parts, "made": True}
        node = node.model_copy(update={**said, "parent": change.parent or node.parent})
        left = runs_left(self.journal, self.lab.settings.runs, self.lab.settings.workers)
        self.lab.tell(f"{node.run}: {node.kind} from {node.parent}, {node.label} ({left})")
        if change.problem:
            failed = node.model_copy(update={"status": "failed", "reason": change.problem, "tries": 1})
            benches.clear(benches.at_bench(self.lab, node.run))
            self._put(failed)
            return
        fix_plan(self.lab.folder)
        self._put(node)
        await self._begin(node, benches.at_bench(self.lab, node.run))

    async def _begin(self, node: Node, bench: Lab | None) -> None:
        """Begin a run, at its bench or at a new one."""
        await self._ended(node.number - self.lab.settings.workers)
        if self.clock.left <= 0:
            self._put(node.model_copy(update={"status": "failed", "reason": OUT_OF_TIME}))
            return
        bench = bench or benches.set_up(self.lab, node.run, node.run)
        self._running[node.run] = asyncio.create_task(self._run(node, bench))

    async def _run(self, node: Node, bench: Lab) -> None:
        node = await self.clock.within(bench).run_shared(node)
        benches.bring_home(self.lab, bench, node.run)
        self._put(node)
        benches.clear(bench)
        if node.status == "failed":
            self.lab.tell(f"{node.run}: failed, {node.reason.splitlines()[0][:120]}")

    async def _ended(self, last: int) -> None:
        """Wait until the runs up to this number have ended."""
        for run in [run for run in self._running if int(run.removeprefix("run_")) <= last]:
            await self._running[run]
            del self._running[run]

    def _put(self, node: Node) -> None:
        self.journal.seconds = self.clock.taken
        put_on_record(self.lab, self.journal, node)

    def _write(self) -> None:
        self.journal.seconds = self.clock.taken
        self.journal.write(self.lab.journal_path)

    def _drop_unmade(self) -> None:
        """Forget a node that was chosen and not planned."""
        self.journal.nodes = [node for node in self.journal.nodes if node.made or node.status != "planned"]
        self._write()
