"""The reviewer that a run was asked for, as it is now."""

from __future__ import annotations

from ..data.errors import InputError
from ..llm.session import Session
from ..reviewer.panel.panel import names_a_model
from ..reviewer.protocol import Reviewer
from ..reviewer.spec import load_reviewer


def reviewer_now(spec: str) -> Reviewer | None:
    """The reviewer of a SPEC, to look at and not to ask; None where making it runs code of others, or it is gone."""
    if not spec.startswith(("learned:", "floor:")) and not names_a_model(spec):
        return None
    try:
        return load_reviewer(spec, session=Session(dry=True))
    except InputError:
        return None
