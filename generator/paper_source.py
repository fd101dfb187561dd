"""The paper's source in the lab's folder, and its audit against what the stages have written."""

from __future__ import annotations

import shutil
from pathlib import Path

from ..data.files import write_atomic, write_json
from .lab import Lab
from .latex.check import PdfCheck, check_pdf
from .latex.compile import Compiled, compile_tex
from .latex.document import Draft, write_draft
from .literature.bibtex import write_bib
from .metrics import settled_metrics
from .provenance.audit import audit_paper
from .provenance.records import Audit
from .short_names import labels_of

MAIN = "paper.tex"


def typeset(lab: Lab, draft: Draft) -> Path:
    """Write the paper's source with its bibliography of fetched works."""
    write_draft(draft, lab.latex, MAIN, style=lab.style)
    cited = set(draft.cited)
    works = [work for work in lab.works() if work.key in cited]
    write_atomic(lab.latex / f"{draft.bibliography or 'references'}.bib", write_bib(works))
    return lab.latex / MAIN


def compiled(lab: Lab) -> tuple[Compiled, PdfCheck | None]:
    """The paper's source compiled as it is now, and its PDF looked through; no check without a PDF."""
    sandbox = lab.sandbox if lab.sandbox.name == "bubblewrap" else None
    made = compile_tex(lab.latex, MAIN, sandbox=sandbox)
    if made.pdf is None:
        return made, None
    return made, check_pdf(made.pdf, tex=lab.latex / MAIN, compiled=made.problems, page_limit=lab.page_limit)


def audited(lab: Lab) -> Audit:
    """The audit of the paper's source as it is now, against the records that the stages have written."""
    for name in ("statistics.json", "figures.json", "literature.json"):
        record = lab.folder / name
        target = lab.workspace / name
        target.unlink(missing_ok=True)
        if record.exists():
            shutil.copyfile(record, target)
    labels = labels_of(lab.journal().nodes, lab.folder)
    metrics = {metric.name: metric.label for metric in settled_metrics(lab)}
    write_json(lab.workspace / "labels.json", labels)
    write_json(lab.workspace / "metrics.json", metrics)
    return audit_paper(lab.latex / MAIN, lab.folder / "paper.pdf", lab.workspace)


def audited_draft(lab: Lab, draft: Draft) -> Audit:
    """The audit of a draft before it is compiled: it costs nothing, and the text can still be changed."""
    typeset(lab, draft)
    return audited(lab)
