"""The user's own defaults: what goes before what, what is refused, and what of them is on record."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

Call = Callable[..., tuple[int, str, str]]
Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Make this the user's file."""
    path = tmp_path / "mine.toml"
    monkeypatch.setenv("PEERASSAY_CONFIG", str(path))
    for name in ("PEERASSAY_DATA", "PEERASSAY_CACHE"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)

    def written(text: str) -> Path:
        path.write_text(text)
        return path

    return written


def reviews(run: Path) -> list[tuple[str, str, float]]:
    lines = map(json.loads, (run / "reviews.jsonl").read_text().splitlines())
    return sorted((line["reviewer"], line["paper_id"], line["overall"]) for line in lines)


def test_what_the_file_gives_holds_unless_it_is_typed_and_is_on_record(
    typed: Call, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PEERASSAY_DATA", str(tmp_path / "home"))
    write(
        '[all]\nseed = 3\nreviewer = "floor:random"\n'
        '[bench]\nreviewer = ["floor:length", "floor:header"]\naudit = false\nfloors = false\ndraws = 100\n'
    )
    (tmp_path / "open.csv").write_text("id,text\n" + "".join(f"p{i},{'words ' * i}\n" for i in range(1, 9)))
    assert typed("data", "import", "open", "open.csv", "--undecided", "-q")[0] == 0
    typed_here = ("bench", "--seal", "-d", "open", "--seed", 4, "--out", "run")
    assert typed(*typed_here)[0] == 0
    record = json.loads((tmp_path / "run" / "sealing.json").read_text())
    assert record["command"] == [
        "peerassay", "bench", "--reviewer", "floor:length", "--reviewer", "floor:header", "--no-floors", "--no-audit",
        "--draws", "100", *map(str, typed_here[1:]),
    ]  # fmt: skip
    assert [one["name"] for one in record["reviewers"]] == ["floor:length", "floor:header"]
    write("")
    assert typed(*[word if word != "run" else "again" for word in record["command"][1:]])[0] == 0
    assert reviews(tmp_path / "again") == reviews(tmp_path / "run")


def test_folders_hold_unless_a_variable_says_otherwise(
    typed: Call, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write('[folders]\ndata = "papers"\ncache = "kept"\n')
    monkeypatch.setenv("PEERASSAY_CACHE", str(tmp_path / "other"))
    code, out, _ = typed("config", "--json")
    rows = {row["name"]: (row["value"], row["from"]) for row in json.loads(out)["settings"]}
    assert code == 0
    assert rows == {
        "folders.data": (str(tmp_path / "papers"), "file"),
        "folders.cache": (str(tmp_path / "other"), "PEERASSAY_CACHE"),
    }


def test_config_shows_where_each_value_comes_from(typed: Call, write: Write) -> None:
    path = write('[all]\nmodel = "openai/gpt-5.4"\n[scientist.run]\nideas = 3\n')
    document = json.loads(typed("config", "scientist", "run", "--json")[1])
    rows = {row["name"]: (row["value"], row["from"]) for row in document["settings"]}
    assert document["file"] == str(path)
    assert (rows["ideas"], rows["model"], rows["seed"]) == ((3, "file"), ("openai/gpt-5.4", "file"), (0, "default"))
    names = [row["name"] for row in json.loads(typed("config", "--json")[1])["settings"]]
    assert names == ["folders.data", "folders.cache", "all.model", "scientist.run.ideas"]
    assert "scientist.run.ideas" in typed("config")[1]


@pytest.mark.parametrize(
    ("text", "arguments", "told"),
    [
        ("[bench]\ndraw = 3\n", ("bench", "-d", "sample"), "unknown key of [bench] 'draw'; did you mean draws"),
        ("[bench]\ndraw = 3\n", ("config",), "unknown key of [bench] 'draw'; did you mean draws"),
        ("[bensch]\ndraws = 3\n", ("data", "list"), "unknown table 'bensch'; did you mean bench?"),
        ("[all]\nbudgets = 3\n", ("data", "list"), "unknown key of [all] 'budgets'; did you mean budget?"),
        ("[folders]\ndate = 'x'\n", ("data", "list"), "unknown key of [folders] 'date'; did you mean data?"),
        ("[folders]\ndata = 3\n", ("data", "list"), "[folders] data: takes the path of a folder, as text"),
        ("[scientist.runs]\nideas = 3\n", ("scientist", "page", "x"), "unknown table of [scientist] 'runs'"),
        ("bench = 3\n", ("bench", "-d", "sample"), "bench is a table, as in [bench]"),
        ("[bench]\ndraws = 3\n", ("bench", "-d", "sample"), "Invalid value for '--draws': 3 is not in the range"),
        ("[bench]\naudit = 'no'\n", ("bench", "-d", "sample"), "audit: takes true or false"),
        ("[bench]\ndraws = true\n", ("bench", "-d", "sample"), "draws: takes text or a number"),
        ("[bench]\ndraws = [1, 2]\n", ("bench", "-d", "sample"), "draws: takes one value"),
        ("[bench\n", ("data", "list"), "not TOML"),
        ("[bench]\nreviewer = 'floor:lenght'\n", ("-q", "bench", "-d", "sample"), "unknown floor 'lenght'"),
        ("[all]\nreviewer = 'replay:no.csv'\n", ("-q", "bench", "-d", "sample"), "no.csv"),
        ("[all]\ndataset = 'smaple'\n", ("-q", "stress", "-r", "floor:random"), "unknown dataset 'smaple'"),
        (
            "[all]\nreviewer = ['a:b', 'floor:random']\n",
            ("review", "x.md"),
            "'--reviewer': takes one; the file lists 2",
        ),
        ("[review]\nreviewer = 2026-01-01\n", ("review", "x.md"), "reviewer: takes one value"),
        ("[review]\nreviewer = ['floor:random']\n", ("review", "x.md"), "takes one; the file lists 1 (floor:random)"),
    ],
)
def test_what_is_wrong_is_told_in_one_line_that_names_the_file(
    typed: Call, write: Write, text: str, arguments: tuple[str, ...], told: str
) -> None:
    path = write(text)
    code, out, err = typed(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"peerassay: {path}: ")
    assert told in err
    assert err.count("\n") == 1


def test_what_is_typed_is_told_without_the_file(typed: Call, write: Write) -> None:
    write("[all]\nreviewer = ['floor:lenght', 'floor:random']\ndataset = 'sample'\n")
    assert typed("-q", "bench", "-r", "floor:heder")[2].startswith("peerassay: unknown floor 'heder'")
    Path("paper.md").write_text("We count. " * 300)
    assert typed("-q", "review", "paper.md", "-r", "floor:length")[0] == 0


def test_reviewers_of_all_commands_are_no_names_of_a_run(typed: Call, write: Write) -> None:
    write("[all]\nreviewer = 'floor:random'\n")
    rows = json.loads(typed("config", "leaderboard", "add", "--json")[1])["settings"]
    assert next(row["from"] for row in rows if row["name"] == "reviewer") == "default"


def test_a_file_that_is_named_must_be_there(typed: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEERASSAY_CONFIG", "nowhere.toml")
    code, _, err = typed("data", "list")
    assert (code, "nowhere.toml: No such file" in err) == (2, True)
    assert typed("config", "bensh")[0] == 2
