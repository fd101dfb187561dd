"""Words of direction in a paper are held against the logged means."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from peerassay.generator.provenance.audit import audit_paper
from peerassay.generator.provenance.records import Audit
from peerassay.generator.provenance.tables import audit_tables

MEANS = {
    "run_0": {"cifar": {"accuracy": 0.80, "loss": 0.50}, "svhn": {"accuracy": 0.90, "loss": 0.30}},
    "run_1": {"cifar": {"accuracy": 0.85, "loss": 0.55}, "svhn": {"accuracy": 0.91, "loss": 0.25}},
    "run_2": {"cifar": {"accuracy": 0.70, "loss": 0.40}, "svhn": {"accuracy": 0.89, "loss": 0.45}},
}
LABELS = {"run_0": "Baseline", "run_1": "Wide", "run_2": "No decay"}


def audited(folder: Path, text: str) -> Audit:
    results = folder / "results"
    for run, datasets in MEANS.items():
        (results / run).mkdir(parents=True)
        info = {dataset: {"means": values} for dataset, values in datasets.items()}
        (results / run / "final_info.json").write_text(json.dumps(info))
    (results / "labels.json").write_text(json.dumps(LABELS))
    paper = folder / "paper.tex"
    paper.write_text(f"\\documentclass{{article}}\\begin{{document}}\\section{{Results}}\n{text}\n\\end{{document}}\n")
    return audit_paper(paper, None, results)


TRUE = (
    "On cifar, Wide has a higher accuracy than the baseline.",
    "Compared with the baseline, Wide raises the loss on cifar.",
    "Wide outperforms No decay in accuracy on cifar.",
    "The loss of No decay on cifar is lower than that of Wide.",
    "Wide improves the accuracy on svhn over the baseline.",
    "Wide improves the accuracy on svhn.",
    "No decay is worse than the baseline in accuracy on svhn.",
    "Wide achieves the best accuracy on svhn.",
    "No decay has the lowest loss on cifar.",
    "On cifar, No decay has a drop of 0.10 in accuracy.",
    "Wide brings a gain of 0.05 in accuracy over the baseline on cifar.",
    "The highest accuracy on cifar, 0.85, is that of Wide.",
    "Wide ranks first in accuracy on svhn.",
    "On cifar, the accuracy of Wide exceeds that of the baseline.",
    "Wide is the best setting in accuracy on cifar.",
)
FALSE = (
    "On cifar, Wide has a lower accuracy than the baseline.",
    "Compared with the baseline, Wide reduces the loss on cifar.",
    "No decay outperforms Wide in accuracy on cifar.",
    "The loss of No decay on cifar is higher than that of Wide.",
    "No decay improves the accuracy on svhn over the baseline.",
    "No decay improves the accuracy on svhn.",
    "Wide is worse than the baseline in accuracy on svhn.",
    "No decay achieves the best accuracy on svhn.",
    "Wide has the lowest loss on cifar.",
    "On cifar, Wide has a drop of 0.05 in accuracy.",
    "No decay brings a gain of 0.10 in accuracy over the baseline on cifar.",
    "On cifar, Wide loses 0.05 in accuracy.",
    "The highest accuracy on cifar, 0.70, is that of No decay.",
    "Wide ranks last in accuracy on svhn.",
    "On cifar, the accuracy of No decay exceeds that of the baseline.",
    "On cifar, the accuracy of Wide lies below that of the baseline.",
    "No decay is the best setting in accuracy on cifar.",
)


@pytest.mark.parametrize("text", TRUE)
def test_what_the_means_bear_out(tmp_path: Path, text: str) -> None:
    audit = audited(tmp_path, text)
    assert (audit.claims_checked, audit.contradicted) == (1, ())
    assert audit.ok


@pytest.mark.parametrize("text", FALSE)
def test_what_the_means_contradict(tmp_path: Path, text: str) -> None:
    audit = audited(tmp_path, f"Two sentences.\n{text}")
    (claim,) = audit.contradicted
    assert claim.where == "paper.tex:3" and claim.word in text and claim.context == text
    assert not audit.ok and audit.violations == 1
    (table,) = [table for table in audit_tables(audit) if table.title == "Words that the results contradict"]
    assert claim.reason in table.rows[0]


@pytest.mark.parametrize(
    "text",
    [
        "We expected Wide to have a lower accuracy than the baseline on cifar.",
        "On cifar, Wide does not have a lower accuracy than the baseline.",
        "Wide might reduce the loss on cifar compared with the baseline.",
        "For the loss of Wide on cifar, lower values are better.",
        "No decay has a higher accuracy.",
        "On cifar and svhn, Wide has a lower loss than the baseline.",
        "On cifar, the learning rate of Wide is lower.",
    ],
)
def test_what_claims_nothing_that_can_be_checked(tmp_path: Path, text: str) -> None:
    assert audited(tmp_path, text).claims_checked == 0


def test_a_contradiction_names_both_means(tmp_path: Path) -> None:
    (claim,) = audited(tmp_path, FALSE[0]).contradicted
    assert claim.reason == "cifar accuracy: run_1 0.85, run_0 0.8"
