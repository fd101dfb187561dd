"""What people may change by hand before they approve it: how it was shown to them, and what is another in it now."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from ..data.errors import InputError, unknown
from ..data.files import make_folder, read_json, read_validated, validated
from .ideas import Idea
from .latex.document import Draft
from .nodes import BASELINE, Journal
from .plan import AnalysisPlan
from .plan_edits import check_plan

BY_HAND = {"idea": "idea.json", "plan": "plan.json", "draft": "draft.json"}
FORMS: dict[str, type[BaseModel]] = {"idea": Idea, "plan": AnalysisPlan, "draft": Draft}
SHOWN = "shown"
"""The folder with each of these files as it was made."""


def show(folder: Path, what: str) -> None:
    """Keep what is about to be decided on as it is, so that changes by hand are known."""
    if what in BY_HAND:
        shutil.copyfile(folder / BY_HAND[what], make_folder(folder / SHOWN) / BY_HAND[what])


def check_by_hand(folder: Path, what: str, path: Path) -> BaseModel:
    """The file's record, which could take the place of what was shown. Raises InputError that names the wrong field."""
    given, form = read_json(path), FORMS[what]
    known = {*form.model_fields, *((name.capitalize() for name in form.model_fields) if what == "idea" else ())}
    if strangers := [name for name in given if name not in known]:
        raise unknown("field", strangers[0], form.model_fields, hint=str(path))
    record = validated(form, given, str(path))
    if isinstance(record, AnalysisPlan):
        made = read_validated(AnalysisPlan, folder / SHOWN / BY_HAND[what])
        try:
            check_plan(record, made, _measured(folder))
        except ValueError as wrong:
            raise InputError(f"{path}: {wrong}") from None
    return record


def changes(folder: Path, what: str) -> tuple[str, ...]:
    """The fields that differ from what was shown, a few words each; none where nothing can be or was changed.

    Raises InputError where the file cannot take the place of what was shown.
    """
    if what not in BY_HAND:
        return ()
    now = check_by_hand(folder, what, folder / BY_HAND[what]).model_dump(mode="json")
    path = folder / SHOWN / BY_HAND[what]
    before = read_validated(FORMS[what], path).model_dump(mode="json")
    return tuple(_in_words(name, before[name], now[name]) for name in now if now[name] != before[name])


def _in_words(name: str, before: Any, now: Any) -> str:
    short = all(isinstance(value, (int, float)) for value in (before, now))
    if short:
        return f"{name} {now} instead of {before}"
    if name == "metrics":
        return f"metrics {', '.join(now)} instead of {', '.join(before)}"
    return f"looks {_seeds(now)} instead of {_seeds(before)}" if name == "looks" else name


def _seeds(looks: list[dict[str, Any]]) -> str:
    return " and ".join(f"{sum(look['seeds'].values())} pairs" for look in looks)


def _measured(folder: Path) -> set[str]:
    """The metrics that the baseline has values of."""
    baseline = Journal.read(folder / "experiments.json").find(BASELINE)
    return {name for values in baseline.results.values() for name in values} if baseline else set()
