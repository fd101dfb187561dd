"""Short names for replays, and rows by AUC."""

from __future__ import annotations

import pytest
from peerassay.bench.presented import presented, short_names
from peerassay.bench.summary import summarise
from peerassay.bench.tables import summary_table
from peerassay.presentation.terminal import as_text
from synthetic_run import made_run

GPT = "replay:gpt-4o-2024-05-13_temp_0_1"


@pytest.mark.parametrize(
    ("names", "short"),
    [
        (["replay:mine", "floor:length"], {}),
        ([f"{GPT}_pages_all"], {f"{GPT}_pages_all": "gpt-4o-2024-05-13"}),
        (
            [f"{GPT}_pages_all", f"{GPT}_reflect_5_pages_all", "floor:length"],
            {f"{GPT}_pages_all": "gpt-4o-2024-05-13", f"{GPT}_reflect_5_pages_all": "gpt-4o-2024-05-13_reflect_5"},
        ),
        (
            [f"{GPT}_pages_all", "gpt-4o-2024-05-13"],
            {f"{GPT}_pages_all": "gpt-4o-2024-05-13_temp_0_1_pages_all"},
        ),
        (
            ["replay:a-file-of-a-model_run_1", "replay:a-file-of-a-model_run_1_again"],
            {
                "replay:a-file-of-a-model_run_1": "a-file-of-a-model",
                "replay:a-file-of-a-model_run_1_again": "a-file-of-a-model_again",
            },
        ),
    ],
)
def test_names_of_replays_are_short_and_unique(names: list[str], short: dict[str, str]) -> None:
    assert short_names(names) == short


def test_rows_go_by_auc_under_short_names_and_files_keep_theirs(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("named")
    worse = f"{GPT}_reflect_5_pages_all"
    figures, _, machines = summarise(made_run(folder, ["floor:coin", f"{GPT}_pages_all", worse]), draws=200)
    shown, renamed = presented(figures, machines)
    assert [r.name for r in shown.reviewers][-1] == "floor:coin"
    assert {m.name for m in renamed} == {"floor:coin", "gpt-4o-2024-05-13", "gpt-4o-2024-05-13_reflect_5"}
    assert GPT not in shown.model_dump_json()
    assert f"{GPT}_pages_all" in (folder / "metrics.json").read_text()
    areas = [row[1] for row in summary_table(shown).rows]
    assert areas == sorted(areas, reverse=True)
    assert max(map(len, as_text([summary_table(shown)]).splitlines())) <= 80
