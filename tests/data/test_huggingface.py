"""Importing Hugging Face datasets through the real library; every row is invented."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

datasets = pytest.importorskip("datasets", reason="needs the extra peerassay[hf]")

from peerassay.data.errors import InputError  # noqa: E402
from peerassay.data.hub.write import export_dataset  # noqa: E402
from peerassay.data.importers.huggingface import import_huggingface  # noqa: E402
from peerassay.data.importing import import_dataset  # noqa: E402
from peerassay.data.registry import load_dataset  # noqa: E402

ROWS: dict[str, list[Any]] = {
    "paper_id": ["x1", "x2", "x3", "x4"],
    "decision": ["Accept (oral)", "Reject", "Withdrawn", "Accept (poster)"],
    "title": ["One", "Two", "Three", "Four"],
    "text": ["First text", "Second text", "Third text", "Fourth text"],
    "ratings": [[8.0, 6.0], [3.0], [], [6.0, 6.0, 5.0]],
    "year": [2024, 2024, 2024, 2024],
}
COMMIT = "c0ffee" + "0" * 34


@pytest.fixture(autouse=True)
def _quiet() -> None:
    datasets.disable_progress_bars()


def table(**changes: list[Any]) -> Any:
    return datasets.Dataset.from_dict({**ROWS, **changes})


def write(kind: str, folder: Path) -> Path:
    path = folder / f"papers.{kind}"
    if kind == "saved":
        table().save_to_disk(path)
    elif kind == "dict":
        datasets.DatasetDict({"train": table()}).save_to_disk(path)
    elif kind == "folder":
        path.mkdir()
        table().to_parquet(path / "train.parquet")
    elif kind == "parquet":
        table().to_parquet(path)
    elif kind == "jsonl":
        table().to_json(path)
    elif kind == "json":
        path.write_text(json.dumps(table().to_list()))
    elif kind == "arrow":
        table().save_to_disk(folder / "parts")
        next((folder / "parts").glob("*.arrow")).rename(path)
    else:
        joined = [";".join(map(str, ratings)) for ratings in ROWS["ratings"]]
        table(ratings=joined).to_csv(path, sep="\t" if kind == "tsv" else ",")
    return path


@pytest.mark.parametrize("kind", ["parquet", "json", "jsonl", "csv", "tsv", "arrow", "saved", "dict", "folder"])
def test_every_kind_of_file_gives_the_same_dataset(kind: str, tmp_path: Path) -> None:
    dataset = import_huggingface("made", write(kind, tmp_path))
    assert [p.id for p in dataset.papers] == ["x1", "x2", "x4"]
    assert [p.text for p in dataset.papers] == ["First text", "Second text", "Fourth text"]
    assert [j.tier for j in dataset.judgements] == ["oral", "reject", "poster"]
    assert [j.ratings for j in dataset.judgements] == [(8, 6), (3,), (6, 6, 5)]
    assert dataset.card.excluded == {"no accept or reject (Withdrawn)": 1}
    assert dataset.papers[0].year == 2024


def test_the_revision_pins_the_content(tmp_path: Path) -> None:
    path = tmp_path / "papers.parquet"
    table().to_parquet(path)
    first = import_huggingface("made", path).card.revision
    assert first.startswith("sha256:")
    assert import_huggingface("made", path).card.revision == first
    table(title=["One", "Two", "Three", "Other"]).to_parquet(path)
    assert import_huggingface("made", path).card.revision != first


def test_columns_are_mapped_and_unknown_ones_named(tmp_path: Path) -> None:
    path = tmp_path / "papers.parquet"
    table().rename_columns({"decision": "result", "text": "words"}).to_parquet(path)
    dataset = import_huggingface("made", path, columns={"decision": "result", "text": "words"})
    assert dataset.card.accepted == 2
    with pytest.raises(InputError, match="resul"):
        import_huggingface("made", path, columns={"decision": "resul"})
    with pytest.raises(InputError, match="decision"):
        import_huggingface("made", path)


def test_labels_are_read_by_their_names_and_not_by_their_numbers(tmp_path: Path) -> None:
    labels = table(decision=[0, 1, None, 0]).cast_column("decision", datasets.ClassLabel(names=["Accept", "Reject"]))
    labels.save_to_disk(tmp_path / "saved")
    dataset = import_huggingface("made", tmp_path / "saved")
    assert {j.paper_id: j.decision for j in dataset.judgements} == {"x1": "accept", "x2": "reject", "x4": "accept"}
    assert sum(dataset.card.excluded.values()) == 1


def test_several_splits_need_a_choice(tmp_path: Path) -> None:
    other = table(paper_id=["y1", "y2", "y3", "y4"])
    datasets.DatasetDict({"train": table(), "test": other}).save_to_disk(tmp_path / "saved")
    with pytest.raises(InputError, match="choose with --hf-split train,test, or --hf-split all"):
        import_huggingface("made", tmp_path / "saved")
    assert import_huggingface("made", tmp_path / "saved", split="test").papers[0].id == "y1"
    with pytest.raises(InputError, match="did you mean test"):
        import_huggingface("made", tmp_path / "saved", split="tests")
    for wanted in ("all", "train,test", ("train", "test")):
        both = import_huggingface("made", tmp_path / "saved", split=wanted)
        assert {j.paper_id: j.split for j in both.judgements if j.paper_id in ("x1", "y1")} == {
            "x1": "calibration",
            "y1": "test",
        }


CLASSES = {"accept": ["x1", "x4"], "reject": ["x2", "x3"]}


@pytest.mark.parametrize("kind", ["saved", "flat", "sharded", "jsonl"])
def test_splits_that_are_the_classes(tmp_path: Path, kind: str) -> None:
    whole = table().remove_columns("decision")
    parts = {name: whole.filter(lambda row, ids=ids: row["paper_id"] in ids) for name, ids in CLASSES.items()}
    path = tmp_path / "made"
    if kind == "saved":
        datasets.DatasetDict(parts).save_to_disk(path)
    else:
        path.mkdir()
    for name, part in parts.items():
        if kind == "flat":
            part.to_parquet(path / f"{name}.parquet")
        elif kind == "sharded":
            part.to_parquet(path / f"{name}-00000-of-00001.parquet")
        elif kind == "jsonl":
            part.to_json(path / f"{name}ed.jsonl")
    dataset = import_huggingface("made", path)
    assert {j.paper_id: j.decision for j in dataset.judgements} == {
        "x1": "accept",
        "x4": "accept",
        "x2": "reject",
        "x3": "reject",
    }


def test_a_decision_of_the_row_goes_before_the_split(tmp_path: Path) -> None:
    accepted = table(decision=["Accept (oral)", "Accept (poster)", "Withdrawn", "Accept (poster)"])
    refused = table(paper_id=["y1", "y2", "y3", "y4"], decision=["Reject"] * 4)
    datasets.DatasetDict({"accept": accepted, "reject": refused}).save_to_disk(tmp_path / "saved")
    dataset = import_huggingface("made", tmp_path / "saved")
    assert [j.tier for j in dataset.judgements][:2] == ["oral", "poster"]
    assert dataset.card.excluded == {"no accept or reject (Withdrawn)": 1}
    datasets.DatasetDict({"reject": accepted, "accept": refused}).save_to_disk(tmp_path / "swapped")
    with pytest.raises(InputError, match=r"reject: row 1: stands under 'reject' and says 'Accept \(oral\)'"):
        import_huggingface("made", tmp_path / "swapped")


def test_nested_reviews_nulls_and_float_years(tmp_path: Path) -> None:
    reviews = [
        [{"rating": "6: weak accept", "confidence": 3, "text": "Good."}],
        [],
        None,
        [{"rating": "8", "confidence": 4, "text": ""}],
    ]
    nested = table(abstract=["One.", None, None, "Four."], year=[2024.0, None, None, 2024.0]).remove_columns(
        ["ratings"]
    )
    nested.add_column("reviews", reviews).to_parquet(tmp_path / "papers.parquet")
    dataset = import_huggingface("made", tmp_path / "papers.parquet")
    assert [(j.ratings, j.confidences) for j in dataset.judgements] == [((6,), (3,)), ((), ()), ((8,), (4,))]
    assert [(p.abstract, p.year) for p in dataset.papers] == [("One.", 2024), ("", None), ("Four.", 2024)]
    assert "Read by common names: ratings from reviews, confidences from reviews." in dataset.card.notes


def test_shared_cases(shared_cases: Path) -> None:
    for path in sorted((shared_cases / "17-hf").iterdir()):
        dataset = import_huggingface("made", path)
        assert (len(dataset), dataset.card.accepted) == (8, 4), path.name
        assert not any(mark in paper.text + paper.title for paper in dataset.papers for mark in ("{'", "None", "nan"))


def test_a_wrong_source_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "papers.parquet").write_bytes(b"no parquet")
    (tmp_path / "papers.xlsx").write_bytes(b"")
    (tmp_path / "empty").mkdir()
    for name, words in (
        ("papers.parquet", "cannot be read"),
        ("papers.xlsx", "expected a folder or a file"),
        ("empty", "cannot be read"),
        ("absent.json", "no such file"),
    ):
        with pytest.raises(InputError, match=words) as caught:
            import_huggingface("made", tmp_path / name)
        assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match="for the hub write hf:owner/name"):
        import_huggingface("made", "owner/name")


def test_a_missing_library_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(InputError, match=r"pip install 'peerassay\[hf\]'"):
        import_huggingface("made", tmp_path)


class Hub(BaseHTTPRequestHandler):
    """As much of the hub as serves two datasets at one commit: peer/made, and peer/ours, which we exported."""

    protocol_version = "HTTP/1.1"
    rows = b"paper_id,decision,title,abstract\nx1,Accept (oral),One,An abstract\nx2,Reject,Two,Another\n"

    ours = Path()
    """The folder of peer/ours."""

    def files(self, repository: str) -> dict[str, bytes]:
        if repository == "peer/made":
            return {"train.csv": self.rows}
        there = [path for path in self.ours.rglob("*") if path.is_file()] if repository == "peer/ours" else []
        return {path.relative_to(self.ours).as_posix(): path.read_bytes() for path in there}

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = self.path.split("?")[0]
        repository = "/".join(path.removeprefix("/api").split("/")[2:4])
        files = self.files(repository)
        at_commit, resolve = f"/api/datasets/{repository}", f"/datasets/{repository}/resolve/{COMMIT}/"
        if files and path in (at_commit, f"{at_commit}/revision/main", f"{at_commit}/revision/{COMMIT}"):
            siblings = [{"rfilename": name} for name in files]
            self.send({"id": repository, "sha": COMMIT, "siblings": siblings, "private": False})
        elif files and path.startswith(f"{at_commit}/revision/"):
            self.send(b"", 404, {"X-Error-Code": "RevisionNotFound"})
        elif files and path.startswith((f"{at_commit}/tree/{COMMIT}", f"{at_commit}/paths-info/{COMMIT}")):
            self.send([{"type": "file", "oid": "b" * 40, "size": len(c), "path": name} for name, c in files.items()])
        elif path.startswith(resolve) and (content := files.get(path.removeprefix(resolve))):
            etag = hashlib.sha1(content).hexdigest()
            self.send(content, 200, {"ETag": f'"{etag}"', "X-Repo-Commit": COMMIT})
        else:
            self.send(b"", 404, {"X-Error-Code": "EntryNotFound" if "/resolve/" in path else "RepoNotFound"})

    do_HEAD = do_POST = do_GET  # noqa: N815

    def send(self, answer: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


HUB_SCRIPT = """
import sys
from peerassay.data.errors import InputError
from peerassay.data.importers.huggingface import import_huggingface
for ref, revision in (("hf:peer/made", None), ("hf:peer/made", "v9"), ("hf:peer/none", None), ("hf:a/b/c", None)):
    try:
        dataset = import_huggingface("made", ref, revision=revision)
        print(len(dataset), dataset.card.accepted, dataset.card.revision)
    except InputError as error:
        print(error)
from peerassay.data.importers.recipe_pull import pull_recipe
from peerassay.data.importers.recipes import Get, recipe_of
recipe = recipe_of("hyperagents").model_copy(update={"get": Get(hub="peer/made", patterns=("*.csv",))})
columns = {"paper_id": "paper_id", "decision": "decision", "text": "abstract"}
try:
    dataset = pull_recipe(recipe, None, columns=columns)
    print(len(dataset), dataset.card.accepted, dataset.card.revision)
except InputError as error:
    print(error)
from peerassay.data.importing import import_dataset
for ref in ("hf:peer/ours", "hf:peer/made"):
    try:
        print(import_dataset("ours", ref, save=False).card.hash)
    except InputError as error:
        print(error)
import json
from click.testing import CliRunner
from peerassay.cli.data_pull import pull_command
for more in ((), (), ("--as", "got", "--map", "decision=verdict")):
    done = CliRunner().invoke(pull_command, ["hf:peer/made", "--json", *more])
    print(done.exception or json.loads(done.stdout)["name"])
"""


def in_a_process_with_hub(endpoint: str, home: Path) -> list[str]:
    environment = {**os.environ, "HF_ENDPOINT": endpoint, "HF_HOME": str(home), "HF_HUB_DISABLE_TELEMETRY": "1"}
    done = subprocess.run(
        [sys.executable, "-c", HUB_SCRIPT], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout.splitlines()


def test_a_dataset_on_the_hub_is_pinned_to_its_commit(tmp_path: Path) -> None:
    export_dataset(load_dataset("sample"), tmp_path / "ours")
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("BothHub", (Hub,), {"ours": tmp_path / "ours"}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        lines = in_a_process_with_hub(f"http://127.0.0.1:{server.server_address[1]}", tmp_path)
    finally:
        server.shutdown()
        server.server_close()
    assert lines[0] == f"2 1 {COMMIT}"
    assert lines[1] == "hf:peer/made: no revision 'v9' on the hub"
    assert lines[2].startswith("hf:peer/none: not on the hub, or private")
    assert lines[3].startswith("hf:a/b/c: expected hf:owner/name")
    assert lines[4] == f"2 1 {COMMIT}", "a recipe's files come from the hub at one commit"
    assert lines[5] == load_dataset("sample").card.hash, "what was exported and uploaded comes back as it was"
    (tmp_path / "made.csv").write_bytes(Hub.rows)
    assert lines[6] == import_dataset("ours", tmp_path / "made.csv", save=False).card.hash
    assert lines[7] == "made" and load_dataset("made").card.revision == COMMIT
    assert "made is there already" in lines[8] and "unknown column 'verdict'" in lines[9]


def test_without_a_connection_the_hub_is_one_clear_line(tmp_path: Path) -> None:
    lines = in_a_process_with_hub("http://127.0.0.1:9", tmp_path)
    assert [line for line in lines[:3] if "cannot be reached" in line and "downloaded copy" in line] == lines[:3]
