"""What an experiment has written, whatever it is: results, or a reason in one line for whoever wrote the code."""

from __future__ import annotations

import json
import math
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from peerassay.data.errors import InputError
from peerassay.generator.merged_curves import merge_curves
from peerassay.generator.merged_seeds import merged
from peerassay.generator.nodes import INFO, read_results
from peerassay.generator.page.curves import curves_of
from peerassay.generator.page.reading import Reader
from peerassay.generator.provenance.foreign import read_stages, read_summaries
from peerassay.generator.provenance.mapping import read_mapping
from peerassay.generator.provenance.plain_logs import read_plain
from peerassay.generator.provenance.results import read_logged

SCALAR = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.just(10**400))
NAMES = st.sampled_from(["loss", "loss_mean", "loss_stderr", "means", "stderrs", "final_info_dict"])
ANYTHING = st.recursive(
    SCALAR, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=8
)
CONTENT = st.fixed_dictionaries({"means": ANYTHING}, optional={"stderrs": ANYTHING, "final_info_dict": ANYTHING})
WRITTEN = st.one_of(ANYTHING, st.dictionaries(st.sampled_from(["a", "b"]), CONTENT | ANYTHING, max_size=2))
SEEDS = st.fixed_dictionaries({"loss": st.lists(SCALAR, max_size=4) | ANYTHING})
WITH_SEEDS = st.fixed_dictionaries({"means": st.just({"loss": 1.0}), "final_info_dict": SEEDS | ANYTHING})


@given(WRITTEN)
def test_any_json_is_results_of_finite_numbers_or_a_reason_in_one_line(written: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / INFO).write_text(json.dumps(written))
        try:
            results = read_results(Path(folder))
        except ValueError as error:
            assert "\n" not in str(error) and len(str(error)) < 300
            return
    values = [value for metrics in results.values() for value in metrics.values()]
    assert values
    for value in values:
        assert all(math.isfinite(x) for x in (value.mean, value.stderr, *value.seeds) if x is not None)


@given(WITH_SEEDS, WITH_SEEDS)
def test_any_results_are_put_together_with_further_seeds_or_refused(first: Any, more: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for content in (first, more):
            (Path(folder) / INFO).write_text(json.dumps({"a": content}))
            try:
                read_results(Path(folder))
            except ValueError:
                return
    try:
        found = merged({"a": first}, {"a": more})["a"]
    except ValueError:
        return
    for name, seeds in found["final_info_dict"].items():
        assert len(seeds) == len(first["final_info_dict"][name]) + len(more["final_info_dict"][name])


def test_json_without_an_end_of_brackets_is_refused(tmp_path: Path) -> None:
    (tmp_path / INFO).write_text("[" * 100_000)
    with pytest.raises(ValueError, match="cannot be read"):
        read_results(tmp_path)


@given(
    WRITTEN,
    st.dictionaries(st.sampled_from(["lr", "steps"]), ANYTHING, max_size=2),
    st.text("{[(:,1'ab)]} ", max_size=20),
)
def test_a_folder_of_results_of_any_content_is_read_or_refused(written: Any, config: Any, labels: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run_0"
        run.mkdir()
        (run / INFO).write_text(json.dumps(written))
        (run / "config.json").write_text(json.dumps(config))
        (Path(folder) / "plot.py").write_text(f"labels = {labels}\n")
        try:
            found = read_logged(Path(folder))
        except InputError:
            return
    assert all(math.isfinite(one.value) for one in found.logged)


@given(ANYTHING)
def test_logs_of_any_content_are_read_or_refused(written: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name in ("scores.json", "all_results.json"):
            (Path(folder) / name).write_text(json.dumps(written))
        with suppress(InputError):
            read_plain(Path(folder))
        curves_of(Reader(Path(folder)), Path(folder))


NODE = st.fixed_dictionaries({
    "code": ANYTHING,
    "metric": st.fixed_dictionaries({"value": st.fixed_dictionaries({"metric_names": st.lists(st.one_of(
        ANYTHING,
        st.fixed_dictionaries({"metric_name": ANYTHING, "lower_is_better": ANYTHING, "data": st.one_of(
            ANYTHING, st.lists(st.fixed_dictionaries({"dataset_name": ANYTHING, "final_value": ANYTHING}), max_size=2)
        )}),
    ), max_size=2)})}),
})  # fmt: skip
SUMMARY = st.fixed_dictionaries(
    {"best node": NODE, "best node with different seeds": ANYTHING | st.lists(NODE, max_size=1)}
)


@given(ANYTHING | SUMMARY | st.lists(NODE, max_size=2), ANYTHING)
def test_summaries_of_other_scientists_of_any_content_are_read_or_refused(summary: Any, draft: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "baseline_summary.json").write_text(json.dumps(summary))
        (Path(folder) / "draft_summary.json").write_text(json.dumps({"Key_numerical_results": draft}))
        (Path(folder) / "stage-1" / "runs").mkdir(parents=True)
        (Path(folder) / "stage-1" / "runs" / "a.json").write_text(json.dumps({"metrics": summary}))
        (Path(folder) / "stage-1" / "experiment_summary.json").write_text(json.dumps({"metrics_summary": draft}))
        for read in (read_summaries, read_stages):
            found = read(Path(folder))
            assert found is not None and all(math.isfinite(one.value) for one in found.logged)


@pytest.mark.parametrize("pattern", ["", "/etc/*.csv"])
def test_a_pattern_that_leads_elsewhere_is_named(tmp_path: Path, pattern: str) -> None:
    (tmp_path / "audit.toml").write_text(f'[[results]]\nfile = "{pattern}"\n')
    with pytest.raises(InputError, match="is no pattern from the folder"):
        read_mapping(tmp_path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive", b"\x93NUMPY\x01\x00", b"nothing"])
def test_curves_that_cannot_be_read_are_those_of_the_first_seeds(tmp_path: Path, content: bytes) -> None:
    first, more = parts = tmp_path / "first", tmp_path / "more"
    for part in parts:
        part.mkdir()
        (part / "curves.npz").write_bytes(content)
        (part / "curves.json").write_bytes(b"[" * 100_000)
    (tmp_path / "target").mkdir()
    assert not merge_curves(first, more, tmp_path / "target", (2, 2))
    assert not list((tmp_path / "target").iterdir())
