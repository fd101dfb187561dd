"""A run's folder made by hand, each part of which can be what somebody hostile would write."""

from __future__ import annotations

import json
from pathlib import Path

from peerassay.data.files import write_json
from peerassay.generator.batch import ScientistRecord
from peerassay.generator.ideas import Idea
from peerassay.generator.nodes import Journal, Node, Value
from peerassay.generator.provenance.records import Audit, Contradiction, NearestValue, Unsupported
from peerassay.generator.state import STAGES, State
from peerassay.reviewer.review import Review


def make_run(folder: Path, word: str = "plain", *, ideas: int = 1, until: str = "") -> Path:
    """A run of so many ideas; `word` stands in everything that a model or a log says.

    All stages are done, or those before `until`, which is on record as running.
    """
    record = ScientistRecord(template="gone", model=f"openai/{word}", reviewer=word, ideas=ideas, command=["x", word])
    write_json(folder / "scientist.json", record.model_dump(mode="json"))
    for number in range(1, ideas + 1):
        _make_idea(folder / f"idea_{number:02d}", word, until)
    (folder / "events.jsonl").write_text(
        json.dumps({"at": "2026-01-01T10:00:00", "idea": "idea_01", "line": word}) + "\n"
    )
    return folder


def _make_idea(folder: Path, word: str, until: str) -> None:
    state = State(template=word, template_fingerprint="", scientist=word, scientist_fingerprint="")
    for name in STAGES[: STAGES.index(until) if until else None]:
        state.mark(name, "done", f"{name} said {word}", 2.0, 0.5)
    if until:
        state.mark(until, "running")
    folder.mkdir(parents=True)
    state.write(folder)
    idea = Idea(name="an_idea", title=word, experiment=word, novelty=7, details={word: word})
    write_json(folder / "idea.json", idea.model_dump(mode="json"))
    values = {word: {word: Value(mean=1.25, stderr=0.5)}}
    better = {word: {word: Value(mean=1.0)}}
    nodes = [
        Node(run="run_0", label="Baseline", status="ok", results=values, tries=1),
        Node(run="run_1", parent="run_0", label=word, description=word, status="ok", results=better, tries=1),
        Node(run="run_2", parent="run_1", label=word, status="failed", reason=word, tries=4, violations=(word,)),
    ]
    Journal(nodes=nodes).write(folder / "experiments.json")
    for node, code in zip(nodes, ("a = 1\n", f"a = 2  # {word}\n", "b = 3\n"), strict=True):
        (folder / "snapshots" / node.run).mkdir(parents=True)
        (folder / "snapshots" / node.run / "experiment.py").write_text(code)
        (folder / "logs").mkdir(exist_ok=True)
        (folder / "logs" / f"{node.run}.log").write_text(f"begun\n{word}\n")
        (folder / "workspace" / node.run).mkdir(parents=True)
    found = Unsupported(text="9.9", value=9.9, context=word, where=word, reason=word,
                        nearest=NearestValue(name=word, value=1.0))  # fmt: skip
    claim = Contradiction(word=word, context=word, where=word, reason=word)
    audit = Audit(
        paper="p", numbers_checked=3, supported=2, unsupported=(found,), claims_checked=1, contradicted=(claim,)
    )
    write_json(folder / "audit.json", audit.model_dump(mode="json", exclude_computed_fields=True))
    review = Review(paper_id="paper", reviewer=word, overall=4, decision="reject", fields={word: word, "list": [word]})
    write_json(folder / "review.json", review.model_dump(mode="json"))
    write_json(folder / "compile.json", {"problems": [{"message": word, "file": word, "line": 3}]})
