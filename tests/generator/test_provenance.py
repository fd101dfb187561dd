"""The audit of a paper against its results: a whole paper, tampered ones, and rates measured over many."""

from __future__ import annotations

import json
import math
import random
import re
import statistics
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from peerassay.data.errors import InputError
from peerassay.data.papers.tex.document import TexDocument, read_tex
from peerassay.generator.provenance.audit import audit_paper
from peerassay.generator.provenance.logged import LoggedResults
from peerassay.generator.provenance.match import Matcher
from peerassay.generator.provenance.names import Mentions, Names
from peerassay.generator.provenance.numbers import find_numbers
from peerassay.generator.provenance.passages import PaperPassage
from peerassay.generator.provenance.pdf import pdf_passages
from peerassay.generator.provenance.records import Audit
from peerassay.generator.provenance.results import read_logged
from peerassay.generator.provenance.sources import sha256
from peerassay.generator.provenance.tables import audit_tables
from peerassay.generator.provenance.tex import tex_passages
from peerassay.generator.provenance.tex_flat import flatten
from random_runs import DATASETS, LABELS, SCALES, Experiment, in_memory, made_experiment

EXPERIMENT = """
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--learning_rate", type=float, default=3e-4)
parser.add_argument("--train_batch_size", type=int, default=256)
parser.add_argument("--num_train_steps", type=int, default=10_000)
parser.add_argument("--num_timesteps", type=int, default=100)
hidden_size = 256
"""


def write_results(folder: Path, experiment: Experiment) -> Path:
    for run in range(len(LABELS)):
        info = {
            dataset: {
                "means": {m: experiment.mean[run, dataset, m] for m in SCALES},
                "stderrs": {m: experiment.stderr[run, dataset, m] for m in SCALES},
                "final_info_dict": {m: experiment.seeds[run, dataset, m] for m in SCALES},
            }
            for dataset in DATASETS
        }
        (folder / f"run_{run}").mkdir(parents=True)
        (folder / f"run_{run}" / "final_info.json").write_text(json.dumps(info))
    (folder / "experiment.py").write_text(EXPERIMENT)
    (folder / "plot.py").write_text(f"labels = {LABELS!r}\n")
    (folder / "statistics.json").write_text(
        json.dumps({"dino": {"kl_divergence": {"run_3_vs_run_0": {"p_value": 0.01372, "difference": -0.2213}}}})
    )
    (folder / "kl.png").write_bytes(b"\x89PNG made by plot.py")
    (folder / "figures.json").write_text(json.dumps({"kl.png": sha256(folder / "kl.png")}))
    return folder


def results_table(e: Experiment) -> str:
    rows = []
    for run, label in LABELS.items():
        number = int(run[-1])
        for index, dataset in enumerate(DATASETS):
            kl, loss = (number, dataset, "kl_divergence"), (number, dataset, "eval_loss")
            first = rf"\multirow{{4}}{{*}}{{{label}}}" if not index else ""
            rows.append(
                rf"{first} & {dataset.title()} & ${e.mean[kl]:.3f} \pm {e.stderr[kl]:.3f}$ & {e.mean[loss]:.4f}"
                rf" & {e.mean[number, dataset, 'training_time']:.2f} \\"
            )
        rows.append(r"\midrule")
    return "\n".join(rows)


def changes_table(e: Experiment) -> str:
    return "\n".join(
        rf"{LABELS[f'run_{run}']} & "
        + " & ".join(rf"{100 * e.change(run, d, 'kl_divergence'):.1f}\%" for d in DATASETS)
        + rf" & {statistics.fmean(e.mean[run, d, 'kl_divergence'] for d in DATASETS):.3f} \\"
        for run in (1, 2, 3)
    )


def written(e: Experiment) -> str:
    kl = {(run, d): e.mean[run, d, "kl_divergence"] for run in range(4) for d in DATASETS}
    time = [statistics.fmean(e.mean[run, d, "training_time"] for d in DATASETS) for run in range(4)]
    error = e.stderr[3, "line", "eval_loss"]
    mantissa, _, power = f"{error:.1e}".partition("e")
    best = max(abs(e.change(3, d, "kl_divergence")) for d in DATASETS)
    return rf"""\documentclass{{article}}
\usepackage[margin=2.5cm]{{geometry}} % 3.3 is a comment
\graphicspath{{{{../results/}}}}
\newcommand{{\ours}}{{Adaptive Weighting}}
\begin{{document}}
\title{{On 2D diffusion}}
\maketitle
\begin{{abstract}}
We study weights on four 2D data sets, published in 2024. \ours{{}} changes the KL divergence by up to
{100 * best:.1f}\% compared to the baseline, and on dino from {kl[0, "dino"]:.3f} to {kl[3, "dino"]:.3f}.
\end{{abstract}}
\section{{Introduction}}
Others reach an accuracy of 91.7\% \citep{{ho2020}}. We use $R^2$ and a $\mathbb{{R}}^{{256}}$ space, see Section 3.
\section{{Related Work}}
A loss of 0.123 was reported by \citet{{song2021}} with 77 models.
\section{{Experimental Setup}}
We train with a learning rate of $3 \times 10^{{-4}}$ and a batch size of 256 for 10{{,}}000 steps, with 4 data sets
and 3 seeds, on PyTorch 2.1. A GPU with 917 cores was used.
\section{{Results}}
\label{{sec:results12}}
\begin{{table}}[h!]
\caption{{Means and standard errors over 3 seeds.}}
\begin{{tabular}}{{llccc}}
\toprule
Run & Dataset & KL divergence & Eval Loss & Training Time (s) \\
\midrule
{results_table(e)}
\bottomrule
\end{{tabular}}
\end{{table}}
Table 1 has all runs. On dino, \ours{{}} has a KL divergence of ${kl[3, "dino"]:.3f} \pm
{e.stderr[3, "dino", "kl_divergence"]:.3f}$ against ${kl[0, "dino"]:.3f}$ of the baseline, a difference of
{abs(kl[3, "dino"] - kl[0, "dino"]):.4f} ($p = 0.0137$; we call $p < 0.05$ significant, with 95\% confidence).
The standard error of the evaluation loss of \ours{{}} on line is ${mantissa} \times 10^{{{int(power)}}}$.
Training took {time[0]:.2f} seconds for the baseline and {time[3]:.2f} seconds with \ours{{}}, averaged over data sets,
which is {time[3] / time[0]:.2f}$\times$ the training time.
\input{{more}}
\begin{{figure}}
\includegraphics[width=0.75\textwidth]{{kl.png}}
\caption{{KL divergence on moons; the baseline has {kl[0, "moons"]:.2f}.}}
\end{{figure}}
\section{{Conclusion}}
The KL divergence of Run 2 on circle is {kl[2, "circle"]:.4f}.
\bibliography{{references}}
\end{{document}}
"""


def more(e: Experiment) -> str:
    return rf"""\subsection{{Changes}}
\begin{{table}}
\begin{{tabular}}{{l|cccc|c}}
 & \multicolumn{{4}}{{c|}}{{Relative change of the KL divergence}} & Mean \\
Run & Circle & Dino & Line & Moons & KL divergence \\ \hline
{changes_table(e)}
\end{{tabular}}
\caption{{Reduction of the KL divergence against the baseline.}}
\end{{table}}
"""


BIB = """@article{ho2020, title={Denoising Diffusion Probabilistic Models}, author={Ho, Jonathan}, year={2020}}
@article{song2021, title={Score-Based Generative Modeling}, author={Song, Yang}, year={2021}}
"""


@dataclass
class Written:
    """A paper with its results on disk."""

    folder: Path
    experiment: Experiment

    @property
    def tex(self) -> Path:
        return self.folder / "latex" / "paper.tex"

    @property
    def results(self) -> Path:
        return self.folder / "results"

    def replace(self, old: str, new: str, name: str = "paper.tex") -> int:
        """Replace a text that occurs once at least; gives the line of the first place."""
        path = self.folder / "latex" / name
        text = path.read_text()
        assert old in text, old
        path.write_text(text.replace(old, new, 1))
        return text[: text.index(old)].count("\n") + 1

    def audit(self) -> Audit:
        return audit_paper(self.tex, None, self.results)


@pytest.fixture
def paper(tmp_path: Path) -> Written:
    experiment = made_experiment()
    write_results(tmp_path / "results", experiment)
    (tmp_path / "latex").mkdir()
    (tmp_path / "latex" / "paper.tex").write_text(written(experiment))
    (tmp_path / "latex" / "more.tex").write_text(more(experiment))
    (tmp_path / "latex" / "references.bib").write_text(BIB)
    return Written(tmp_path, experiment)


def test_an_honest_paper_traces_wholly(paper: Written) -> None:
    audit = paper.audit()
    assert [(n.text, n.where, n.reason) for n in audit.unsupported] == []
    assert audit.numbers_checked == audit.supported == 16 * 4 + 3 * 5 + 3 + 9 + 3
    assert [n.text for n in audit.settings_unmatched] == ["917"]
    assert audit.ok


def test_five_tampered_numbers_are_the_ones_reported(paper: Written) -> None:
    e = paper.experiment
    best = max(abs(e.change(3, d, "kl_divergence")) for d in DATASETS)
    cell = f"{e.mean[2, 'line', 'eval_loss']:.4f}"
    spread = f"{e.stderr[3, 'dino', 'kl_divergence']:.3f}$ against"
    gap = f"{abs(e.mean[3, 'dino', 'kl_divergence'] - e.mean[0, 'dino', 'kl_divergence']):.4f}"
    lines = [
        paper.replace(f"{100 * best:.1f}\\%", f"{100 * best + 13.4:.1f}\\%"),
        paper.replace(f"& {cell} &", "& 0.1357 &"),
        paper.replace(spread, "0.031$ against"),
        paper.replace(gap, "0.0931"),
        paper.replace("0.0137", "0.0037"),
    ]
    audit = paper.audit()
    found = {n.text: n for n in audit.unsupported}
    assert set(found) == {f"{100 * best + 13.4:.1f}%", "0.1357", "0.031", "0.0931", "0.0037"}
    assert [found[text].where for text in found] == [f"paper.tex:{line}" for line in sorted(lines)]
    assert found["0.1357"].nearest is not None
    assert found["0.1357"].nearest.name == "run_2 line eval_loss mean"
    assert "Line" in found["0.1357"].context and "Eval Loss" in found["0.1357"].context
    assert found["0.0037"].section == "Results"
    assert audit.supported == audit.numbers_checked - 5
    assert not audit.ok


def test_a_cell_with_another_runs_value_is_reported(paper: Written) -> None:
    e = paper.experiment
    own, others = (f"{e.mean[run, 'moons', 'training_time']:.2f}" for run in (1, 3))
    line = paper.replace(rf"& {own} \\", rf"& {others} \\")
    (lost,) = paper.audit().unsupported
    assert (lost.text, lost.where) == (others, f"paper.tex:{line}")


def test_a_tampered_number_in_an_included_file_has_its_place(paper: Written) -> None:
    shown = f"{100 * paper.experiment.change(2, 'line', 'kl_divergence'):.1f}"
    line = paper.replace(shown, "77.7", "more.tex")
    (lost,) = paper.audit().unsupported
    assert (lost.text, lost.where, lost.section) == ("77.7%", f"more.tex:{line}", "Results / Changes")


def test_figures_are_held_against_the_manifest(paper: Written) -> None:
    assert [(f.path, f.status) for f in paper.audit().figures] == [("kl.png", "made by a run")]
    (paper.results / "kl.png").write_bytes(b"\x89PNG drawn by hand")
    assert [f.status for f in paper.audit().figures] == ["changed"]
    (paper.results / "figures.json").unlink()
    assert [f.status for f in paper.audit().figures] == ["made by a run"]
    (paper.folder / "latex" / "kl.png").write_bytes(b"\x89PNG another")
    audit = paper.audit()
    assert [f.status for f in audit.figures] == ["unknown"]
    assert audit.figures[0].sha256 == sha256(paper.folder / "latex" / "kl.png")
    assert audit.figure_share == 0.0 and not audit.ok
    paper.replace("{kl.png}", "{absent}")
    assert [f.status for f in paper.audit().figures] == ["missing"]


def test_citations_are_held_against_the_works_fetched(paper: Written) -> None:
    paper.replace(r"\citet{song2021}", r"\citet{song2021,made2023up}")
    assert [(c.key, c.status) for c in paper.audit().citations] == [
        ("ho2020", "entry"),
        ("song2021", "entry"),
        ("made2023up", "no entry"),
    ]
    works = [{"key": "ho2020", "title": "Denoising diffusion probabilistic models", "source": "arxiv"},
             {"key": "song2021", "title": "Another Work by this Key", "source": "arxiv"}]  # fmt: skip
    (paper.results / "literature.json").write_text(json.dumps(works))
    audit = paper.audit()
    assert [c.status for c in audit.citations] == ["fetched record", "entry without record", "no entry"]
    assert audit.citation_share == pytest.approx(1 / 3) and not audit.ok
    given = audit_paper(paper.tex, None, paper.results, fetched=["song2021"])
    assert [c.status for c in given.citations] == ["entry without record", "fetched record", "no entry"]


def test_a_report_names_place_and_nearest_value(paper: Written) -> None:
    value = f"{paper.experiment.mean[2, 'circle', 'kl_divergence']:.4f}"
    line = paper.replace(f"circle is {value}", "circle is 0.9999")
    audit = paper.audit()
    table = next(table for table in audit_tables(audit) if table.title == "Numbers without origin")
    row = dict(zip(table.heads, next(row for row in table.rows if row[0] == "0.9999"), strict=True))
    assert row["Where"] == f"paper.tex:{line}"
    assert row["Nearest logged"].startswith(f"{float(value):.3f}")
    assert row["Its name"] == "run_2 circle kl_divergence mean"
    assert any("relative change of run_3 against run_0" in match.how for match in audit.matches)
    assert Audit.model_validate(audit.model_dump(mode="json")) == audit
    assert audit.model_dump(mode="json")["ok"] is False


def test_a_results_folder_without_runs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no run_\*/final_info.json"):
        read_logged(tmp_path)
    with pytest.raises(InputError, match="give the paper's LaTeX source or its PDF"):
        audit_paper(None, None, tmp_path)


def test_statistics_of_the_pipeline_are_read(paper: Written) -> None:
    e = paper.experiment
    place = "line/kl_divergence/run_2"
    percent = -100 * e.change(2, "line", "kl_divergence")
    values = {f"p/{place}": 0.0314, f"p_holm/{place}": 0.0942, f"percent/{place}": percent, f"low/{place}": -0.217}
    (paper.results / "statistics.json").write_text(json.dumps(values))
    paper.replace("0.0137", "0.0942")
    paper.replace(r"\section{Conclusion}", r"""\begin{table}
\begin{tabular}{lcccc} Run & Change (\%) & Lower bound & $p$ & $p$ (Holm) \\ \hline
Cosine Schedule & PERCENT & $-0.217$ & 0.031 & $0.0942$ \\
Wide Network & -- & -- & $< 0.001$ & 0.222 \\
\end{tabular}
\caption{KL divergence on line against the baseline, with an interval.}
\end{table}""".replace("PERCENT", f"${percent:+.1f}$"))  # fmt: skip
    assert [n.text for n in paper.audit().unsupported] == ["0.0942", "0.222"], "the first is said of dino"
    assert paper.audit().exempt["threshold of significance"] == 2


OVER_ALL = "Cosine Schedule changes the KL divergence in all pairs of dataset and seed"


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("On line, Cosine Schedule changes the KL divergence (corrected $p = 0.006$).", []),
        ("On line, Cosine Schedule changes the KL divergence (corrected $p = 0.002$).", ["0.002"]),
        ("On line, Wide Network changes the KL divergence (corrected $p = 0.006$).", ["0.006"]),
        ("Cosine Schedule changes the KL divergence in all twelve pairs (corrected $p = 0.004$).", []),
        ("Cosine Schedule changes the KL divergence in all twelve pairs (corrected $p = 0.006$).", ["0.006"]),
        (f"{OVER_ALL} (corrected $p = 0.004$), and most clearly on line.", []),
        (f"{OVER_ALL} (corrected $p = 0.006$), and most clearly on line.", ["0.006"]),
        (f"{OVER_ALL}, on line too (corrected $p = 0.006$).", []),
        ("On line, as over all datasets, Cosine Schedule changes the KL divergence (corrected $p = 0.004$).", []),
        ("On line, Cosine Schedule changes the KL divergence ($p < 0.01$).", []),
        ("On line, Cosine Schedule changes the KL divergence ($p < 0.007$).", []),
        ("On line, Cosine Schedule changes the KL divergence (corrected $p < 0.001$).", ["0.001"]),
        ("On line, Adaptive Weighting changes the KL divergence (corrected $p < 0.01$).", ["0.01"]),
        ("On line, Cosine Schedule does not change the KL divergence ($p > 0.05$).", ["0.05"]),
        ("Adaptive Weighting changes the KL divergence ($p \\leq 0.01$).", ["0.01"]),
        ("On dino, Cosine Schedule changes the KL divergence ($p < 0.001$), for which no test was made.", []),
        (f"{OVER_ALL} ($p < 0.005$), and on line.", []),
        (f"{OVER_ALL} ($p < 0.001$), and on line.", ["0.001"]),
    ],
)
def test_a_p_value_is_that_of_its_comparison(paper: Written, sentence: str, found: list[str]) -> None:
    """However small: of one run and metric on its dataset, or over all pairs where no dataset is named."""
    values = {
        "p/line/kl_divergence/run_2": 0.0021, "p_holm/line/kl_divergence/run_2": 0.0063,
        "p/all datasets/kl_divergence/run_2": 0.0019, "p_holm/all datasets/kl_divergence/run_2": 0.0038,
        "p/line/kl_divergence/run_3": 0.0311, "p_holm/line/kl_divergence/run_3": 0.0622,
        "p_value/dino/kl_divergence/run_3": 0.01372,
    }  # fmt: skip
    (paper.results / "statistics.json").write_text(json.dumps(values))
    paper.replace(r"\section{Conclusion}", rf"{sentence} \section{{Conclusion}}")
    assert [n.text for n in paper.audit().unsupported] == found


def test_names_of_runs_are_learnt_from_the_tables(paper: Written) -> None:
    (paper.results / "plot.py").unlink()
    audit = paper.audit()
    assert [n.text for n in audit.unsupported] == []
    own, others = (f"{paper.experiment.mean[run, 'moons', 'training_time']:.2f}" for run in (1, 3))
    paper.replace(rf"& {own} \\", rf"& {others} \\")
    assert [n.text for n in paper.audit().unsupported] == [others]


@pytest.mark.parametrize("label", ["Second moment 0.95", "Six times"])
def test_a_runs_label_names_no_metric(tmp_path: Path, label: str) -> None:
    """ "Second moment" is no speed in tokens per second, and "six times" no time of training."""
    for number, loss in enumerate((1.8315, 1.8377)):
        metrics = {"val_loss": loss, "tokens_per_second": 1303.2, "train_time": 12.78}
        (tmp_path / f"run_{number}").mkdir()
        (tmp_path / f"run_{number}" / "final_info.json").write_text(json.dumps({"text8": {"means": metrics}}))
    (tmp_path / "labels.json").write_text(json.dumps({"run_0": "Baseline", "run_1": label}))
    names = Names(read_logged(tmp_path))
    assert names.named(f"text8: {label}") == Mentions(frozenset({"run_1"}), frozenset({"text8"}), frozenset())
    assert names.named(f"validation loss of {label}").metrics == {"val_loss"}
    assert names.named(f"tokens per second of {label}").metrics == {"tokens_per_second"}


def test_other_layouts_of_results_are_read(tmp_path: Path) -> None:
    (tmp_path / "run_0").mkdir()
    info = {"text8": {"means": {"val_loss_mean": 0.98}, "stderrs": {"val_loss_stderr": 0.01},
                      "final_info_dict": {"val_loss": [0.97, 0.99]}}}  # fmt: skip
    (tmp_path / "run_0" / "final_info.json").write_text(json.dumps(info))
    (tmp_path / "run_1").mkdir()
    (tmp_path / "run_1" / "final_info.json").write_text(json.dumps({"val_loss": 0.95, "curve": [1, 2], "ok": True}))
    assert [(x.run, x.dataset, x.metric, x.kind, x.value) for x in read_logged(tmp_path).logged] == [
        ("run_0", "text8", "val_loss", "mean", 0.98),
        ("run_0", "text8", "val_loss", "stderr", 0.01),
        ("run_0", "text8", "val_loss", "seed", 0.97),
        ("run_0", "text8", "val_loss", "seed", 0.99),
        ("run_1", "", "val_loss", "mean", 0.95),
        ("run_1", "", "curve", "seed", 1),
        ("run_1", "", "curve", "seed", 2),
    ]
    (tmp_path / "run_1" / "final_info.json").write_text("[1]")
    with pytest.raises(InputError, match=r"final_info.json: expected a JSON object"):
        read_logged(tmp_path)


def sentence(text: str, section: str = "Results") -> PaperPassage:
    return PaperPassage(text, "text", "checked", section, text, (), ((0, "paper.tex:1"),))


@pytest.mark.parametrize(
    ("text", "value", "low", "high"),
    [
        ("of 0.862 here", 0.862, 0.8615, 0.8625),
        ("of 12.8% here", 12.8, 12.75, 12.85),
        ("of 1.2e-3.", 1.2e-3, 1.15e-3, 1.25e-3),
        ("of 1.2 × 10^-3", 1.2e-3, 1.15e-3, 1.25e-3),
        ("of 10^-4", 1e-4, 0.5e-4, 1.5e-4),
        ("of 10,000 steps", 10000, 9999.5, 10000.5),
        ("about 400 tokens", 400, 380, 420),
        ("about 0.345", 0.345, 0.3445, 0.3455),
        ("more than 12% of", 12, 12, 13),
        ("almost 2.0×", 2.0, 1.9, 2.0),
        ("a change of -0.13", -0.13, -0.135, -0.125),
        ("a change of \u22120.13", -0.13, -0.135, -0.125),
        ("a change of \u20130.13", -0.13, -0.135, -0.125),
        ("of 1.2 × 10^\u22123", 1.2e-3, 1.15e-3, 1.25e-3),
    ],
)
def test_a_number_stands_for_what_rounds_to_it(text: str, value: float, low: float, high: float) -> None:
    (number,) = find_numbers(text)
    assert number.value == pytest.approx(value)
    assert (number.low, number.high) == (pytest.approx(low), pytest.approx(high))


@pytest.mark.parametrize("text", ["0.0e-320", f"{'1' * 30}e300", "9e308", "1e999"])
def test_what_no_float_holds_is_no_number(text: str) -> None:
    assert find_numbers(text) == []


@pytest.mark.parametrize("text", ["0.1\u20130.3", "0.1 \u20130.3", "0.1 \u2013 0.3", "(0.1)\u20130.3"])
def test_a_dash_between_numbers_is_no_minus(text: str) -> None:
    assert [n.value for n in find_numbers(text)] == [0.1, 0.3]


@pytest.mark.parametrize(
    ("source", "values"),
    [
        (r"\textminus0.31", [-0.31]),
        (r"\textminus 0.31", [-0.31]),
        (r"$- 0.31$", [-0.31]),
        ("$\u2212 .31$", [-0.31]),
        (r"$0.31_{\pm 0.02}$", [0.31, 0.02]),
        (r"$0.31^{\pm 0.02}$", [0.31, 0.02]),
        (r"$0.31_{\scriptstyle ±0.02}$", [0.31, 0.02]),
        (r"$0.31_{0.02}$", [0.31, 0.02]),
        (r"$\mathbf{0.31}_{\scriptscriptstyle (0.02)}$", [0.31, 0.02]),
        (r"$0.31^{0.02}$ and $q_{0.02}$", [0.31]),
        (r"$F_1 = 0.31$ and $R^{2} = 0.9$", [0.31, 0.9]),
        (r"$x_{2} = 0.31$, $\gamma = 0.9$ and $0.5^{2}$", [0.31, 0.9, 0.5]),
    ],
)
def test_signs_and_spreads_of_formulae_are_read(source: str, values: list[float]) -> None:
    found = find_numbers(flatten(source, 0, len(source)).text)
    assert [n.value for n in found] == values
    assert [n.role for n in found if n.value == 0.02] == ["spread"] * (0.02 in values)


@pytest.mark.parametrize(("corner", "flagged"), [(r"Run (\%)", 0), ("Run", 3)])
def test_a_percent_sign_in_the_first_head_is_of_all_columns(paper: Written, corner: str, flagged: int) -> None:
    means = [f"{100 * paper.experiment.mean[3, d, 'kl_divergence']:.2f}" for d in DATASETS[:3]]
    table = rf"""\begin{{table}}\caption{{KL divergence.}}
\begin{{tabular}}{{lrrr}} {corner} & {" & ".join(DATASETS[:3])} \\ \hline
{LABELS["run_3"]} & {" & ".join(means)} \\
\end{{tabular}}\end{{table}}
\section{{Conclusion}}"""
    paper.replace(r"\section{Conclusion}", table)
    assert len(paper.audit().unsupported) == flagged


@pytest.mark.parametrize("form", ["{}({})", "${}({})$", "\\num{{{}({})}}"])
def test_an_uncertainty_in_brackets_is_of_the_last_digits(paper: Written, form: str) -> None:
    key = (3, "dino", "kl_divergence")
    mean, error = paper.experiment.mean[key], round(1000 * paper.experiment.stderr[key])
    sound = form.format(f"{mean:.3f}", error)
    prose = f"On dino, the KL divergence of {LABELS['run_3']} is {sound}."
    paper.replace(r"\section{Conclusion}", f"{prose}\n\n\\section{{Conclusion}}")
    assert paper.audit().unsupported == ()
    paper.replace(sound, form.format(f"{mean:.3f}", error + 20))
    assert [n.text for n in paper.audit().unsupported] == [str(error + 20)]


@pytest.mark.parametrize(
    "text", ["2D data", "a V100", "GPT-4 and enwik8", "the 3rd", "version 1.2.3 of it", "x_10", "R^2 and 64-bit"]
)
def test_digits_in_words_are_no_numbers(text: str) -> None:
    assert [n.text for n in find_numbers(text) if n.text != "64"] == []


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("See Table 12 and Runs 2 and 5.", ["number of a section, table, figure, step or run"] * 3),
        ("It was found in 2017.", ["year"]),
        ("It was run on 29 November 2026.", ["day of a month", "year"]),
        ("With PyTorch 2.1 on it.", ["version"]),
        ("It is significant at p < 0.05 with 95% confidence.", ["threshold of significance", "confidence level"]),
        ("Images of 64 × 64 pixels.", ["dimension"] * 2),
        ("It has 4 heads.", ["small count"]),
    ],
)
def test_numbers_of_other_things_are_exempt(paper: Written, text: str, reasons: list[str]) -> None:
    found = Matcher(read_logged(paper.results)).check(sentence(text))
    assert [f.reason for f in found] == reasons


@pytest.mark.parametrize(
    "text", ["It took 2017 steps.", "We used 17 seeds.", "p = 0.04 on dino", "an eval loss of 0.05 on dino"]
)
def test_look_alikes_are_not_exempt(paper: Written, text: str) -> None:
    assert [f.status for f in Matcher(read_logged(paper.results)).check(sentence(text))] == ["unsupported"]


@pytest.mark.parametrize("unit", ["s", " s", " seconds", " ms", "ms", " hours"])
def test_a_duration_is_no_other_measure(paper: Written, unit: str) -> None:
    mean = f"{paper.experiment.mean[2, 'line', 'kl_divergence']:.3f}"
    matcher = Matcher(read_logged(paper.results))
    of_time, named, bare = (
        matcher.check(sentence(f"On line, Cosine Schedule {words}."))[0].status
        for words in (f"takes {mean}{unit}", f"has a KL divergence of {mean}{unit}", f"reaches {mean}")
    )
    assert (of_time, named, bare) == ("unsupported", "supported", "supported")


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("All runs share a batch size of 256 and 10k training steps.", "supported"),
        ("All runs share a learning rate of 3e-4.", "supported"),
        ("A margin of 256 was found.", "unsupported"),
        ("On dino the eval loss is 777.5 in a run.", "unsupported"),
    ],
)
def test_settings_count_in_results_only_under_their_name(paper: Written, text: str, status: str) -> None:
    (paper.results / "run_1" / "config.json").write_text('{"a": 777.5, "best_eval_loss": 777.5}')
    found = Matcher(read_logged(paper.results)).check(sentence(text))
    assert {f.status for f in found} == {status}


def test_a_comparison_of_printed_numbers_counts(paper: Written) -> None:
    e = paper.experiment
    old, new = (f"{e.mean[run, 'dino', 'eval_loss']:.2f}" for run in (0, 1))
    change = 100 * abs(float(new) - float(old)) / float(old)
    text = f"On dino the eval loss went from {old} for the baseline to {new} for the Wide Network, by {change:.2f}%."
    statuses = [f.status for f in Matcher(read_logged(paper.results)).check(sentence(text))]
    assert statuses == ["supported"] * 3


FORMS = ("mean", "percent", "difference", "ratio", "spread", "scientific", "seed", "average")


def rendered(e: Experiment, form: str, run: int, dataset: str, metric: str, decimals: int) -> str:
    """An honest sentence with one number in the form asked for."""
    key, base = (run, dataset, metric), (0, dataset, metric)
    mean, start = e.mean[key], e.mean[base]
    what = f"the {metric.replace('_', ' ')} of {LABELS[f'run_{run}']} on {dataset}"
    match form:
        case "mean":
            return f"Here {what} is {mean:.{decimals}f}."
        case "percent":
            return f"Here {what} changes by {100 * abs(mean - start) / start:.{decimals}f}% against the baseline."
        case "difference":
            return f"Here {what} is lower than that of the baseline by {abs(mean - start):.{decimals}f}."
        case "ratio":
            return f"Here {what} is {mean / start:.{decimals}f}× that of the baseline."
        case "spread":
            return f"Here {what} is {mean:.{decimals}f} ± {e.stderr[key]:.{decimals}f}."
        case "scientific":
            mantissa, _, power = f"{mean:.{decimals}e}".partition("e")
            return f"Here {what} is {mantissa} × 10^{int(power)}."
        case "seed":
            return f"Here {what} reaches {max(e.seeds[key]):.{decimals}f} with the best seed."
    average = statistics.fmean(e.mean[run, d, metric] for d in DATASETS)
    what = what.removesuffix(f" on {dataset}")
    return f"Here {what}, averaged over data sets, is {average:.{decimals}f}."


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 15),
    form=st.sampled_from(FORMS),
    run=st.integers(1, 3),
    dataset=st.sampled_from(DATASETS),
    metric=st.sampled_from(sorted(SCALES)),
    decimals=st.integers(1, 6),
)
def test_every_honestly_rendered_number_traces(
    seed: int, form: str, run: int, dataset: str, metric: str, decimals: int
) -> None:
    experiment = made_experiment(seed)
    text = rendered(experiment, form, run, dataset, metric, decimals)
    numbers = find_numbers(text)
    assert len(numbers) == (2 if form == "spread" else 1)
    if form not in ("mean", "scientific", "spread") and numbers[0].digits < 2:
        return
    findings = matcher_of(seed).check(sentence(text))
    assert [(f.status, f.reason) for f in findings] == [("supported", "")] * len(numbers), text


@pytest.mark.parametrize("seeds", [2, 3, 10, 12, 30])
def test_ends_of_a_t_interval_trace_for_any_number_of_seeds(seeds: int) -> None:
    from peerassay.generator.provenance.logged import Logged
    from scipy.stats import t

    draw = random.Random(seeds)
    values = [draw.uniform(0.4, 0.6) for _ in range(seeds)]
    mean = statistics.fmean(values)
    low, high = t.interval(0.95, seeds - 1, mean, statistics.stdev(values) / math.sqrt(seeds))
    results = LoggedResults(labels=LABELS)
    cell = ("run_1", "dino", "eval_loss")
    results.logged += [Logged(*cell, "mean", mean), *(Logged(*cell, "seed", value) for value in values)]
    text = f"The eval loss of {LABELS['run_1']} on dino is {mean:.4f}, 95% confidence interval [{low:.4f}, {high:.4f}]."
    assert {f.status for f in Matcher(results).check(sentence(text))} == {"supported", "exempt"}
    wrong = text.replace(f"{high:.4f}", f"{high + 0.0061:.4f}")
    assert "unsupported" in {f.status for f in Matcher(results).check(sentence(wrong))}


MATCHERS: dict[int, Matcher] = {}


def matcher_of(seed: int) -> Matcher:
    if seed not in MATCHERS:
        MATCHERS[seed] = Matcher(in_memory(made_experiment(seed)))
    return MATCHERS[seed]


def with_other_digits(draw: random.Random, text: str) -> str:
    """A number printed like this one: the same length and point, other digits, leading zeros kept."""
    mantissa, sign, rest = text.partition(" ×")
    figures: list[str] = []
    begun = False
    for character in mantissa:
        if character.isdigit() and (begun or character != "0"):
            character = str(draw.randint(0 if begun else 1, 9))
            begun = True
        figures.append(character)
    return "".join(figures) + sign + rest


def test_nearly_all_random_numbers_are_flagged(paper: Written, capsys: pytest.CaptureFixture[str]) -> None:
    """Each number of the paper is replaced by others printed alike; at least 95% have to be reported."""
    draw = random.Random(1)
    matcher = Matcher(read_logged(paper.results))
    tried: Counter[int] = Counter()
    passed: Counter[int] = Counter()
    for passage in tex_passages(read_tex(paper.tex)):
        for index, finding in enumerate(matcher.check(passage)):
            if finding.status == "exempt" or finding.setup or finding.kind == "count":
                continue
            number = finding.number
            for _ in range(8):
                new = with_other_digits(draw, number.text)
                old = passage.text[number.start : number.end]
                text = passage.text[: number.start] + old.replace(number.text, new) + passage.text[number.end :]
                names = text if passage.names == passage.text else passage.names
                again = matcher.check(replace(passage, text=text, names=names))[index]
                if new != number.text:
                    tried[number.digits] += 1
                    passed[number.digits] += again.status == "supported"
    rates = {digits: passed[digits] / tried[digits] for digits in sorted(tried)}
    with capsys.disabled():
        print("\nrandom numbers accepted:", {d: f"{rate:.1%} of {tried[d]}" for d, rate in rates.items()})
    assert tried[3] > 150
    assert rates[3] <= 0.05
    assert passed.total() / tried.total() <= 0.05


def pdf_of(*pages: list[str]) -> bytes:
    """A PDF with these lines in Helvetica, one list per page."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids: list[str] = []
    for lines in pages:
        escaped = [re.sub(r"([()\\])", r"\\\1", line) for line in lines]
        body = "BT /F1 10 Tf 14 TL 60 740 Td " + " ".join(f"({line}) Tj T*" for line in escaped) + " ET"
        content = body.encode("cp1252").replace(b"\xb1", rb"\261")
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
        kids.append(f"{len(objects) + 1} 0 R")
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> "
            b"/Contents %d 0 R >>" % len(objects)
        )
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    out = b"%PDF-1.4\n"
    for number, content in enumerate(objects, start=1):
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    return out + b"trailer << /Root 1 0 R /Size %d >>\n%%%%EOF\n" % (len(objects) + 1)


def pdf_paper(e: Experiment) -> list[list[str]]:
    kl = {(run, d): e.mean[run, d, "kl_divergence"] for run in range(4) for d in DATASETS}
    rows: list[str] = []
    for run, label in enumerate(LABELS.values()):
        rows.append(label)
        rows += [f"{d.title()} {kl[run, d]:.3f} {e.mean[run, d, 'training_time']:.2f}" for d in DATASETS]
    return [
        ["ON TWO-DIMENSIONAL DIFFUSION", "", "ABSTRACT",
         "We study weights in a small model, and Adaptive Weighting changes the KL divergence on dino by",
         f"{100 * abs(e.change(3, 'dino', 'kl_divergence')):.2f}% compared to the baseline.",
         "1 INTRODUCTION", "Weights matter in the diffusion of small data sets of points.",
         "2 RELATED WORK", "A loss of 0.1234 was reported by Song et al. (2021) with 77 models."],
        ["3 RESULTS", "Table 1: KL divergence and training time of all runs",
         "Run Dataset KL Divergence Training Time (s)", *rows,
         "4 CONCLUSION", f"The KL divergence of the baseline on line was {kl[0, 'line']:.4f} in the end."],
    ]  # fmt: skip


def test_a_bare_pdf_traces_and_a_tampered_one_does_not(paper: Written, tmp_path: Path) -> None:
    e = paper.experiment
    pages = pdf_paper(e)
    path = tmp_path / "paper.pdf"
    path.write_bytes(pdf_of(*pages))
    audit = audit_paper(None, path, paper.results)
    assert [(n.text, n.context, n.reason) for n in audit.unsupported] == []
    assert audit.numbers_checked == 1 + 16 * 2 + 1
    value = f"{e.mean[0, 'line', 'kl_divergence']:.4f}"
    cell = f"{e.mean[3, 'moons', 'training_time']:.2f}"
    tampered = [[line.replace(value, "0.9753").replace(cell, "19.37") for line in page] for page in pages]
    path.write_bytes(pdf_of(*tampered))
    lost = audit_paper(None, path, paper.results).unsupported
    assert [(n.text, n.where) for n in lost] == [("19.37", "page 2"), ("0.9753", "page 2")]


def test_rows_and_lines_of_sentences_in_a_pdf_are_told_apart(tmp_path: Path) -> None:
    rows = [
        "Half of the table 0.31 0.42 0.53 0.64",
        "A quarter of the table 0.11 0.22 0.33 0.44 0.55 0.66",
    ]
    lines = [
        "to 0.153 (difference +0.0761, 95% interval 0.0372 to 0.1150, corrected p = 0.005). For A no",
        "value was found.",
    ]
    path = tmp_path / "paper.pdf"
    path.write_bytes(
        pdf_of(["Results", "Table 1: The values.", *rows, "The value of B in the first of all runs comes", *lines])
    )
    found = pdf_passages(path)
    assert [piece.text for piece in found if piece.kind == "row"] == rows
    assert any("comes to 0.153 (difference" in piece.text for piece in found)


def test_numbers_of_real_generated_papers_are_found(shared_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    counts: dict[str, dict[str, int]] = {}
    for folder in sorted((shared_data / "generated_papers" / "papers").iterdir()):
        from_tex = per_section(tex_passages(read_tex(folder / "paper.tex")))
        from_pdf = per_section(pdf_passages(folder / "paper.pdf"))
        counts[folder.name] = from_tex
        with capsys.disabled():
            print(f"\n{folder.name}: tex {from_tex}, pdf {from_pdf}")
        assert sum(from_pdf.values()) > 0.8 * sum(from_tex.values())
    assert counts["adaptive_dual_scale_denoising"]["Results"] >= 60
    assert counts["multi_style_adapter"]["Results"] >= 50
    assert all("Related Work" not in sections for sections in counts.values())


def per_section(passages: list[PaperPassage]) -> dict[str, int]:
    """Numbers in the parts that are looked at, by section."""
    counts: Counter[str] = Counter()
    for passage in passages:
        if passage.part != "skipped":
            counts[passage.section.partition(" / ")[0].title()] += len(find_numbers(passage.text))
    return {section: count for section, count in counts.items() if count}


def test_numbers_of_a_real_table_have_their_place_and_heads(shared_data: Path) -> None:
    source = read_tex(shared_data / "generated_papers" / "papers" / "multi_style_adapter" / "paper.tex")
    cells = [passage for passage in tex_passages(source) if passage.kind == "cell" and "1.4655" in passage.text]
    assert [find_numbers(cell.text)[1].role for cell in cells] == ["spread"]
    assert cells[0].places[0][1] == "paper.tex:458"
    assert "shakespeare_char" in cells[0].names and "Loss" in cells[0].names


def rebuilt_results(folder: Path, source: TexDocument) -> Path:
    """The results folder that the table of a real paper would come from, its values as they are printed."""
    runs = ("Baseline", "Fixed Weighting", "Adaptive Weighting", "Weight Analysis", "Improved Weight Network")
    metrics = {"KL": "kl_divergence", "Training": "training_time", "Inference": "inference_time"}
    info: dict[str, dict[str, dict[str, dict[str, float]]]] = {f"run_{i}": {} for i in (0, 1, 2, 3, 5)}
    for cell in (passage for passage in tex_passages(source) if passage.kind == "cell"):
        run, dataset, head = (name.strip() for name in cell.names.split("|"))
        means = info[list(info)[runs.index(run)]].setdefault(dataset.lower(), {"means": {}})["means"]
        means[metrics[head.split()[0]]] = find_numbers(cell.text)[0].value
    for run, values in info.items():
        (folder / run).mkdir(parents=True)
        (folder / run / "final_info.json").write_text(json.dumps(values))
    (folder / "labels.json").write_text(json.dumps(dict(zip(info, runs, strict=True))))
    return folder


def test_a_real_paper_traces_to_its_own_table(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "generated_papers" / "papers" / "adaptive_dual_scale_denoising"
    results = rebuilt_results(tmp_path / "results", read_tex(folder / "paper.tex"))
    settings = ["10,000", "3 × 10^-4", "256", "100"]
    tex = audit_paper(folder / "paper.tex", None, results)
    pdf = audit_paper(None, folder / "paper.pdf", results)
    assert tex.numbers_checked >= 80 and pdf.numbers_checked >= 80
    assert [n.text for n in tex.unsupported] == settings
    assert [note for note in tex.notes if "bare %" in note] == [
        f"paper.tex:{line}: a bare % behind a number begins a comment; write \\%" for line in (324, 644)
    ]
    assert [n.text for n in pdf.unsupported] == ["12.8", *settings, "12.8"], "LaTeX ate the percent signs"
