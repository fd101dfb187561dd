"""Works of a bibliography, looked for in the literature by title, first author and year."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from peerassay.generator.literature.local import LocalIndex
from peerassay.generator.literature.record import Work
from peerassay.generator.literature.search import Literature
from peerassay.generator.provenance.audit import audit_paper, with_references
from peerassay.generator.provenance.records import Audit
from peerassay.generator.provenance.references import check_references, pdf_references

WORKS = [
    Work(
        title="Denoising Diffusion Probabilistic Models",
        authors=("Jonathan Ho", "Ajay Jain"),
        year=2020,
        source="local",
    ),
    Work(title="Decoupled Weight Decay Regularization", authors=("Ilya Loshchilov",), year=2019, source="local"),
    Work(title="Attention Is All You Need", authors=("Ashish Vaswani",), year=2017, source="local"),
]
BIB = """@inproceedings{ho, title={{Denoising} diffusion probabilistic models}, author={Ho, Jonathan}, year={2020}}
@inproceedings{preprint, title={Decoupled weight decay regularization}, author={Loshchilov, Ilya}, year={2018}}
@inproceedings{late, title={Attention is all you need}, author={Vaswani, Ashish}, year={2021}}
@inproceedings{thief, title={Attention is all you need}, author={Smith, Jane}, year={2017}}
@inproceedings{fake, title={A Unified Theory of Everything in Grokking}, author={Doe, Jo}, year={2022}}
@misc{page, title={Blog}, year={2022}}
"""


@dataclass
class Shelf:
    """A source that searches its own works."""

    works: Sequence[Work]
    name: str = "shelf"

    async def search(self, query: str, limit: int) -> list[Work]:
        return [work for work, _ in LocalIndex(list(self.works)).search(query, limit)]


@pytest.fixture
def audit(tmp_path: Path) -> tuple[Audit, Path]:
    (tmp_path / "run_0").mkdir()
    (tmp_path / "run_0" / "final_info.json").write_text(json.dumps({"cifar": {"means": {"accuracy": 0.5}}}))
    (tmp_path / "refs.bib").write_text(BIB)
    paper = tmp_path / "paper.tex"
    cited = r"\cite{ho,preprint,late,thief,fake,page}\bibliography{refs}"
    paper.write_text(f"\\documentclass{{article}}\\begin{{document}}Text. {cited}\\end{{document}}")
    return audit_paper(paper, None, tmp_path), paper


def test_what_sources_online_say_of_each_work(audit: tuple[Audit, Path]) -> None:
    found = with_references(audit[0], audit[1], None, Literature([Shelf(WORKS)]))
    assert {check.key: check.status for check in found.references} == {
        "ho": "found", "preprint": "found", "late": "other year", "thief": "other authors", "fake": "not found",
        "page": "no title",
    }  # fmt: skip
    assert audit[0].ok and not found.ok
    assert "Ashish Vaswani, Attention Is All You Need, 2017" in {check.found for check in found.references}


def test_the_local_index_says_nothing_of_what_it_lacks(audit: tuple[Audit, Path]) -> None:
    found = with_references(audit[0], audit[1], None, Literature(local=LocalIndex(WORKS[:2])))
    lacking = {check.key for check in found.references if check.status == "not in the local index"}
    assert lacking == {"late", "thief", "fake"}
    assert found.ok


def test_references_of_a_pdf(shared_data: Path) -> None:
    folder = shared_data / "generated_papers" / "mlrbench" / "ai_scientist_v2" / "iclr2025_verifai"
    if not folder.is_dir():
        pytest.skip(f"no {folder}")
    listed = pdf_references(folder / "iclr2025_verifai.pdf")
    titles = [reference.title for reference in listed.values()]
    assert "Program synthesis with large language models" in titles and len(titles) >= 8
    work = Work(title=titles[0], authors=("Jacob Austin",), year=2021, source="local")
    checks = asyncio.run(check_references(listed, Literature([Shelf([work])])))
    assert checks[0].status == "found" and {check.status for check in checks[1:]} == {"not found"}
