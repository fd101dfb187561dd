"""Displayed formulae that state a result are checked like sentences."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from peerassay.generator.provenance.audit import audit_paper
from peerassay.generator.provenance.records import Audit

FORMS = (
    r"The accuracy of Wide on cifar is \[ VALUE. \]",
    "On cifar, the accuracy of Wide is\n$$VALUE$$\nin the end.",
    r"\begin{equation} \mathrm{accuracy}_{\text{Wide}}(\text{cifar}) = VALUE \label{eq:x} \end{equation}",
    r"\begin{align*} \text{accuracy}^{\text{cifar}}_{\text{Wide}} &= VALUE \pm 0.004, \\ \alpha &= 0.97 \end{align*}",
    r"We find, for Wide on cifar, \begin{equation*} \text{accuracy} \approx VALUE\,. \end{equation*}",
)


def audited(folder: Path, text: str) -> Audit:
    for run, accuracy in enumerate((0.712, 0.834)):
        info = {data: {"means": {"accuracy": accuracy + move, "loss": 1 - accuracy}, "stderrs": {"accuracy": 0.004}}
                for data, move in (("cifar", 0.0), ("svhn", 0.1))}  # fmt: skip
        (folder / "results" / f"run_{run}").mkdir(parents=True)
        (folder / "results" / f"run_{run}" / "final_info.json").write_text(json.dumps(info))
    (folder / "results" / "labels.json").write_text(json.dumps({"run_0": "Baseline", "run_1": "Wide"}))
    paper = folder / "paper.tex"
    paper.write_text(f"\\documentclass{{article}}\\begin{{document}}\\section{{Results}}\n{text}\n\\end{{document}}\n")
    return audit_paper(paper, None, folder / "results")


@pytest.mark.parametrize("form", FORMS)
def test_a_value_on_display_is_checked(tmp_path: Path, form: str) -> None:
    audit = audited(tmp_path / "true", form.replace("VALUE", "0.834"))
    assert audit.ok and "0.834" in [match.text for match in audit.matches]
    for wrong in ("0.712", "0.957"):
        lost = audited(tmp_path / wrong, form.replace("VALUE", wrong)).unsupported
        assert [number.text for number in lost] == [wrong]
        assert lost[0].where.startswith("paper.tex:") and "Wide" in lost[0].context


@pytest.mark.parametrize(
    "text",
    [
        r"\[ \beta_{\min} = 0.1, \qquad \bar\alpha_T = 4.3 \times 10^{-5} \]",
        r"With \begin{equation} \eta = 0.97 \end{equation} we train.",
        r"\begin{equation} x = \frac{1}{2} \sum_i y_i + 0.5 \end{equation}",
        r"\begin{equation} \hat D = \frac{d}{n} \log \frac{m}{n - 1}, \qquad d = 2,\ k = 55 \end{equation}",
    ],
)
def test_definitions_on_display_are_none(tmp_path: Path, text: str) -> None:
    audit = audited(tmp_path, f"The accuracy of Wide on cifar is 0.834. {text}")
    assert audit.ok and audit.numbers_checked == 1
