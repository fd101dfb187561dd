"""Bytes that are written once and read in parts, and tables that are larger than memory."""

from __future__ import annotations

import errno
import os
import pickle
import tempfile
import tracemalloc
from pathlib import Path

import pytest
from peerassay.data import spool
from peerassay.data.errors import InputError, NotRecorded
from peerassay.data.importers.delimited import _Records
from peerassay.data.importers.rows import read_rows
from peerassay.data.lines import Lines
from peerassay.data.records import Judgement
from peerassay.data.spool import KeptRows, Spool


@pytest.mark.parametrize("limit", [0, 7, 1000])
def test_what_is_appended_comes_back_from_memory_and_from_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    monkeypatch.setattr(spool, "IN_MEMORY", limit)
    kept, parts = Spool(tmp_path), [b"one", b"", b"three", b"f" * 20, b"5"]
    starts = [kept.append(part) for part in parts]
    assert [kept.read(start, len(part)) for start, part in zip(starts, parts, strict=True)] == parts
    assert len(kept) == sum(map(len, parts))
    copied = pickle.loads(pickle.dumps(kept))
    assert copied.read(0, len(kept)) == b"".join(parts)
    assert not [*tmp_path.iterdir()]


def test_a_full_disk_is_told_and_what_was_kept_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "IN_MEMORY", 4)
    kept = Spool(tmp_path)
    kept.append(b"abcd")
    start = kept.append(b"efgh")
    with monkeypatch.context() as full:
        full.setattr(os, "pwrite", lambda *_: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space left on device")))
        with pytest.raises(NotRecorded, match=r"cannot be written \(No space left on device\); mend that"):
            kept.append(b"ijkl")
    assert (kept.read(0, 4), kept.read(start, 4), len(kept)) == (b"abcd", b"efgh", 8)
    assert kept.read(kept.append(b"ij"), 2) == b"ij"


def test_a_folder_for_temporary_files_that_cannot_be_used_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "IN_MEMORY", 4)
    for folder in (None, Path("/nowhere")):
        kept = Spool(folder)
        kept.append(b"abcd")
        monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
        with pytest.raises(NotRecorded, match=r"(TMPDIR|/nowhere).*No such file"):
            kept.append(b"efgh")
        assert kept.read(kept.append(b""), 0) == b"" and kept.read(0, 4) == b"abcd"


def test_rows_come_back_as_they_were() -> None:
    given = [{"id": "é\ud83d", "score": float("inf"), "deep": {"a": [1, None, 2**70]}}, {}, {"id": ""}]
    rows = KeptRows(given)
    assert [*rows] == given == rows[:]
    assert (rows[-1], rows[1:], len(rows)) == (given[2], given[1:], 3)
    with pytest.raises(IndexError):
        rows[3]
    assert not KeptRows([])


def test_lines_of_a_file_take_no_more(tmp_path: Path) -> None:
    one = Judgement(paper_id="a", decision="accept")
    (tmp_path / "judgements.jsonl").write_text(one.model_dump_json())
    with pytest.raises(TypeError, match="take no more records"):
        Lines.read(Judgement, tmp_path / "judgements.jsonl", lambda j: j.paper_id).append(one, "b")


def test_a_table_is_read_row_by_row(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("\n\nid,score\n" + "".join(f"paper{n},{n}\n" for n in range(40_000)))
    tracemalloc.start()
    count = sum(1 for _ in read_rows(tmp_path / "s.csv"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 40_000 and peak < 500_000


def test_a_table_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text("id,score,human\n" + "".join(f"p{n},9,3\n" for n in range(40_000)))
    rows = read_rows(path)
    assert next(rows) == {"id": "p0", "score": "9", "human": "3"}
    with path.open("rb+") as stream:
        stream.truncate(stream.read(200_000).rindex(b"\n") + 1)
    with pytest.raises(InputError, match=r"s\.csv: was changed while it was being read; start again"):
        list(rows)
    path.write_text("id,score,human\na,9,3\n")
    records = _Records(path, tabs=False)
    assert [row for _, row in records][1] == ["a", "9", "3"]
    other = tmp_path / "other.csv"
    other.write_text("id,human,score\na,9,3\n")
    other.replace(path)
    with pytest.raises(InputError, match="was changed"):
        list(records)


@pytest.mark.parametrize(
    ("content", "line"),
    [(b"\n\nid,score\na,1\nb\n", 5), (b"\r\nsep=;\r\nid;score\r\na;1;2\r\n", 4), (b"id,score\na,1\nb,\xff\n", 3)],
)
def test_the_line_that_is_wrong_is_named(tmp_path: Path, content: bytes, line: int) -> None:
    (tmp_path / "s.csv").write_bytes(content)
    with pytest.raises(InputError, match=rf"s\.csv:{line}: "):
        list(read_rows(tmp_path / "s.csv"))


def test_a_table_of_an_old_mac(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_bytes(b"id,score\ra,1\rb;c,2\r")
    assert list(read_rows(tmp_path / "s.csv")) == [{"id": "a", "score": "1"}, {"id": "b;c", "score": "2"}]
