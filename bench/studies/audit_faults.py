"""Faults planted in sound papers, and how many the audit finds; exit 1 where precision or recall is below .9.

python bench/studies/audit_faults.py [RUN ...]

RUN are finished runs of the offline scientist; without any, small ones are made of the bundled templates (some
minutes, LaTeX needed). Each paper gets a section of further sound sentences, since papers made by rules have few forms.
Then 25 faults of each of eight kinds are planted, each in another place, and 25 sound numbers (or words) in places of
the same kind are left as they are. A fault that prints as the truth does is none and is not planted.
"""

# pyright: reportMissingImports=false
from __future__ import annotations

import random
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from peerassay.generator.provenance.audit import audit_paper
from peerassay.generator.provenance.records import Audit
from peerassay.statistics.intervals import wilson

sys.path.insert(0, str(Path(__file__).parent))
from audit_sentences import KINDS, Planted, further_sentences, planted_in

PER_KIND = 25
GOAL = 0.9
TEMPLATES = ("diffusion", "grokking", "nanogpt")
SEED = 20


@dataclass
class Counts:
    """Of one kind: faults planted and found, sound places and those flagged."""

    faults: int = 0
    found: int = 0
    sound: int = 0
    flagged: int = 0

    @property
    def recall(self) -> tuple[int, int]:
        """Faults found, of all."""
        return self.found, self.faults

    @property
    def precision(self) -> tuple[int, int]:
        """Faults found, of all that was flagged."""
        return self.found, self.found + self.flagged


def main(runs: list[Path]) -> int:
    """Print the metrics of each kind; 1 where one is below the goal."""
    with tempfile.TemporaryDirectory() as folder:
        papers = [idea for run in runs or _made(Path(folder)) for idea in sorted(run.glob("idea_*"))]
        counts = measured(papers, Path(folder) / "planted")
    total = Counts()
    print(f"{len(papers)} papers\n{'kind':<42}{'recall':>28}{'precision':>28}")
    for kind, found in counts.items():
        print(_row(kind, found))
        for name in ("faults", "found", "sound", "flagged"):
            setattr(total, name, getattr(total, name) + getattr(found, name))
    print(_row("all", total))
    print(f"{total.faults} faults, {total.sound} sound places, of which {total.flagged} flagged")
    return int(any(part / whole < GOAL for c in counts.values() for part, whole in (c.recall, c.precision) if whole))


def measured(papers: list[Path], folder: Path) -> dict[str, Counts]:
    """Plant faults in copies of the papers, and audit them."""
    draw = random.Random(SEED)
    places: dict[str, list[Planted]] = defaultdict(list)
    for idea in papers:
        copy = _copied(idea, folder)
        tex = copy / "latex" / "paper.tex"
        tex.write_text(further_sentences(tex.read_text(encoding="utf-8"), copy / "workspace", draw), encoding="utf-8")
        for planted in planted_in(copy, _audit(copy), draw):
            places[planted.kind].append(planted)
    counts = {kind: Counts() for kind in KINDS}
    chosen: dict[Path, list[tuple[Planted, bool]]] = defaultdict(list)
    for kind in KINDS:
        some = draw.sample(places[kind], min(2 * PER_KIND, len(places[kind])))
        for index, planted in enumerate(some):
            chosen[planted.paper].append((planted, index % 2 == 0))
    for paper, planted in chosen.items():
        _count(paper, planted, counts)
    return counts


def _count(paper: Path, planted: list[tuple[Planted, bool]], counts: dict[str, Counts]) -> None:
    """Plant the faults of one paper, at most one to a line, and see which places are flagged."""
    tex = paper / "latex" / "paper.tex"
    original = tex.read_text(encoding="utf-8")
    waiting = planted
    while waiting:
        lines = original.split("\n")
        taken: dict[int, tuple[Planted, bool]] = {}
        for one, faulty in waiting:
            taken.setdefault(one.line, (one, faulty))
        for one, faulty in taken.values():
            if faulty:
                lines[one.line - 1] = one.line_with_fault(lines[one.line - 1])
        tex.write_text("\n".join(lines), encoding="utf-8")
        flagged = _flagged(_audit(paper))
        for one, faulty in taken.values():
            count = counts[one.kind]
            hit = one.is_flagged(flagged[one.line], faulty=faulty)
            count.faults += faulty
            count.found += faulty and hit
            count.sound += not faulty
            count.flagged += not faulty and hit
            if hit != faulty:
                print(
                    f"  {'missed' if faulty else 'false alarm'}, {one.kind}: {lines[one.line - 1].strip()[:150]}",
                    file=sys.stderr,
                )
        waiting = [(one, faulty) for one, faulty in waiting if taken.get(one.line) != (one, faulty)]
    tex.write_text(original, encoding="utf-8")


def _flagged(audit: Audit) -> dict[int, set[str]]:
    """What is flagged, by line: numbers as printed, and words of direction."""
    found: dict[int, set[str]] = defaultdict(set)
    for text, where in [
        *((n.text, n.where) for n in audit.unsupported),
        *((c.word, c.where) for c in audit.contradicted),
    ]:
        found[int(where.rpartition(":")[2])].add(text)
    return found


def _audit(idea: Path) -> Audit:
    return audit_paper(idea / "latex" / "paper.tex", None, idea / "workspace")


def _copied(idea: Path, folder: Path) -> Path:
    copy = folder / f"{idea.parent.name}-{idea.name}"
    for name in ("latex", "workspace"):
        shutil.copytree(idea / name, copy / name)
    return copy


def _made(folder: Path) -> list[Path]:
    """Small runs of the offline scientist, two ideas for each bundled template."""
    for template in TEMPLATES:
        command = [sys.executable, "-m", "peerassay", "scientist", "run", "-t", template, "--offline-literature",
                   "--preset", "tiny", "--runs", "3", "--ideas", "2", "--out", str(folder / template)]  # fmt: skip
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return [folder / template for template in TEMPLATES]


def _row(kind: str, counts: Counts) -> str:
    return f"{kind:<42}{_share(*counts.recall):>28}{_share(*counts.precision):>28}"


def _share(part: int, whole: int) -> str:
    if not whole:
        return "none"
    low, high = (float(bound) for bound in wilson(part, whole))
    return f"{part}/{whole} {part / whole:.2f} [{low:.2f}, {high:.2f}]"


if __name__ == "__main__":
    sys.exit(main([Path(argument) for argument in sys.argv[1:]]))
