"""The kinds of values that options and arguments take, and how a shell completes them."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from ..data.errors import InputError
from .greeting import run_folders


class Number(click.FloatRange):
    """A finite number, within bounds where some are given."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """As click's. Fails for nan, which is within any bounds, and for infinity."""
        number = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value} is not a finite number.", param, ctx)
        return number


class FileOrFolder(click.Path):
    """A path. An empty one, as of a variable that is not set, is refused: it would be the folder that one is in.

    A file to write has one of `endings`, if it is no device: so no paper or table is written over by a slip.
    """

    def __init__(self, *endings: str) -> None:
        super().__init__(path_type=Path, dir_okay=not endings)
        self.endings = endings

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """As click's. Fails where it is empty, or ends otherwise."""
        _refuse_empty(self, value, param, ctx)
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        if self.endings and path.suffix.lower() not in self.endings and Path("/dev") not in path.absolute().parents:
            self.fail(f"{path}: this file is written, its name has to end in {' or '.join(self.endings)}", param, ctx)
        return path


def _refuse_empty(
    kind: click.ParamType, value: object, param: click.Parameter | None, ctx: click.Context | None
) -> None:
    if value == "":
        kind.fail("is empty; a variable that is not set?", param, ctx)


class Completed(click.ParamType):
    """Text, of which a shell completes the values that are here, or a file where none of them fits."""

    name = "text"

    def __init__(self, values: Callable[[], Iterable[str]]) -> None:
        self.values = values

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> object:
        """The value as it stands, if it is not empty; a list, which the user's file alone can give, is refused too."""
        _refuse_empty(self, value, param, ctx)
        if isinstance(value, list):
            self.fail(f"takes one; the file lists {len(value)} ({', '.join(map(str, value))}): type one", param, ctx)
        return value

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002
        param: click.Parameter,  # noqa: ARG002
        incomplete: str,
    ) -> list[CompletionItem[str]]:
        """The values that begin so. What cannot be listed is not completed."""
        try:
            found = [value for value in self.values() if value.startswith(incomplete)]
        except (InputError, OSError):
            found = []
        return [CompletionItem(value) for value in found] or [CompletionItem(incomplete, type="file")]


class RunFolder(FileOrFolder):
    """A folder, of which a shell completes those that hold a run, or any where none of them fits."""

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002
        param: click.Parameter,  # noqa: ARG002
        incomplete: str,
    ) -> list[CompletionItem[str]]:
        """The runs here and in `runs` that begin so."""
        found = sorted({str(folder) for folder, _ in run_folders() if str(folder).startswith(incomplete)})
        return [CompletionItem(folder) for folder in found] or [CompletionItem(incomplete, type="dir")]


def _datasets() -> list[str]:
    from ..data.registry import list_names

    return list_names()


def _recipes() -> list[str]:
    from ..data.importers.recipes import recipes

    return list(recipes())


def _venues() -> list[str]:
    from ..data.venues import known_venues

    return list(known_venues())


def _templates() -> list[str]:
    from ..generator.template import template_names

    return template_names()


def _priced_models() -> list[str]:
    from ..llm.prices import Prices

    return Prices.load().models()


def _reviewers() -> list[str]:
    from ..reviewer.bundled import bundled_replays
    from ..reviewer.floors import FLOORS
    from ..reviewer.plugins import entry_point_names

    floors = (f"floor:{kind}" for kind in FLOORS if kind != "constant")
    replays = (f"replay:bundled:{name}" for name in bundled_replays())
    ways = ("learned:iclr2022", "floor:constant?value=", "replay:", "python:", "command:", "openai/", "anthropic/")
    return [*floors, *replays, *ways, *_priced_models(), *entry_point_names()]


def _forms() -> list[str]:
    from ..reviewer.forms.form import form_names

    return form_names()


DATASET = Completed(_datasets)
FILE = Completed(lambda: ())
FORM = Completed(_forms)
MODEL = Completed(lambda: ["offline", *_priced_models()])
PATH = FileOrFolder()
PULLED = Completed(lambda: [*_venues(), *_recipes()])
RECIPE = Completed(_recipes)
REVIEWER = Completed(_reviewers)
RUN = RunFolder()
TEMPLATE = Completed(_templates)
