"""Assay paper reviewers against human decisions, and AI scientists against the reviewers.

`docs/python.md` shows the functions at work. Everything is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    __version__: str
    from .bench.api import audit as audit
    from .bench.api import bench as bench
    from .bench.api import compare as compare
    from .bench.api import evaluate as evaluate
    from .bench.api import open_run as open_run
    from .bench.api import review as review
    from .bench.api import score as score
    from .bench.api import stress as stress
    from .bench.results import AuditResult as AuditResult
    from .bench.results import BenchResult as BenchResult
    from .bench.results import CompareResult as CompareResult
    from .bench.review_result import ReviewResult as ReviewResult
    from .bench.scores.result import ScoreResult as ScoreResult
    from .bench.sealing.api import SealResult as SealResult
    from .bench.sealing.api import open_seal as open_seal
    from .bench.sealing.api import seal as seal
    from .bench.stress.api_result import StressResult as StressResult
    from .data.dataset import Dataset as Dataset
    from .data.errors import InputError as InputError
    from .data.importing import import_dataset as import_dataset
    from .data.importing import list_datasets as list_datasets
    from .data.records import Paper as Paper
    from .data.registry import load_dataset as load_dataset
    from .reviewer.protocol import Reviewer as Reviewer
    from .reviewer.review import Review as Review

_HOMES = {
    "audit": "bench.api",
    "compare": "bench.api",
    "evaluate": "bench.api",
    "open_run": "bench.api",
    "review": "bench.api",
    "score": "bench.api",
    "stress": "bench.api",
    "AuditResult": "bench.results",
    "BenchResult": "bench.results",
    "CompareResult": "bench.results",
    "ReviewResult": "bench.review_result",
    "ScoreResult": "bench.scores.result",
    "SealResult": "bench.sealing.api",
    "open_seal": "bench.sealing.api",
    "seal": "bench.sealing.api",
    "StressResult": "bench.stress.api_result",
    "Dataset": "data.dataset",
    "InputError": "data.errors",
    "Paper": "data.records",
    "import_dataset": "data.importing",
    "list_datasets": "data.importing",
    "load_dataset": "data.registry",
    "Review": "reviewer.review",
    "Reviewer": "reviewer.protocol",
}
"""The public names, and the modules that they are in; `bench` is the sub-package itself, which is callable."""

__all__ = ["__version__", "bench", *_HOMES]  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name == "bench":
        return import_module(".bench", __name__)
    if name == "__version__":
        from importlib.metadata import version

        return version("peerassay")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
