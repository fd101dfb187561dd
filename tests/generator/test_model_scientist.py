from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest
from peerassay.data.errors import InputError
from peerassay.data.files import read_json
from peerassay.generator.batch import IdeaBatch, ScientistRecord
from peerassay.generator.evidence import Evidence
from peerassay.generator.ideas import Idea, piece_of
from peerassay.generator.lab import Lab, LabSettings
from peerassay.generator.latex.document import Draft, render, write_draft
from peerassay.generator.latex.log import Problem
from peerassay.generator.latex.mended_draft import text_places
from peerassay.generator.latex.placement import bare, placed
from peerassay.generator.literature.local import LocalIndex
from peerassay.generator.literature.novelty import NoveltyVerdict
from peerassay.generator.literature.record import Work, WorkPool
from peerassay.generator.literature.search import Literature
from peerassay.generator.metrics import settle
from peerassay.generator.model_scientist.calls import filled, rendered, schema_of
from peerassay.generator.model_scientist.conditions import conditions_text
from peerassay.generator.model_scientist.ideas import NoveltyRound, Proposal
from peerassay.generator.model_scientist.results_text import contradiction_in_words
from peerassay.generator.model_scientist.revision import sections_concerned
from peerassay.generator.model_scientist.scientist import ModelScientist, open_scientist
from peerassay.generator.model_scientist.section_text import tidied
from peerassay.generator.model_scientist.sections import study_conversation
from peerassay.generator.model_scientist.settings import read_spec
from peerassay.generator.model_scientist.text_edits import TextEdit, edited
from peerassay.generator.model_scientist.writing import NamedText
from peerassay.generator.nodes import Journal, Node, Value
from peerassay.generator.project import PaperSettings
from peerassay.generator.provenance.records import Audit, Contradiction
from peerassay.generator.sandbox.find import find_sandbox
from peerassay.generator.stages import ALL
from peerassay.generator.state import State
from peerassay.generator.template import Metric, Template, load_template
from peerassay.llm.budget import Budget
from peerassay.llm.cache import ReplyCache
from peerassay.llm.ledger import Ledger
from peerassay.llm.ledger_file import read_calls
from peerassay.llm.model import Metering, RetryPolicy
from peerassay.llm.session import Session
from peerassay.reviewer.review import Review
from peerassay.reviewer.spec import load_reviewer

from tests.loopback.running import Loopback
from tests.loopback.schema_rules import anthropic_problem, openai_problem

QUICK = RetryPolicy(attempts=2, seconds=20, timeout=10, first_wait=0.01, longest_wait=0.05)
PRICE = "price_in=1&price_out=4"
needs_latex = pytest.mark.skipif(
    shutil.which("pdflatex") is None or shutil.which("bibtex") is None,
    reason="pdflatex or bibtex is not installed: apt-get install texlive-latex-recommended texlive-fonts-recommended",
)
EXPERIMENT = """
import argparse, json, pathlib, random, statistics

NOISE = 0.05
STEPS = 12
STEP_SIZE = 0.1


def descend(seed):
    random.seed(seed)
    x = random.uniform(1, 2)
    for _ in range(STEPS):
        x -= STEP_SIZE * (2 * x + random.gauss(0, NOISE))
    return x * x


parser = argparse.ArgumentParser()
parser.add_argument("--out_dir", default="run_0")
out = pathlib.Path(parser.parse_args().out_dir)
out.mkdir(exist_ok=True)
losses = [descend(seed) for seed in range(4)]
info = {
    "means": {"final_loss_mean": statistics.fmean(losses)},
    "stderrs": {"final_loss_stderr": statistics.stdev(losses) / 2},
    "final_info_dict": {"final_loss": losses},
}
(out / "final_info.json").write_text(json.dumps({"bowl": info}))
"""
PLOT = """
import json, pathlib
from PIL import Image, ImageDraw

labels = {"run_0": "Baseline"}
image = Image.new("RGB", (240, 120), "white")
for place, run in enumerate(labels):
    loss = json.loads(pathlib.Path(run, "final_info.json").read_text())["bowl"]["means"]["final_loss_mean"]
    ImageDraw.Draw(image).rectangle((20 + 60 * place, 110 - min(100, 300 * loss), 60 + 60 * place, 110), "navy")
image.save("loss.png")
"""
TITLES = (
    "Noise and the Speed of Descent",
    "Noise in Small Quadratic Bowls",
    "How Many Steps Does a Descent Need?",
    "A Study of Constants in Gradient Methods",
)


@pytest.fixture
def template(tmp_path: Path) -> Template:
    seed = {"Name": "momentum", "Title": "Momentum", "Experiment": "Add momentum & compare."}
    return bowl(tmp_path, PLOT, "Gradient descent in a noisy quadratic bowl.", seed)


def bowl(place: Path, plot: str, task: str, *seeds: Mapping[str, str]) -> Template:
    """The template of descent in a bowl, with a plot.py, a task and ideas to begin with."""
    folder = place / "bowl"
    folder.mkdir()
    (folder / "experiment.py").write_text(EXPERIMENT)
    (folder / "plot.py").write_text(plot)
    (folder / "prompt.json").write_text(json.dumps({"system": "You study descent.", "task_description": task}))
    (folder / "seed_ideas.json").write_text(json.dumps(seeds))
    return load_template(str(folder))


@pytest.fixture
def literature() -> Literature:
    works = [
        Work(title=title, authors=("Ann Ho", "Bo Li"), year=2015 + n, abstract=f"We study {title.lower()} at length.",
             venue="Journal of Invented Results", source="local")
        for n, title in enumerate(TITLES)
    ]  # fmt: skip
    return Literature(local=LocalIndex(works))


def session_of(*, budget: float | None = None, ledger: Path | None = None, cached: bool = True) -> Session:
    metering = Metering(ReplyCache() if cached else None, Budget(budget), Ledger(ledger))
    return Session(metering, cached=cached, retry=QUICK)


def scientist_of(server: Loopback, session: Session, model: str = "author", options: str = PRICE) -> ModelScientist:
    return open_scientist(f"openai/{model}@{server.openai_url}?{options}", session=session)


def batch_of(
    folder: Path, server: Loopback, template: Template, literature: Literature, *, model: str = "author",
    ideas: int = 1, budget: float | None = None, runs: int = 3, options: str = PRICE, cached: bool = True,
    reviewer: str = "", ask: tuple[str, ...] = (),
) -> IdeaBatch:  # fmt: skip
    session = session_of(budget=budget, ledger=folder / "calls.jsonl", cached=cached)
    batch = IdeaBatch(
        folder=folder,
        record=ScientistRecord(
            template=str(template.folder), model=model, reviewer="loopback", ideas=ideas,
            lab=LabSettings(runs=runs, run_seconds=60, plot_seconds=60), paper=PaperSettings(page_limit=8, ask=ask),
        ),
        template=template,
        scientist=scientist_of(server, session, model, options),
        literature=literature,
        reviewer=load_reviewer(reviewer or f"openai/reader@{server.openai_url}?{PRICE}", session=session),
        session=session,
        sandbox=find_sandbox(),
    )  # fmt: skip
    batch.begin()
    return batch


def work(batch: IdeaBatch, *, until: str | None = None) -> list[State]:
    async def working() -> list[State]:
        try:
            return await batch.work(ALL, until=until)
        finally:
            await batch.session.aclose()

    return asyncio.run(working())


def told(batch: IdeaBatch) -> list[str]:
    lines: list[str] = []
    batch.tell = lambda _, line: lines.append(line)
    return lines


def booked(folder: Path) -> Counter[str]:
    """How many calls were really made in each stage up to the write-up."""
    begun = [json.loads(line).get("stage", "") for line in (folder / "calls.jsonl").read_text().splitlines()]
    return Counter(stage for stage in begun if stage and not stage.endswith(("review", "advice", "improve", "revise")))


# The whole way


@needs_latex
def test_an_idea_becomes_a_reviewed_paper_whose_numbers_trace(
    tmp_path: Path, server: Loopback, template: Template, literature: Literature
) -> None:
    batch = batch_of(tmp_path / "out", server, template, literature)
    states = work(batch)
    assert [(name, stage.message) for name, stage in states[0].stages.items() if stage.status != "done"] == []
    folder = tmp_path / "out" / "idea_01"
    journal = read_json(folder / "experiments.json")
    assert [(node["label"], node["status"]) for node in journal["nodes"]] == [
        ("Baseline", "ok"), ("noise halved", "ok"), ("noise doubled", "ok"),
    ]  # fmt: skip
    assert "NOISE = 0.025" in (folder / "snapshots" / "run_1" / "experiment.py").read_text()
    assert "noise halved" in (folder / "workspace" / "plot.py").read_text()
    audit = read_json(folder / "audit.json")
    assert audit["unsupported"] == []
    assert audit["numbers_checked"] >= 6
    assert {figure["status"] for figure in audit["figures"]} == {"made by a run"}
    assert {citation["status"] for citation in audit["citations"]} == {"fetched record"}
    assert len(audit["citations"]) >= 2
    assert read_json(folder / "compile.json")["problems"] == []
    paper = (folder / "latex" / "paper.tex").read_text()
    assert paper.index(r"\label{tab:results}") > paper.index(r"\section{Results}")
    assert (folder / "review_2.json").exists()
    assert not (folder / "own_review_2.json").exists()


@needs_latex
def test_a_review_without_text_leaves_the_improvement_to_an_own_one_and_the_paper_says_so(
    tmp_path: Path, server: Loopback, template: Template, literature: Literature
) -> None:
    batch = batch_of(tmp_path / "out", server, template, literature, runs=1, reviewer="floor:length")
    lines = told(batch)
    states = work(batch)
    folder = tmp_path / "out" / "idea_01"
    own = read_json(folder / "own_review_2.json")
    assert own["fields"]["weaknesses"] and "openai/author" in own["reviewer"]
    assert sum("reviews its own paper" in line for line in lines) == 1
    assert "improved by a review of its own" in states[0].stages["improve"].message
    paper = (folder / "latex" / "paper.tex").read_text()
    assert "The reviewer floor:length gave a score without a text." in paper
    assert "after a review form that openai/author, the model that wrote the paper, filled in" in paper
    assert "stay open" in paper, "it was used"
    for number in (1, 2):
        made = read_json(folder / ("review.json" if number == 1 else "review_2.json"))
        assert made["reviewer"] == "floor:length", "an own review is never the score"


@needs_latex
@pytest.mark.parametrize("refinements", [0, 1])
def test_a_fabricated_number_is_taken_out_and_an_unknown_work_is_not_cited(
    tmp_path: Path, server: Loopback, template: Template, literature: Literature, refinements: int
) -> None:
    """The critique is told of it by an audit before anything is compiled; without a critique the improvement is."""
    options = f"{PRICE}&refinements={refinements}"
    batch = batch_of(tmp_path / "out", server, template, literature, model="fabricator", runs=1, options=options)
    lines = told(batch)
    states = work(batch, until="audit")
    folder = tmp_path / "out" / "idea_01"
    assert any("nobody2099nothing, which was not fetched" in line for line in lines)
    assert "nobody2099" not in (folder / "draft.json").read_text()
    assert ("7.77317" in (folder / "draft.json").read_text()) == (refinements == 0)
    assert states[0].stages["audit"].message.startswith("1 of " if refinements == 0 else "all ")
    if refinements == 0:
        work(batch)
        assert "7.77317" not in (folder / "draft.json").read_text()
        assert read_json(folder / "audit.json")["unsupported"] == []


# Ideas


def test_a_repeated_idea_is_dropped_and_another_one_asked_for(
    tmp_path: Path, server: Loopback, template: Template, literature: Literature
) -> None:
    batch = batch_of(tmp_path / "out", server, template, literature, model="forgetful", ideas=2)
    lines = told(batch)
    states = work(batch, until="idea")
    assert [state.stages["idea"].status for state in states] == ["done", "done"]
    assert sum("repeats vary_noise: dropped" in line for line in lines) == 1
    assert [scored.idea.name for scored in batch.archive()] == ["vary_noise", "vary_steps"]


def test_an_example_given_back_is_no_idea(
    tmp_path: Path, server: Loopback, template: Template, literature: Literature
) -> None:
    """A model of 135 million parameters gave back a seed idea, which was taken for its own."""
    batch = batch_of(tmp_path / "out", server, template, literature, model="copycat")
    lines = told(batch)
    states = work(batch, until="idea")
    assert states[0].stages["idea"].status == "done"
    assert [line for line in lines if "dropped" in line] == ["idea momentum repeats momentum: dropped"]
    assert [scored.idea.name for scored in batch.archive()] == ["vary_steps"]


def test_a_piece_of_an_example_is_told_from_an_idea_on_it() -> None:
    example = Idea(
        name="seed_spread",
        title="When Does a Plateau End?",
        experiment="Record for each seed the step at which the held-out loss passes that of the bigram and of the "
        "trigram model. Vary the warm-up and the size of the first weights, and test whether they change these steps.",
    )
    taken = "Record for each seed the step at which the held-out loss passes that of the bigram and trigram models."
    own = "Record for each seed the step at which the training loss first falls below the entropy of the unigrams."
    further = f"{example.experiment} Do so for three vocabularies, two depths and two optimizers, and rank all of them."
    for experiment, piece in ((taken, True), (own, False), (further, False), ("Vary the warm-up.", False)):
        idea = Idea(name="seed_idea_2", title="The idea for a paper", experiment=experiment)
        assert piece_of(idea, example) == piece, experiment


@pytest.mark.parametrize(
    ("price", "shown", "told_of"), [(PRICE, "0.00", "All calls of all starts: $0."), ("", "–", "price unknown")]
)
def test_an_unknown_price_is_no_price_of_zero(
    tmp_path: Path, server: Loopback, template: Template, price: str, shown: str, told_of: str
) -> None:
    out = tmp_path / "out"
    model = f"openai/m@{server.openai_url}?{price}".rstrip("?")
    asked = ("ideas", "-t", template.folder, "-m", model, "--offline-literature", "--out", out)
    command = [sys.executable, "-m", "peerassay.cli.main", "scientist", *map(str, asked)]
    wide = os.environ | {"COLUMNS": "200"}
    said = subprocess.run(command, capture_output=True, text=True, check=True, env=wide).stdout
    [row] = [line for line in said.splitlines() if line.startswith("idea_01") and "pending" in line]
    assert row.split()[-2] == shown, said
    assert told_of in said
    document = json.loads(subprocess.run([*command, "--json"], capture_output=True, text=True, check=True).stdout)
    assert (document["usd"] is None) == (not price)


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_reflection_ends_early_once_the_model_is_done(
    tmp_path: Path, server: Loopback, template: Template, provider: str
) -> None:
    session = session_of(cached=False)
    scientist = open_scientist(f"{provider}/m@{getattr(server, f'{provider}_url')}?{PRICE}", session=session)
    idea = asyncio.run(scientist.propose(lab_of(tmp_path, template)[0], []))
    assert idea is not None
    assert idea.name == "vary_noise"
    assert "NOISE is 0.05" in idea.experiment
    totals = session.metering.ledger.totals()
    assert {stage: took.calls for stage, took in totals.items()} == {"ideas/propose": 1, "ideas/reflect": 1}


def test_a_proposal_is_made_fit_or_refused() -> None:
    good = {"thought": "", "name": "Wide Nets!", "title": "T", "experiment": "E", "interestingness": 5,
            "feasibility": 5, "novelty": 5, "done": False, "extra": 1}  # fmt: skip
    assert filled(Proposal, good).idea().name == "wide_nets"
    with pytest.raises(ValueError, match="novelty: .*from 1 to 10"):
        filled(Proposal, {**good, "novelty": 11})
    with pytest.raises(ValueError, match="title"):
        filled(Proposal, {key: value for key, value in good.items() if key != "title"})


# Novelty


def idea_titled(title: str) -> Idea:
    return Idea(name="x", title=title, experiment="Begin each run where another one has ended, and compare the speed.")


def test_a_verdict_comes_with_the_nearest_works_and_the_similarity_by_rule(
    server: Loopback, literature: Literature
) -> None:
    scientist = scientist_of(server, session_of(cached=False))

    async def judged() -> list[NoveltyVerdict]:
        return [
            await scientist.judge(idea_titled(title), literature) for title in ("Warm Starts of Descent", TITLES[1])
        ]

    verdict, known = asyncio.run(judged())
    assert verdict.novel
    assert 0 < verdict.similarity < 0.45
    assert verdict.nearest
    assert not known.novel
    assert known.similarity == 1.0
    assert known.nearest[0].title == TITLES[1]


def test_no_verdict_is_not_novel(server: Loopback, literature: Literature) -> None:
    session = session_of(cached=False)
    scientist = scientist_of(server, session, "undecided", f"{PRICE}&novelty_rounds=4")
    verdict = asyncio.run(scientist.judge(idea_titled("Warm Starts and Cold Ends"), literature))
    assert not verdict.novel
    assert verdict.reason == "no verdict after 4 searches, which counts as not novel"
    assert session.metering.ledger.totals()["ideas/novelty"].calls == 4


def test_without_literature_nothing_is_asked(server: Loopback) -> None:
    verdict = asyncio.run(scientist_of(server, session_of(cached=False)).judge(idea_titled("A Title"), Literature()))
    assert verdict.compared == 0
    assert verdict.reason.startswith("unchecked")


def test_a_pool_keeps_each_work_once_under_a_key_of_its_own() -> None:
    one = Work(title="The First of Two Works", authors=("Ann Ho",), year=2020, key="ho2020", source="local")
    other = Work(title="Quite Another Work Here", authors=("Ann Ho",), year=2020, key="ho2020", source="local")
    pool = WorkPool([one])
    again = pool.add([other, one, one.model_copy(update={"key": "else"})])
    assert [work.key for work in again] == ["ho2020b", "ho2020"]
    assert sorted(pool.by_key) == ["ho2020", "ho2020b"]


# Code


def lab_of(tmp_path: Path, template: Template) -> tuple[Lab, list[str]]:
    lines: list[str] = []
    lab = Lab(tmp_path / "out" / "idea_01", template, find_sandbox(), LabSettings(), tell=lines.append)
    lab.idea = idea_titled("Warm Starts of Descent")
    lab.set_up()
    return lab, lines


def test_a_failed_run_is_mended_by_an_edit_or_given_up(tmp_path: Path, server: Loopback, template: Template) -> None:
    lab, _ = lab_of(tmp_path, template)
    scientist = scientist_of(server, session_of(cached=False))
    node = Node(run="run_1", label="more noise", reason="NameError: name 'noise' is not defined", tries=1)

    async def twice() -> tuple[bool, bool]:
        first = await scientist.mend(lab, node)
        (lab.workspace / "experiment.py").write_text("nothing = None\n")
        return first, await scientist.mend(lab, node)

    assert asyncio.run(twice()) == (True, False)


def test_plot_names_the_runs_by_rule_and_a_plot_that_nobody_can_mend_is_given_up(
    tmp_path: Path, server: Loopback, template: Template
) -> None:
    lab, lines = lab_of(tmp_path, template)
    scientist = scientist_of(server, session_of(cached=False))
    nodes = [Node(run="run_0", label="Baseline"), Node(run="run_1", label="more noise")]

    async def drawn() -> list[bool]:
        return [await scientist.draw(lab, nodes, ""), await scientist.draw(lab, nodes, "no display")]

    assert asyncio.run(drawn()) == [True, False]
    assert '"run_1": "more noise"' in (lab.workspace / "plot.py").read_text()
    (lab.workspace / "plot.py").write_text("print()\n")
    assert asyncio.run(scientist_of(server, session_of(cached=False)).draw(lab, nodes, ""))
    assert any("`labels`" in line for line in lines)


# Money


def test_a_run_stopped_by_the_budget_goes_on_and_pays_nothing_twice(
    tmp_path: Path, server: Loopback, template: Template, literature: Literature
) -> None:
    whole = batch_of(tmp_path / "other", server, template, literature, runs=1, cached=False)
    assert work(whole, until="writeup")[0].stages["writeup"].status == "done"
    calls = read_calls(tmp_path / "other" / "calls.jsonl")
    second = [call.begun.stage for call in calls].index("idea_01/write") + 1
    budget = sum(call.took.usd or 0 for call in calls[:second]) + (calls[second].begun.bound or 0) * 0.99
    first = batch_of(tmp_path / "out", server, template, literature, runs=1, budget=budget)
    states = work(first)
    assert first.budget_reached
    assert states[0].stages["writeup"].message == "stopped"
    assert not states[0].finished
    made = server.stats()["calls"]
    again = batch_of(tmp_path / "out", server, template, literature, runs=1)
    assert work(again, until="writeup")[0].stages["writeup"].status == "done"
    assert server.stats()["calls"] > made
    assert booked(tmp_path / "out") == booked(tmp_path / "other")


def test_the_calls_of_an_idea_are_booked_under_its_folder(
    tmp_path: Path, server: Loopback, template: Template, literature: Literature
) -> None:
    batch = batch_of(tmp_path / "out", server, template, literature, runs=1)
    work(batch, until="experiments")
    stages = set(batch.session.metering.ledger.totals())
    assert stages == {"ideas/propose", "ideas/reflect", "ideas/novelty", "idea_01/measures", "idea_01/plan"}


# Mending the text

PARAGRAPH = "The words of this section stand for a text of some length, and they say nothing at all. " * 8


def written(lab: Lab) -> Draft:
    """A draft on the lab, with what the stages before it leave behind."""
    node = Node(run="run_0", label="Baseline", status="ok", results={"bowl": {"final_loss_mean": Value(mean=0.5)}})
    Journal(nodes=[node]).write(lab.journal_path)
    lab.keep_code("run_0")
    sections = {"Results": f"A loss of 0.5.\n\n{PARAGRAPH}", "Conclusion": "It ends, see Section~\\ref{sec:lost}."}
    return Draft(title="T", abstract="An abstract.", sections=sections)


def test_rules_mend_first_and_the_model_is_not_asked(tmp_path: Path, server: Loopback, template: Template) -> None:
    lab, _ = lab_of(tmp_path, template)
    draft = written(lab)
    draft = draft.model_copy(update={"sections": {**draft.sections, "Conclusion": "A gain of 5% is small\nas such."}})
    write_draft(draft, lab.latex)
    problem = Problem(kind="text", file="paper.tex", line=1, message="the rest is lost", subject="%")
    session = session_of(cached=False)
    revised = asyncio.run(scientist_of(server, session).revise(lab, draft, [problem]))
    assert revised is not None
    assert revised.sections["Conclusion"] == "A gain of 5\\% is small\nas such."
    assert session.metering.ledger.totals() == {}


def test_a_paper_that_is_too_long_is_shortened_where_it_is_long(
    tmp_path: Path, server: Loopback, template: Template
) -> None:
    lab, _ = lab_of(tmp_path, template)
    draft = written(lab)
    write_draft(draft, lab.latex)
    problem = Problem(kind="pages", message="9 pages before the references, 8 are allowed")
    session = session_of(cached=False)
    revised = asyncio.run(scientist_of(server, session).revise(lab, draft, [problem]))
    assert session.metering.ledger.totals()["idea_01/revise"].calls == 1
    assert revised is not None
    assert len(revised.sections["Results"]) < len(draft.sections["Results"])
    assert revised.sections["Conclusion"] == draft.sections["Conclusion"]


def test_problems_lead_to_their_sections(tmp_path: Path, template: Template) -> None:
    draft = written(lab_of(tmp_path, template)[0])
    draft = draft.model_copy(update={"sections": {"Method": "\\begin{equation}\na\n\\end{equation}", **draft.sections}})
    lines = render(draft, "two-column").split("\n")
    places = text_places(draft, "\n".join(lines), "two-column")
    of_heading = lines.index("\\section{Results}") + 1
    by_line = Problem(kind="error", file="paper.tex", line=of_heading, message="wrong")
    by_subject = Problem(kind="undefined reference", message="undefined", subject="sec:lost")
    elsewhere = Problem(kind="bibliography", file="references.bib", line=of_heading, message="wrong")
    assert sections_concerned(draft, [by_line], places) == ["Results"]
    assert sections_concerned(draft, [by_subject], places) == ["Conclusion"]
    assert sections_concerned(draft, [elsewhere], places) == []


def test_a_text_that_cannot_be_had_better_stays_as_it_was(tmp_path: Path, server: Loopback, template: Template) -> None:
    lab, lines = lab_of(tmp_path, template)
    draft = written(lab)
    server.set_faults("malformed:1")
    review = Review(paper_id="p", overall=3, fields={"weaknesses": ["It is short."]})
    scientist = scientist_of(server, session_of(cached=False), options=f"{PRICE}&novelty_rounds=1")
    settle(lab, [Metric(name="final_loss_mean", label="loss", better="lower", primary=True)])
    assert asyncio.run(scientist.improve(lab, draft, review, Audit(paper="p", numbers_checked=0, supported=0))) is None
    assert any("improve: not all of it could be done" in line for line in lines)


# What is sent


def test_the_model_is_told_of_the_conditions(tmp_path: Path) -> None:
    """Preset, seconds, runs, evaluation code, seeds and the baseline's results, single seeds among them."""
    lab = Lab(tmp_path / "idea_01", load_template("grokking"), find_sandbox(), LabSettings(preset="tiny", runs=3))
    told = conditions_text(lab)
    assert 'The preset is "tiny"' in told
    assert "At most 3 experiments are made after the baseline, each within 7200 seconds." in told
    assert "def summarise" in told, "evaluation.py"
    assert "What the baseline has given" not in told
    value = Value(mean=0.5, stderr=0.1, seeds=(0.4, 0.5, 0.6))
    node = Node(run="run_0", label="Baseline", status="ok", seconds=31.2, results={"x_div_y": {"acc": value}})
    Journal(nodes=[node]).write(lab.journal_path)
    told = conditions_text(lab)
    assert "the baseline took 31" in told
    assert "Each run has 3 seeds" in told
    assert "x_div_y | acc = 0.5 +- 0.1 [0.4, 0.5, 0.6]" in told
    one = value.model_copy(update={"seeds": (0.5,)})
    Journal(nodes=[node.model_copy(update={"results": {"x_div_y": {"acc": one}}})]).write(lab.journal_path)
    assert "no test is possible" in conditions_text(lab)


def test_each_result_is_sent_once_to_whoever_writes(tmp_path: Path, template: Template) -> None:
    """Tables and figures go by label and caption, tests by the primary metrics and what is resolved."""
    lab, _ = lab_of(tmp_path, template)
    seeds = {"run_0": (1.0, 1.1, 1.2), "run_1": (3.0, 3.1, 3.2)}
    nodes = [
        Node(run=run, label=run, status="ok", parent="" if run == "run_0" else "run_0",
             results={"bowl": {"loss": Value(mean=values[1], stderr=0.0577, seeds=values),
                               "seconds": Value(mean=7.25, stderr=0.1, seeds=(7.2, 7.25, 7.3))}})
        for run, values in seeds.items()
    ]  # fmt: skip
    for run in seeds:
        lab.keep_code(run)
    metrics = [Metric(name="loss", label="loss", better="lower", primary=True),
               Metric(name="seconds", label="seconds", better="lower")]  # fmt: skip
    table = "\\begin{table}\\caption{The loss \\emph{by} run.}\\label{tab:a}3.1 & 1.1\\end{table}"
    conversation = study_conversation(lab, Evidence.of(nodes, metrics), {"tab:a": table})
    [study] = conversation.shared
    assert study.count("3.1 +- 0.0577 [3, 3.1, 3.2]") == 1
    assert "tab:a: The loss \\emph{by} run." in study and "3.1 & 1.1" not in study
    assert "run_1 | bowl | loss: difference +2" in study
    assert "Not listed, none of them resolved: all others in seconds." in study


def test_edits_of_a_text_are_made_where_their_passage_stands_once() -> None:
    draft = Draft(
        title="An Old Title", abstract="Short.", sections={"Results": "One loss is\n0.5. Two.\n\nTwo. Three."}
    )
    edits = [
        TextEdit(section="Results", passage="One loss is 0.5.", replacement="One loss is 0.25."),
        TextEdit(section="Title", passage="An Old", replacement="A\nNew"),
        TextEdit(section="results", passage="", replacement="At the end."),
        TextEdit(section="Results", passage="Three.", replacement=""),
        TextEdit(section="Results", passage="Two.", replacement="2"),
        TextEdit(section="Results", passage="Four.", replacement="4"),
        TextEdit(section="Abstract", passage="Short.", replacement=""),
        TextEdit(section="Method", passage="x", replacement="y"),
    ]
    made, problems = edited(draft, edits, str.strip)
    assert made.title == "A New Title"
    assert made.sections["Results"] == "One loss is 0.25. Two.\n\nTwo.\n\nAt the end."
    assert [problem.partition("): ")[2] for problem in problems] == [
        'the passage "Two." stands there 2 times',
        'the passage "Four." does not stand in that section as it was copied',
        "nothing would be left of the section",
        "there is no such section; the sections are Title, Abstract, Results",
    ]


def test_a_passage_copied_wrongly_is_shown_to_the_model(tmp_path: Path, server: Loopback, template: Template) -> None:
    lab, lines = lab_of(tmp_path, template)
    draft = written(lab)
    write_draft(draft, lab.latex)
    problem = Problem(kind="pages", message="9 pages before the references, 8 are allowed")
    session = session_of(cached=False)
    revised = asyncio.run(scientist_of(server, session, "forgetter").revise(lab, draft, [problem]))
    assert revised is not None
    assert len(revised.sections["Results"]) < len(draft.sections["Results"])
    assert session.metering.ledger.totals()["idea_01/revise"].calls == 2
    assert not [line for line in lines if "not all of it" in line]


def test_every_form_is_one_that_the_providers_take() -> None:
    from peerassay.generator.model_scientist import citing, foreign, text_edits, writing

    forms = [Proposal, NoveltyRound, citing.CitationChoice, foreign.Captions,
             foreign.MetricDescriptions, writing.Part, writing.LastPart, text_edits.TextEdits]  # fmt: skip
    for form in forms:
        schema = schema_of(form)
        assert openai_problem(schema) is None, form
        assert anthropic_problem(schema) is None, form
    assert "title" in schema_of(writing.LastPart)["properties"]


def test_a_command_that_lost_its_backslash_in_json_is_refused() -> None:
    assert filled(NamedText, {"name": "Results", "body": "A \\textbf{word}\nand\ta tab."}).body.startswith("A \\textbf")
    for eaten in ("A \textbf{word}", "\begin{itemize}", "\frac{1}{2}", "Table~\ref{tab:a}"):
        with pytest.raises(ValueError, match="backslash is written twice"):
            filled(NamedText, {"name": "Results", "body": eaten})


def test_answers_come_from_an_endpoint_that_knows_no_schema_too(
    tmp_path: Path, server: Loopback, template: Template
) -> None:
    scientist = scientist_of(server, session_of(cached=False), "no-schema")
    idea = asyncio.run(scientist.propose(lab_of(tmp_path, template)[0], []))
    assert idea is not None
    assert idea.name == "vary_noise"


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("openai/m?temperature=3", "temperature"),
        ("openai/m?temprature=1", "temperature"),
        ("openai/m?price_in=1", "price_out"),
        ("nobody/m", "names no model"),
    ],
)
def test_a_wrong_option_is_named(spec: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_spec(spec)


def test_the_fingerprint_follows_settings_but_not_prices(server: Loopback) -> None:
    session = session_of(cached=False)
    options = (PRICE, "price_in=2&price_out=9&timeout=5", f"{PRICE}&refinements=2", f"{PRICE}&temperature=0.5")
    prints = [scientist_of(server, session, options=option).fingerprint for option in options]
    assert prints[0] == prints[1]
    assert len(set(prints)) == 3


# Text


def test_what_the_model_must_not_write_is_taken_out() -> None:
    text = (
        "```latex\n\\section{Results}\n\\label{sec:results}\nAs \\citet{nobody2099} say~\\citep{ho2020, lost2021}.\n"
        "\\begin{figure}\\includegraphics{x.png}\\label{fig:x}\\end{figure}\n"
        "\\begin{table}a\\label{tab:own}\\end{table}\\begin{table}b\\label{tab:results}\\end{table}\n```\n"
    )
    clean, done = tidied(text, ["ho2020"], ["tab:results"])
    assert clean == "As earlier work say~\\citep{ho2020}.\n\\begin{table}a\\label{tab:own}\\end{table}"
    assert len(done) == 4


def test_floats_are_put_behind_what_refers_to_them_and_can_be_taken_out_again() -> None:
    listed = "\\begin{itemize}\n\\item See Figure~\\ref{fig:b}.\n\n\\item More.\n\\end{itemize}"
    draft = Draft(
        title="T", abstract="A.",
        sections={"Introduction": "See Table~\\ref{tab:c}.", "Results": f"One.\n\n{listed}\n\nEnd."},
    )  # fmt: skip
    floats = {"tab:results": "TABLE", "fig:b": "FIGURE", "tab:c": "OTHER", "tab:d": "LEFT"}
    whole = placed(draft, floats, always="tab:results")
    results = whole.sections["Results"]
    assert results.index("\\end{itemize}") < results.index("FIGURE") < results.index("End.") < results.index("TABLE")
    assert "OTHER" in whole.sections["Introduction"]
    assert re.search(r"Table~\\ref\{tab:d\}.*LEFT", whole.appendix["Further Tables and Figures"], re.DOTALL)
    plain, found = bare(whole)
    assert found == {key: floats[key] for key in found} and len(found) == 4
    assert "FIGURE" not in plain.sections["Results"] and plain.appendix == {}
    again = placed(plain, found, always="tab:results")
    assert again == placed(bare(again)[0], found, always="tab:results")


@pytest.mark.parametrize("prompt", ["improve", "critique"])
def test_words_that_the_means_contradict_are_told_to_the_model(prompt: str) -> None:
    claim = Contradiction(
        word="lower",
        context="Wide has a lower loss.",
        where="p:1",
        section="Results / By dataset",
        reason="run_1 2, run_0 1",
    )
    said = {"written": {}, "review": "", "lost": [], "seen": "", "captions": "", "rules": "", "pages": None, "round": 1,
            "rounds": 1}  # fmt: skip
    told = rendered(prompt, **said, contradicted=[contradiction_in_words(claim)])
    assert 'Results: "lower" in "Wide has a lower loss.": run_1 2, run_0 1' in told
    assert "contradict," not in rendered(prompt, **said, contradicted=[])
