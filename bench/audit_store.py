"""Audits kept in the user's cache folder: one per dataset content, scrubbing rules and probes."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import ValidationError

from ..data.dataset import Dataset
from ..data.errors import InputError
from ..data.files import cache_home, write_atomic
from .audit import audit, audit_fingerprint
from .audit_records import AuditSummary


def stored_audit(dataset: Dataset, *, progress: Callable[[str], None] = lambda _: None) -> AuditSummary:
    """The audit of the whole dataset, from the cache where it is there; made and kept otherwise."""
    path = cache_home() / "audits" / f"{dataset.card.hash[:16]}-{audit_fingerprint()}.json"
    try:
        return AuditSummary.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        made = audit(dataset, progress=progress)
    try:
        write_atomic(path, made.model_dump_json())
    except InputError:
        progress("the audit could not be kept")
    return made
