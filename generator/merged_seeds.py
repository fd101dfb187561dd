"""Two parts of one run under different seeds, put together: the content of final_info.json for all of its seeds."""

from __future__ import annotations

import math
from statistics import fmean, stdev
from typing import Any

from .nodes import finite

Info = dict[str, Any]


def merged(first: Info, more: Info) -> Info:
    """`{dataset: {"means", "stderrs", "final_info_dict"}}` with the seeds of both, the first ones first.

    Means and standard errors, std(ddof=1)/sqrt(n), are those of all seeds that did not fail.

    Raises ValueError where the parts have other datasets or metrics, or no value per seed.
    """
    if first.keys() != more.keys():
        raise ValueError(f"the further seeds have the datasets {sorted(more)}, not {sorted(first)}")
    return {dataset: _merged(dataset, content, more[dataset]) for dataset, content in first.items()}


def _merged(dataset: str, first: Info, more: Info) -> Info:
    lists, added = (part.get("final_info_dict") or {} for part in (first, more))
    if not lists or lists.keys() != added.keys():
        raise ValueError(f"the further seeds have other values per seed on {dataset}: {sorted(added)}")
    if not all(isinstance(values, list) for part in (lists, added) for values in part.values()):
        raise ValueError(f"final_info_dict has something else than lists of values per seed on {dataset}")
    together = {name: [*values, *added[name]] for name, values in lists.items()}
    means, stderrs = dict(first["means"]), dict(first.get("stderrs") or {})
    for name in means:
        root = name.removesuffix("_mean")
        values = [value for each in together.get(name, together.get(root, [])) if (value := finite(each)) is not None]
        if values:
            means[name] = fmean(values)
        for key in (name, f"{root}_stderr", root):
            if key in stderrs and len(values) > 1:
                stderrs[key] = stdev(values) / math.sqrt(len(values))
    return {**first, "means": means, "stderrs": stderrs, "final_info_dict": together}
