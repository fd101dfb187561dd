"""Reviewers against human decisions: runs, metrics, audits, reports.

The package is callable: `peerassay.bench(dataset, reviewers)` is the function `bench` of its module `api`.
"""

from __future__ import annotations

import sys
from inspect import Signature, signature
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .results import BenchResult


class _CallablePackage(ModuleType):
    """The sub-package, which stands at the same name as the public function."""

    def __call__(self, *args: Any, **settings: Any) -> BenchResult:
        from .api import bench

        return bench(*args, **settings)

    @property
    def __signature__(self) -> Signature:
        from .api import bench

        return signature(bench)


sys.modules[__name__].__class__ = _CallablePackage
