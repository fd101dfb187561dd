"""RUN/index.html, and one page more for each idea where there are several; each written whole or not at all."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...data.files import write_atomic
from ...llm.ledger_file import StageSpend, StageTotals, stage_spend
from ...presentation import numbers
from ...presentation.pages import environment
from ...reviewer import review_view
from ..batch import ScientistRecord, ScientistRun, idea_folders
from . import overview
from .idea import IdeaView, metrics_of, view_of
from .paper import settings_of
from .scripts import scripts
from .stages import spent

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"
PAGE = "index.html"
REFRESH = 10
"""Seconds after which the page of a run that goes on is loaded again."""


def write_pages(
    folder: Path, *, running: bool, only: str | None = None, known: dict[str, IdeaView] | None = None
) -> Path:
    """Write the page of a run, and of a batch those of its ideas; returns the run's page.

    With `only` one idea is read anew, and the others are as they were seen last: `known` keeps them.

    Raises InputError where there is no run, its record is wrong, or a file cannot be written.
    """
    run = ScientistRun.open(folder)
    spend = stage_spend(run.ledger_path)
    metrics = metrics_of(run.record.template)
    seen = {} if known is None else known
    fresh: list[IdeaView] = []
    for path in idea_folders(folder):
        if (path / "state.json").is_file() and (path.name not in seen or only in (None, path.name)):
            asked = run.record.paper.ask
            seen[path.name] = view_of(path, metrics=metrics, spend=spend, running=running, asked=asked)
            fresh.append(seen[path.name])
    views = [seen[name] for name in sorted(seen)]
    together = _about(run.record, spend, running)
    if run.record.ideas == 1 and len(views) == 1:
        page = _of_idea(views[0], base="", batch=False, **together)
    else:
        for view in fresh:
            own = _of_idea(view, base="../", batch=True, **together)
            write_atomic(folder / view.name / PAGE, own)
        missing = max(0, run.record.ideas - len(views))
        page = _render("batch.html.j2", views=views, base="", missing=missing, **together)
    write_atomic(folder / PAGE, page)
    return folder / PAGE


@lru_cache(maxsize=1)
def _templates() -> Environment:
    """The templates, compiled once for the many times that a page is written."""
    return environment(TEMPLATES, kind="html")


def _of_idea(view: IdeaView, **context: Any) -> str:
    sources, elements = scripts("opened", *(["review_form"] if view.asked else []))
    return _render("idea.html.j2", view=view, script_sources=sources, script_elements=elements, **context)


def _render(name: str, **context: Any) -> str:
    return _templates().get_template(name).render(context)


def _about(record: ScientistRecord, spend: Sequence[StageSpend], running: bool) -> dict[str, Any]:
    """What every page of the run says of it."""
    settings = {"template": record.template, "model": record.model, "reviewer": record.reviewer,
                "preset": record.lab.preset or "the template's own", "search": record.paper.search,
                "experiments at most": record.lab.runs, "editor": record.editor, "sandbox": record.sandbox,
                "literature": "online too" if record.online else "the local index", "seed": record.seed,
                "begun": record.created, "version": record.peerassay}  # fmt: skip
    return {
        "record": record,
        "template": review_view.line(Path(record.template).name),
        "settings": [(name, review_view.line(str(value))) for name, value in settings.items()],
        "command": shlex.join(record.command),
        "spent": spent(sum((one.took for one in spend), StageTotals())),
        "running": running,
        "refresh": REFRESH,
        "now": datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC"),
        "view_": review_view,
        "numbers": numbers,
        "overview": overview,
        "page": PAGE,
        "settings_of": settings_of,
    }
