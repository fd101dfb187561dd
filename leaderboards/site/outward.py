"""Links from an entry to pages elsewhere: source of the dataset, paper, code, the model's own page."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from ...data.files import read_text
from ...llm.releases import release_of
from ...presentation.pages import quiet
from ..records import BoardDataset, ReviewerResult
from .links import HERE

ADDRESS = re.compile(r"https?://[\w.-]+(?::\d+)?(?:/[\w./%+~#=&?:@!,;-]*[\w/#=])?", re.ASCII)


class Outward(NamedTuple):
    """A link, in words, to an address."""

    words: str
    href: str

    @property
    def host(self) -> str:
        """Whose page it is."""
        return urlsplit(self.href).hostname or ""


def reviewer_links(result: ReviewerResult, dataset: BoardDataset) -> list[Outward]:
    """Paper and code of the reviewer, the page of its model, the source of the papers; each where it is known."""
    found = _known("reviewer", result.spec)
    model = _model_of(result)
    if model and (page := ADDRESS.search(release_of(model).source)):
        found.append(Outward(f"Model: {model}", page.group()))
    return [*found, *dataset_links(dataset)]


def dataset_links(dataset: BoardDataset) -> list[Outward]:
    """Where the papers of a dataset come from: the page on record, else the address in its card."""
    found = _known("dataset", dataset.name)
    written = ADDRESS.search(quiet(dataset.source))
    return found or ([Outward("Source of the dataset", written.group())] if written else [])


def _model_of(result: ReviewerResult) -> str:
    """The name of the model behind a reviewer; empty where there is none."""
    if result.traits.model:
        return result.traits.model
    return result.spec.partition("?")[0].partition("/")[2] if result.traits.kind == "llm" else ""


def _known(kind: str, name: str) -> list[Outward]:
    return [Outward(*link) for entry in _table()[kind] if name.startswith(entry["begins"]) for link in entry["links"]]


@cache
def _table() -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads(read_text(HERE / "outward.toml"))
