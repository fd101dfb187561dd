"""A row of the public table of leak verdicts: what the audit of one dataset came to."""

from __future__ import annotations

import datetime
import re
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from ...data.dataset import Dataset
from ...data.errors import InputError
from ...data.files import make_folder, read_validated, write_json
from ...data.records import TextVersion
from ...statistics.estimate import Estimate, share_estimate
from .on_file import without_text
from .records import AuditSummary, Finding

LEAKS = "leaks"
"""The folder of rows in a folder of results."""


class LeakForm(BaseModel):
    """One form of the text: the verdict on it, and the gravest finding (where none leaks, the strongest probe)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    verdict: Literal["leak", "suspect", "clean"]
    findings: int = Field(ge=0, description="probes and signs that leak or may")
    gravest: Finding


class LeakRow(BaseModel):
    """The audit of a dataset in short; no text of a paper."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dataset: str
    title: str
    source: str
    labels: Literal["human", "constructed"]
    hash: str
    text_version: TextVersion
    sample: str = Field(default="", description="why the papers are no fair sample of those decided")
    papers: int = Field(ge=1)
    n: int = Field(ge=1, description="papers that the figures stand on")
    accepted: int = Field(ge=0, description="of these")
    base_rate: Estimate
    fitted_on: str
    raw: LeakForm
    scrubbed: LeakForm
    command: str
    version: str = Field(description="of peerassay")
    audit: str = Field(description="fingerprint of probes, limits and scrubbing rules")
    scrub_rules: str
    made: datetime.date


def leak_row(dataset: Dataset, summary: AuditSummary, command: str) -> LeakRow:
    """The row of an audit. Raises InputError for a dataset whose texts are elsewhere, or are not decided."""
    from .leaks import audit_fingerprint

    card = dataset.card
    if not card.has_texts or card.text_version == "none" or card.labels == "undecided":
        raise InputError(
            f"dataset {card.name} has no texts of its own; make the row where they are: {card.get_texts or command}"
        )
    public = without_text(summary)
    return LeakRow(
        dataset=card.name,
        title=card.title,
        source=card.source,
        labels=card.labels,
        hash=card.hash,
        text_version=card.text_version,
        sample=card.sample,
        papers=card.papers,
        n=summary.n,
        accepted=summary.accepted,
        base_rate=share_estimate(summary.accepted, summary.n),
        fitted_on=summary.fitted_on,
        raw=_form(public.on("raw")),
        scrubbed=_form(public.on("scrubbed")),
        command=command,
        version=version("peerassay"),
        audit=audit_fingerprint(),
        scrub_rules=summary.scrub_rules,
        made=datetime.datetime.now(datetime.UTC).date(),
    )


def _form(summary: AuditSummary) -> LeakForm:
    signs = summary.hunts[summary.text].signs if summary.text in summary.hunts else []
    verdicts = [getattr(probe, summary.text).verdict for probe in summary.probes] + [sign.verdict for sign in signs]
    found = sum(verdict in ("leak", "suspect") for verdict in verdicts)
    gravest = summary.gravest(summary.text)
    if gravest is None:
        raise InputError(f"the audit of {summary.dataset} has no probes")
    return LeakForm(verdict=summary.verdict, findings=found, gravest=gravest)


def write_row(row: LeakRow, place: Path) -> Path:
    """Write the row to a .json file, or into the folder of leaks in a folder of results; returns the file's path."""
    path = place if place.suffix == ".json" else place / LEAKS / f"{row.dataset}.json"
    make_folder(path.parent)
    write_json(path, row.model_dump(mode="json"))
    return path


def read_row(path: Path) -> LeakRow:
    """A row that `write_row` wrote. Raises InputError for another file, and for verdicts that its findings belie."""
    row = read_validated(LeakRow, path)
    for name, form in (("raw", row.raw), ("scrubbed", row.scrubbed)):
        worst = form.gravest.verdict
        if form.verdict != (worst if worst in ("leak", "suspect") else "clean") or bool(form.findings) != (
            form.verdict != "clean"
        ):
            raise InputError(f"{path}: field {name}: the verdict {form.verdict!r} does not follow from its findings")
    if not (row.accepted <= row.n <= row.papers and re.fullmatch(r"[0-9a-f]{64}", row.hash)):
        raise InputError(f"{path}: its counts or its hash cannot be: make it anew by `{row.command} --row {path}`")
    return row
