"""The offline scientist on a small template: ideas, edits, runs, figures, and a paper whose numbers trace."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path
from types import SimpleNamespace

import pytest
from peerassay.data.errors import InputError
from peerassay.generator.comparisons import RunComparison
from peerassay.generator.figures import relabel
from peerassay.generator.ideas import Scored
from peerassay.generator.lab import Lab, LabSettings
from peerassay.generator.latex.check import check_pdf
from peerassay.generator.latex.compile import compile_tex
from peerassay.generator.latex.document import Draft, write_draft
from peerassay.generator.latex.log import Problem
from peerassay.generator.latex.placement import wrapped
from peerassay.generator.latex.words import count, inside, listed, number_word, prose
from peerassay.generator.literature.bibtex import write_bib
from peerassay.generator.literature.local import LocalIndex
from peerassay.generator.literature.record import Work
from peerassay.generator.literature.search import Literature
from peerassay.generator.nodes import Choice, Node, read_results
from peerassay.generator.offline import scientist
from peerassay.generator.offline.code_changes import apply_edits, listing
from peerassay.generator.offline.findings import by_dataset, pairs_in_words, tally
from peerassay.generator.offline.knob_study import KnobStudy
from peerassay.generator.offline.scientist import OfflineScientist, improved, without_unsupported
from peerassay.generator.offline.study import opening
from peerassay.generator.plan import FIXED, read_plan, write_plan
from peerassay.generator.provenance.audit import audit_paper
from peerassay.generator.provenance.records import Audit, Unsupported
from peerassay.generator.sandbox.find import find_sandbox
from peerassay.generator.scientist import Scientist
from peerassay.generator.search import LinearSearch
from peerassay.generator.template import Edit, Metric, Template, Variant, load_template
from peerassay.reviewer.review import Review

EXPERIMENT = '''
"""A toy: losses drawn around a level that the settings move."""
import argparse, json, random, statistics
from pathlib import Path

WIDTH = 64  # hidden units
NOISE = 0.01

def run(dataset, seed):
    draw = random.Random(f"{dataset} {seed} {WIDTH}")
    level = 0.1 * len(dataset) * (64 / WIDTH) ** 0.5
    return {"kl_divergence": level + draw.gauss(0, NOISE), "training_time": 2.0 + draw.random()}

parser = argparse.ArgumentParser()
parser.add_argument("--out_dir", type=Path)
out = parser.parse_args().out_dir
info = {}
for dataset in ("circle", "moons"):
    seeds = [run(dataset, seed) for seed in range(4)]
    lists = {name: [seed[name] for seed in seeds] for name in seeds[0]}
    info[dataset] = {
        "means": {name: statistics.fmean(values) for name, values in lists.items()},
        "stderrs": {name: statistics.stdev(values) / 4**0.5 for name, values in lists.items()},
        "final_info_dict": lists,
    }
out.mkdir(exist_ok=True)
(out / "final_info.json").write_text(json.dumps(info))
'''
PLOT = '''
"""A grey image for each run."""
import struct, zlib
from pathlib import Path
from types import SimpleNamespace

labels: dict[str, str] = {
    "run_0": "Baseline",  # é
}

def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

rows = b"".join(b"\\0" + bytes((x + 9 * len(labels)) % 256 for x in range(80)) for _ in range(40))
header = struct.pack(">IIBBBBB", 80, 40, 8, 0, 0, 0, 0)
body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
Path("losses.png").write_bytes(b"\\x89PNG\\r\\n\\x1a\\n" + body)
'''
WIDTH = {
    "name": "width",
    "title": "Does Width Matter for a Toy?",
    "question": "Does the width of a toy model change its divergence?",
    "hypothesis": "Narrow models do worse, & at any $T_0$.",
    "why": "A narrow model has few units.",
    "query": "width of generative models",
    "variants": [
        {"label": "Narrow", "description": "16 units.",
         "edits": [{"file": "experiment.py", "search": "WIDTH = 64", "replace": "WIDTH = 16"}]},
        {"label": "Wide", "description": "256 units.",
         "edits": [{"file": "experiment.py", "search": "WIDTH = 64", "replace": "WIDTH = 256"}]},
    ],
}  # fmt: skip
NOISE = {
    **WIDTH,
    "name": "noise",
    "title": "Noise in a Toy",
    "variants": [
        {"label": "Noisy", "description": "More noise.",
         "edits": [{"file": "experiment.py", "search": "NOISE = 0.01", "replace": "NOISE = 0.3"}]},
    ],
}  # fmt: skip
KNOBS = {
    "metrics": [
        {"name": "kl_divergence", "label": "KL divergence (nats)", "better": "lower", "primary": True, "digits": 3},
        {"name": "training_time", "label": "Training time (s)", "better": "lower", "digits": 2},
    ],
    "datasets": {"circle": "a ring", "moons": "two half circles"},
    "setting": {"model": "The model has 64 units and keeps 90% of its input."},
    "knobs": [WIDTH, NOISE],
}
BACKGROUND = {
    "related": [
        {"key": "ho2020denoising", "sentence": "trained models by predicting the added noise"},
        {"key": "song2021score", "sentence": "\\citet{song2021score} put such models into one framework."},
        {"key": "nobody1900nothing", "sentence": "wrote nothing"},
    ],
    "background": "Toys are small \\citep{ho2020denoising}.\n\nThey run fast \\citep{song2021score,nobody1900nothing}.",
    "method": "The loss is $\\ell = a + b$.",
}
BIB = """
@inproceedings{ho2020denoising, title={Denoising Diffusion Probabilistic Models},
  author={Ho, Jonathan and Jain, Ajay and Abbeel, Pieter}, booktitle={NeurIPS}, year={2020}}
@inproceedings{song2021score, title={Score-Based Generative Modeling through Stochastic Differential Equations},
  author={Song, Yang and Sohl-Dickstein, Jascha}, booktitle={ICLR}, year={2021}}
"""
NEAR = Work(
    title="The width of generative toy models",
    authors=("Jo Doe",),
    year=2023,
    abstract="Does the width of a toy model change its divergence? Narrow models do worse than wide models.",
    source="local",
)
needs_latex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    folder = tmp_path_factory.mktemp("templates") / "toy"
    (folder / "latex").mkdir(parents=True)
    for name, text in {
        "experiment.py": EXPERIMENT, "plot.py": PLOT, "prompt.json": json.dumps({"system": "", "task_description": ""}),
        "seed_ideas.json": "[]", "knobs.json": json.dumps(KNOBS), "latex/background.json": json.dumps(BACKGROUND),
        "latex/references.bib": BIB,
    }.items():  # fmt: skip
        (folder / name).write_text(text, encoding="utf-8")
    return load_template(str(folder))


def lab_of(template: Template) -> Lab:
    """A lab that nothing is done in."""
    return Lab(template.folder.parent / "nothing", template, find_sandbox(), LabSettings())


def explored(template: Template, folder: Path, knob: str, seed: int = 0) -> tuple[Lab, Draft]:
    """All the scientist does for a knob, its experiments and plots really run."""
    scientist: Scientist = OfflineScientist(seed)
    literature = Literature((), LocalIndex([NEAR]))

    async def work() -> tuple[Lab, Draft]:
        lab = Lab(folder, template, find_sandbox(), LabSettings(preset="cpu"))
        others = [knob_["name"] for knob_ in KNOBS["knobs"] if knob_["name"] != knob]  # type: ignore[index]
        earlier: list[Scored] = []
        idea = await scientist.propose(lab, earlier)
        if idea is not None and idea.name in others:
            earlier.append(Scored(idea=idea))
            idea = await scientist.propose(lab, earlier)
        assert idea is not None and idea.name == knob
        lab.idea = idea
        lab.set_up()
        await LinearSearch().explore(lab, scientist)
        assert await scientist.draw(lab, lab.journal().finished, "")
        subprocess.run([sys.executable, "plot.py"], cwd=lab.workspace, check=True)
        lab.latex.mkdir()
        shutil.copy(lab.workspace / "losses.png", lab.latex)
        verdict = await scientist.judge(idea, literature)
        assert verdict.nearest[0].title == NEAR.title
        return lab, await scientist.write(lab, literature)

    return asyncio.run(work())


def typeset(lab: Lab, draft: Draft) -> Path:
    """The paper's source with its bibliography, and the records that an audit looks for, as the stages leave them."""
    tex = write_draft(draft, lab.latex)
    (lab.latex / "references.bib").write_text(write_bib(work for work in lab.works() if work.key in draft.cited))
    for name in ("statistics.json", "literature.json"):
        shutil.copy(lab.folder / name, lab.workspace)
    digest = hashlib.sha256((lab.workspace / "losses.png").read_bytes()).hexdigest()
    (lab.workspace / "figures.json").write_text(json.dumps({"losses.png": digest}))
    return tex


@pytest.fixture(scope="module")
def width(template: Template, tmp_path_factory: pytest.TempPathFactory) -> tuple[Lab, Draft]:
    return explored(template, tmp_path_factory.mktemp("width") / "run", "width")


@pytest.fixture(scope="module")
def noise(template: Template, tmp_path_factory: pytest.TempPathFactory) -> tuple[Lab, Draft]:
    return explored(template, tmp_path_factory.mktemp("noise") / "run", "noise")


def test_the_fingerprint_is_a_declared_version_and_the_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    now = OfflineScientist().fingerprint
    assert now == OfflineScientist().fingerprint != OfflineScientist(1).fingerprint
    monkeypatch.setattr(scientist, "VERSION", scientist.VERSION + 1)
    assert OfflineScientist().fingerprint != now


def test_ideas_are_the_knobs_each_once(template: Template) -> None:
    async def all_ideas(seed: int) -> list[str]:
        scientist, found = OfflineScientist(seed), []
        while (idea := await scientist.propose(lab_of(template), found)) is not None:
            found.append(Scored(idea=idea))
        return [scored.idea.name for scored in found]

    orders = [asyncio.run(all_ideas(seed)) for seed in range(6)]
    assert all(sorted(order) == ["noise", "width"] for order in orders)
    assert len({tuple(order) for order in orders}) == 2
    assert orders[0] == asyncio.run(all_ideas(0))


def test_a_template_without_knobs_is_refused_with_a_way_out(template: Template, tmp_path: Path) -> None:
    copy = tmp_path / "bare"
    shutil.copytree(template.folder, copy)
    (copy / "knobs.json").unlink()
    with pytest.raises(InputError, match=r"bare has no knobs\.json.*-m anthropic/MODEL"):
        asyncio.run(OfflineScientist().propose(lab_of(load_template(str(copy))), []))


def test_every_variant_is_the_baseline_with_its_own_change(width: tuple[Lab, Draft]) -> None:
    lab, _ = width
    nodes = lab.journal().nodes
    assert [(node.label, node.status) for node in nodes] == [("Baseline", "ok"), ("Narrow", "ok"), ("Wide", "ok")]
    lines = [(lab.snapshot(node.run) / "experiment.py").read_text() for node in nodes]
    assert ["WIDTH = 16" in lines[1], "WIDTH = 256" in lines[2]] == [True, True]
    assert lines[1].replace("WIDTH = 16", "WIDTH = 64") == lines[2].replace("WIDTH = 256", "WIDTH = 64") == lines[0]


def test_figures_name_the_runs(width: tuple[Lab, Draft]) -> None:
    scope: dict[str, object] = {}
    plot = (width[0].workspace / "plot.py").read_text(encoding="utf-8")
    exec(plot.partition("def chunk")[0], scope)
    assert scope["labels"] == {"run_0": "Baseline", "run_1": "Narrow", "run_2": "Wide"}
    assert plot.partition("def chunk")[2] == PLOT.partition("def chunk")[2]


@needs_latex
@pytest.mark.parametrize("which", ["width", "noise"])
def test_the_paper_compiles_cleanly_and_every_number_traces(which: str, request: pytest.FixtureRequest) -> None:
    lab, draft = request.getfixturevalue(which)
    tex = typeset(lab, draft)
    compiled = compile_tex(lab.latex)
    assert compiled.pdf is not None
    assert [str(problem) for problem in compiled.problems if problem.severity != "note"] == []
    check = check_pdf(compiled.pdf, tex=tex, compiled=compiled.problems)
    assert [str(problem) for problem in check.problems] == []
    assert 3 <= check.pages <= 6
    labels = {node.run: node.label for node in lab.journal().nodes}
    audit = audit_paper(tex, compiled.pdf, lab.workspace, labels=labels)
    assert [(lost.text, lost.context, lost.reason) for lost in audit.unsupported] == []
    assert audit.ok
    assert audit.numbers_checked > 30


@needs_latex
def test_an_audit_finds_a_number_that_is_changed_and_the_scientist_drops_its_sentence(
    width: tuple[Lab, Draft],
) -> None:
    lab, draft = width
    mean = read_results(lab.workspace / "run_1")["moons"]["kl_divergence"].mean
    body = draft.sections["Results"]
    false = body.replace(f"to {mean:.3f}", f"to {mean * 1.07:.3f}")
    assert false != body
    wrong = draft.model_copy(update={"sections": {**draft.sections, "Results": false}})
    labels = {node.run: node.label for node in lab.journal().nodes}
    found = audit_paper(typeset(lab, wrong), None, lab.workspace, labels=labels)
    assert [lost.text for lost in found.unsupported] == [f"{mean * 1.07:.3f}"]
    better = improved(wrong, Review(paper_id="p", overall=5.0), found)
    assert better is not None
    assert audit_paper(typeset(lab, better), None, lab.workspace, labels=labels).unsupported == ()
    assert len(better.sections["Results"]) > 0.5 * len(body)


def test_the_text_follows_the_outcome(width: tuple[Lab, Draft], noise: tuple[Lab, Draft]) -> None:
    mixed, nothing = KnobStudy.of_lab(width[0]), KnobStudy.of_lab(noise[0])
    assert (mixed.outcome, nothing.outcome) == ("mixed", "nothing")
    assert tally(mixed.tests) == "Of two differences, two are resolved: one for the better and one for the worse."
    assert "in both directions" in width[1].sections["Discussion"]
    assert re.search(r"on the KL divergence: (lower|higher) in all \w+ pairs of dataset and seed \(", width[1].abstract)
    assert "is not resolved" in noise[1].abstract
    assert "do not support it" in noise[1].sections["Discussion"]
    assert "no effect" not in "".join(noise[1].sections.values())
    assert r"\mathbf{" in width[1].sections["Results"]
    assert r"\mathbf{" not in noise[1].sections["Results"]


def test_only_known_works_are_cited_and_the_near_one_is_named(width: tuple[Lab, Draft]) -> None:
    lab, draft = width
    keys = {work.key for work in lab.works()}
    assert set(draft.cited) <= keys
    assert {"ho2020denoising", "song2021score"} <= set(draft.cited)
    near = next(work.key for work in lab.works() if work.title == NEAR.title)
    assert near in draft.sections["Related Work"]
    assert r"\citet{ho2020denoising} trained models by predicting the added noise." in draft.sections["Related Work"]


def test_set_up_sentences_are_left_out_where_they_are_not_true(width: tuple[Lab, Draft], template: Template) -> None:
    lab, draft = width
    assert r"keeps 90\% of its input" in draft.sections["Experimental Set-up"]
    other = Lab(lab.folder, template, lab.sandbox, LabSettings(preset="tiny"), idea=lab.idea)
    text = asyncio.run(OfflineScientist().write(other, Literature())).sections["Experimental Set-up"]
    assert "90" not in text
    assert r"\texttt{tiny}" in text


def test_a_single_seed_is_not_tested_and_that_is_said(template: Template, tmp_path: Path) -> None:
    text = EXPERIMENT.replace("range(4)", "range(1)").replace("statistics.stdev(values) / 4**0.5", "0.0")
    copy = tmp_path / "toy"
    shutil.copytree(template.folder, copy)
    (copy / "experiment.py").write_text(text)
    lab, draft = explored(load_template(str(copy)), tmp_path / "run", "width")
    assert KnobStudy.of_lab(lab).outcome == "untested"
    assert "cannot be tested" in draft.abstract
    assert "too few pairs of dataset and seed" in draft.sections["Experimental Set-up"]
    assert not any("p_holm" in name for name in json.loads((lab.folder / "statistics.json").read_text()))


@needs_latex
def test_revision_mends_what_rules_can(width: tuple[Lab, Draft]) -> None:
    lab, draft = width
    broken = draft.model_copy(update={"sections": {**draft.sections, "Conclusion": "A 50% gain \\citep{nowhere}."}})
    typeset(lab, broken)
    problems = [Problem(kind="undefined citation", message="undefined citation nowhere", subject="nowhere")]
    revised = asyncio.run(OfflineScientist().revise(lab, broken, problems))
    assert revised is not None
    assert revised.sections == {**draft.sections, "Conclusion": r"A 50\% gain."}
    assert asyncio.run(OfflineScientist().revise(lab, draft, [])) is None or draft == broken


def test_points_of_a_review_are_named_once_and_without_numbers(width: tuple[Lab, Draft]) -> None:
    _, draft = width
    fields = {"weaknesses": ["The baseline is not tuned & weak.", "Only 17 epochs are used."], "questions": ["Why so?"]}
    review = Review(paper_id="p", overall=4.0, fields=fields)
    audit = Audit(paper="p", numbers_checked=0, supported=0)
    better = improved(draft, review, audit)
    assert better is not None
    limits = better.sections["Limitations"]
    assert r"The baseline is not tuned \& weak." in limits
    assert "17" not in limits
    assert improved(better, review, audit) is None


def test_captions_of_the_program_lose_no_sentence() -> None:
    table = wrapped("tab:a", "\\begin{table}\n\\caption{Loss. Gain is 0.5 there.}\n\n\\vspace{1ex}\n\\end{table}")
    draft = Draft(title="t", abstract="a", sections={"Results": f"One.\n\n{table}\n\nTwo. Gain is 0.5 there."})
    lost = Unsupported(
        text="0.5", value=0.5, context="Gain is 0.5 there.", where="paper.tex:9", section="Results", reason="r"
    )
    better = without_unsupported(draft, [lost])
    assert better.sections["Results"] == f"One.\n\n{table}\n\nTwo."


def test_a_sentence_is_dropped_by_its_number_and_its_words() -> None:
    draft = Draft(
        title="t", abstract="It is 0.5. It is good.", sections={"Results": "Loss is 0.5 here. Gain is 0.5 there."}
    )
    lost = Unsupported(
        text="0.5", value=0.5, context="Gain is 0.5 there.", where="paper.tex:9", section="Results", reason="r"
    )
    audit = Audit(paper="p", numbers_checked=1, supported=0, unsupported=(lost,))
    better = improved(draft, Review(paper_id="p", overall=4.0), audit)
    assert better is not None
    assert better.sections["Results"].strip() == "Loss is 0.5 here."
    assert better.abstract == draft.abstract


def test_a_number_within_another_is_not_that_number() -> None:
    body = "The share was 0.5 there. The share was 5% there."
    lost = Unsupported(
        text="5%", value=5, context="The share was 5% there.", where="p:1", section="Results", reason="r"
    )
    better = without_unsupported(Draft(title="t", abstract="a", sections={"Results": body}), [lost])
    assert better.sections["Results"].strip() == "The share was 0.5 there."


def test_a_sign_that_prints_as_a_minus_hides_no_sentence() -> None:
    body = "Loss is 0.5 here. Gain is \u22120.5 there."
    lost = Unsupported(
        text="-0.5", value=-0.5, context="Gain is \u22120.5 there.", where="p:1", section="Results", reason="r"
    )
    better = without_unsupported(Draft(title="t", abstract="a", sections={"Results": body}), [lost])
    assert better.sections["Results"] == "Loss is 0.5 here."


def test_effects_of_a_dataset_are_told_by_direction() -> None:
    """ "does so too" stands behind effects of the same direction alone, "in contrast" behind the others."""
    metric = Metric(name="loss", label="Loss", better="lower")
    items = [
        RunComparison(run=f"run_{n}", label=label, metric=metric, pairs=9, effect="worse" if change > 0 else "better",
                      dataset="digits", baseline=0.4, mean=0.4 + change, difference=change)
        for n, (label, change) in enumerate((("Range", 0.3), ("Raw", -0.2), ("Ranks", 0.1)))
    ]  # fmt: skip
    study = SimpleNamespace(by_dataset=items, datasets=["digits"])
    (told,) = by_dataset(study, metric)  # type: ignore[arg-type]
    assert told.index("Ranks} does so too") < told.index("Raw}, in contrast, lowers the loss")


def test_edits_are_made_all_or_none(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\ny = 1\n")
    good = Edit(file="a.py", search="x = 1", replace="x = 2")
    with pytest.raises(InputError, match="occurs 2 times"):
        apply_edits(tmp_path, [good, Edit(file="a.py", search=" = ", replace=" == ")])
    with pytest.raises(InputError, match="does not occur"):
        apply_edits(tmp_path, [good, Edit(file="a.py", search="z", replace="")])
    with pytest.raises(InputError, match="leads out"):
        apply_edits(tmp_path, [Edit(file="../b.py", search="x", replace="y")])
    assert (tmp_path / "a.py").read_text() == "x = 1\ny = 1\n"
    apply_edits(tmp_path, [good, Edit(file="a.py", search="x = 2", replace="x = 3")])
    assert (tmp_path / "a.py").read_text() == "x = 3\ny = 1\n"


def test_a_listing_shows_shared_lines_once_and_breaks_long_ones() -> None:
    long = "y = [" + ", ".join(str(i) for i in range(60)) + "]"
    variants = [
        Variant(label=label, description="", edits=(Edit(file="a.py", search="    x = 1\n    y", replace=new),))
        for label, new in (("One", "    x = 2\n    y"), ("Two", f"    {long}\n    y"))
    ]
    lines = listing(variants).splitlines()
    assert lines.count("- x = 1") == 1
    assert "+ x = 2" in lines
    assert max(map(len, lines)) <= 100


def test_relabel_refuses_a_plot_without_labels(tmp_path: Path) -> None:
    plot = tmp_path / "plot.py"
    plot.write_text("names = {}\n")
    with pytest.raises(InputError, match="no dictionary `labels`"):
        relabel(plot, {"run_0": "Baseline"})
    plot.write_text(
        textwrap.dedent("""
        text = "labels = {}"
        labels = dict(run_0="x")  # kept
        rest = 1
    """)
    )
    relabel(plot, {"run_0": 'a "b" é'})
    scope: dict[str, object] = {}
    exec(plot.read_text(encoding="utf-8"), scope)
    assert (scope["labels"], scope["rest"]) == ({"run_0": 'a "b" é'}, 1)
    assert "# kept" in plot.read_text(encoding="utf-8")


def test_words() -> None:
    assert [number_word(n) for n in (0, 1, 12, 21, 40, 100)] == ["no", "one", "twelve", "twenty-one", "forty", "100"]
    assert (count(1, "dataset"), count(0, "dataset")) == ("one dataset", "no datasets")
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert (inside("Held-out loss"), inside("KL divergence")) == ("held-out loss", "KL divergence")
    assert opening(["Narrow", "x"]) == r"\textit{Narrow} and \textit{x}"
    assert opening(["80% less"]) == r"Setting \textit{80\% less}"
    assert prose("5% of $x_1$ & more") == r"5\% of $x_1$ \& more"
    assert prose(r"108{,}864 of 90\% and 5%") == r"108{,}864 of 90\% and 5\%"


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ((16, 3, 0), "lower in sixteen of nineteen pairs of dataset and seed and higher in three"),
        ((19, 0, 0), "lower in all nineteen pairs of dataset and seed"),
        (
            (18, 0, 1),
            "lower in eighteen of nineteen pairs of dataset and seed; in one a seed failed, which counts",
        ),
    ],
)
def test_pairs_in_words(width: tuple[Lab, Draft], counts: tuple[int, int, int], words: str) -> None:
    lower, higher, failed = counts
    item = KnobStudy.of_lab(width[0]).tests[0]
    changes = {"pairs": 19, "lower": lower, "higher": higher, "failed": failed, "statistic": -2.0}
    assert pairs_in_words(item.model_copy(update=changes), " of dataset and seed").startswith(words)


def test_a_node_that_failed_is_named(width: tuple[Lab, Draft], tmp_path: Path) -> None:
    lab = Lab(tmp_path / "run", width[0].template, width[0].sandbox, width[0].settings, idea=width[0].idea)
    shutil.copytree(width[0].folder, lab.folder)
    journal = lab.journal()
    journal.put(Node(run="run_2", label="Wide", status="failed", reason="out of memory"))
    journal.write(lab.journal_path)
    draft = asyncio.run(OfflineScientist().write(lab, Literature()))
    assert r"\textit{Wide} did not run to the end and has no results" in draft.sections["Limitations"]
    assert "two settings" not in draft.abstract


def test_a_search_decides_on_fresh_seeds_alone(width: tuple[Lab, Draft], tmp_path: Path) -> None:
    lab = Lab(tmp_path / "run", width[0].template, width[0].sandbox, width[0].settings, idea=width[0].idea)
    shutil.copytree(width[0].folder, lab.folder)
    journal, plan = lab.journal(), read_plan(lab.folder)
    assert plan is not None
    (lab.folder / FIXED).unlink()
    write_plan(lab.folder, plan.model_copy(update={"confirmation": plan.looks[0].model_copy(update={"share": 1.0})}))
    journal.nodes = [node.model_copy(update={"kind": "draft" if node.parent else ""}) for node in journal.nodes]
    baseline, wide = journal.nodes[0], journal.find("run_2")
    assert wide is not None
    for run, node in (("run_3", baseline), ("run_4", wide)):
        journal.put(node.model_copy(update={"run": run, "kind": "confirm", "parent": node.run}))
    journal.choice = Choice(run="run_2", gain=0.1, of=2)
    journal.write(lab.journal_path)
    draft = asyncio.run(OfflineScientist().write(lab, Literature()))
    assert "A search compares two settings" in draft.abstract
    assert "on seeds that no choice has seen" in draft.abstract
    assert "that there is at most one comparison with the baseline" in draft.sections["Experimental Set-up"]
    assert "They are exploratory" in draft.sections["Results"]
    values = json.loads((lab.folder / "statistics.json").read_text())
    before = json.loads((width[0].folder / "statistics.json").read_text())
    place = "all datasets/kl_divergence/run_4"
    assert values[f"p_holm/{place}"] == values[f"p/{place}"], "a family of one test"
    assert {name for name in values if "run_4" not in name} == set(before)
