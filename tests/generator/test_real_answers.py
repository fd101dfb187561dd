"""The audit of sections that a frontier model wrote, against the runs that they are about, made once more.

`where_decay_acts.json` has the seeds of these runs. One section (022) holds three planted falsehoods.
"""

from __future__ import annotations

import json
import statistics
from pathlib import Path

import pytest
from peerassay.generator.provenance.audit import audit_paper
from peerassay.generator.provenance.records import Audit

RUNS = json.loads((Path(__file__).parent / "where_decay_acts.json").read_text())
SOUND = ("023", "026", "035", "053", "054", "060")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results folder as the pipeline leaves it, statistics included."""
    folder = tmp_path_factory.mktemp("decay") / "results"
    for run, datasets in RUNS["seeds"].items():
        info = {
            dataset: {
                "means": {f"{metric}_mean": statistics.fmean(values) for metric, values in seeds.items()},
                "stderrs": {f"{metric}_stderr": statistics.stdev(v) / len(v) ** 0.5 for metric, v in seeds.items()},
                "final_info_dict": seeds,
            }
            for dataset, seeds in datasets.items()
        }
        (folder / run).mkdir(parents=True)
        (folder / run / "final_info.json").write_text(json.dumps(info))
    for name in ("labels", "metrics"):
        (folder / f"{name}.json").write_text(json.dumps(RUNS[name]))
    better = [{"name": name, "better": way} for name, way in RUNS["better"].items()]
    (folder / "prompt.json").write_text(json.dumps({"metrics": better}))
    (folder / "statistics.json").write_text(json.dumps(welch_and_holm()))
    return folder


def welch_and_holm() -> dict[str, float]:
    """Differences, intervals and p-values as the run had them: Welch's test, Holm within primary and other metrics."""
    from scipy.stats import ttest_ind

    found: dict[str, float] = {}
    families: dict[bool, dict[str, float]] = {True: {}, False: {}}
    for dataset, metrics in RUNS["seeds"]["run_0"].items():
        for metric, base in metrics.items():
            for run in list(RUNS["seeds"])[1:]:
                seeds, place = RUNS["seeds"][run][dataset][metric], f"{dataset}/{metric}/{run}"
                found[f"difference/{place}"] = statistics.fmean(seeds) - statistics.fmean(base)
                if len(set(seeds)) > 1 or len(set(base)) > 1:
                    test = ttest_ind(seeds, base, equal_var=False)
                    interval = test.confidence_interval(0.95)
                    found[f"low/{place}"], found[f"high/{place}"] = float(interval.low), float(interval.high)
                    families[metric in RUNS["primary"]][place] = float(test.pvalue)
    for family in families.values():
        largest = 0.0
        for index, place in enumerate(sorted(family, key=lambda key: family[key])):
            largest = max(largest, min(1.0, (len(family) - index) * family[place]))
            found[f"p_holm/{place}"] = largest
    return found


@pytest.fixture
def answers(shared_cases: Path) -> Path:
    folder = shared_cases / "scientist-answers"
    if not folder.is_dir():
        pytest.skip(f"no real answers of a model in {folder}")
    return folder


def audited(answers: Path, number: str, results: Path, folder: Path) -> Audit:
    body = json.loads((answers / f"{number}.txt").read_text(encoding="utf-8"), strict=False)["body"]
    paper = folder / "paper.tex"
    paper.write_text(f"\\documentclass{{article}}\\begin{{document}}\\section{{Results}}\n{body}\n\\end{{document}}\n")
    return audit_paper(paper, None, results)


def test_three_falsehoods_of_a_real_section_are_found(answers: Path, results: Path, tmp_path: Path) -> None:
    audit = audited(answers, "022", results, tmp_path)
    lost = {number.text: number for number in audit.unsupported}
    assert {"0.67", "0.742", "692", "225"} <= set(lost)
    assert lost["0.67"].nearest and lost["0.67"].nearest.name == "run_1 x_minus_y crossed mean"
    assert lost["692"].reason.startswith("is a rounding of run_2 x_div_y step_train_acc_99 mean")
    assert lost["225"].reason.startswith("is a rounding of run_1 x_div_y step_train_acc_99 mean")
    assert lost["0.742"].reason.startswith("no logged value rounds to it")
    assert audit.supported >= 80


@pytest.mark.parametrize("number", SOUND)
def test_sound_sections_of_a_model_trace_wholly(answers: Path, results: Path, tmp_path: Path, number: str) -> None:
    audit = audited(answers, number, results, tmp_path)
    assert [(lost.text, lost.context) for lost in audit.unsupported] == []
    assert audit.contradicted == ()
    assert audit.numbers_checked >= 3
