"""The leak audit of the texts behind a bundled dataset that has none: its figures, kept in a file."""

from __future__ import annotations

from ...data.dataset import Dataset
from ...data.files import read_validated
from ...data.iclr2022_scores import FOLDER, NAME
from .records import AuditSummary

AUDIT = FOLDER / "audit.json"
LONGEST = 8
"""Characters of a sign that are kept; longer ones are lines of papers."""


def audit_on_file(dataset: Dataset) -> AuditSummary:
    """The audit of the texts of a dataset without texts. Raises InputError where none is on file."""
    if dataset.card.name != NAME:
        dataset.require_texts("a leak audit")
    summary = read_validated(AuditSummary, AUDIT)
    return summary.model_copy(update={"again": f"peerassay data audit {summary.dataset}"})


def without_text(summary: AuditSummary) -> AuditSummary:
    """The same figures without the places in papers where signs were found, and without signs that are lines."""
    hunts = {
        form: hunt.model_copy(
            update={
                "signs": [
                    sign.model_copy(
                        update={
                            "example": "",
                            "paper": "",
                            "pattern": sign.pattern if len(sign.pattern) <= LONGEST else "(a line)",
                        }
                    )
                    for sign in hunt.signs
                ]
            }
        )
        for form, hunt in summary.hunts.items()
    }
    return summary.model_copy(update={"hunts": hunts})
