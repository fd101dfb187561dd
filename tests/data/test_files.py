"""Files: one clear line for a wrong one, whole files or none."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from peerassay.data import files
from peerassay.data.errors import InputError
from peerassay.data.files import make_folder, read_json, read_jsonl, read_text, write_atomic, write_json, write_lines


def test_byte_order_mark_is_dropped_and_line_ends_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(b"\xef\xbb\xbfone\r\ntwo\xc3\xa9")
    assert read_text(file) == "one\r\ntwoé"


def test_another_encoding_names_file_and_byte(tmp_path: Path) -> None:
    file = tmp_path / "latin.txt"
    file.write_bytes("naïve".encode("latin-1"))
    with pytest.raises(InputError, match=r"latin\.txt:1: not UTF-8 \(byte 2\)"):
        read_text(file)


@pytest.mark.parametrize("name", ["missing.txt", "."])
def test_what_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=f"{tmp_path.name}.*cannot be read"):
        read_text(tmp_path / name)


def test_write_makes_folders_replaces_and_leaves_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "er" / "a.txt"
    write_atomic(file, "old")
    write_atomic(file, "nëw".encode())
    assert file.read_bytes() == "nëw".encode()
    assert [p.name for p in file.parent.iterdir()] == ["a.txt"]
    assert file.stat().st_mode & 0o777 == 0o644


def test_a_failed_write_keeps_the_old_file(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    write_json(file, {"x": 1})
    with pytest.raises(ValueError):
        write_json(file, {"x": float("nan")})
    assert read_json(file) == {"x": 1}


def test_a_folder_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="the folder cannot be made"):
        write_atomic(tmp_path / "file" / "a.txt", "text")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_refused(tmp_path: Path) -> None:
    locked = make_folder(tmp_path / "locked")
    locked.chmod(0o500)
    with pytest.raises(InputError, match="not writable"):
        write_atomic(locked / "a.txt", "text")


def test_json_lines_number_lines_and_skip_empty_ones(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text('{"a": 1}\n\n   \r\n{"a": "x\u2028y"}', encoding="utf-8")
    assert list(read_jsonl(file)) == [(1, {"a": 1}), (4, {"a": "x\u2028y"})]


def test_a_torn_last_line_is_passed_over_where_that_is_allowed(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text('{"a": 1}\n{"a": ')
    assert list(read_jsonl(file, torn_tail=True)) == [(1, {"a": 1})]
    with pytest.raises(InputError, match=r"a\.jsonl:2: not JSON"):
        list(read_jsonl(file))


@pytest.mark.parametrize(
    ("line", "message"), [("{oops", "a.jsonl:2: not JSON"), ("[1, 2]", "a.jsonl:2: expected a JSON object, found list")]
)
def test_a_wrong_json_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    file = tmp_path / "a.jsonl"
    write_lines(file, ['{"a": 1}', line])
    with pytest.raises(InputError, match=message):
        list(read_jsonl(file))


def test_json_must_be_an_object(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text(json.dumps([1]))
    with pytest.raises(InputError, match=r"a\.json: expected a JSON object, found list"):
        read_json(file)
    file.write_text('{"a": 1,\n"b": }')
    with pytest.raises(InputError, match=r"a\.json:2: not JSON"):
        read_json(file)


def test_lines_round_trip(tmp_path: Path) -> None:
    write_lines(tmp_path / "a.txt", ["one", "twö"])
    assert (tmp_path / "a.txt").read_bytes() == "one\ntwö\n".encode()
    write_lines(tmp_path / "none.txt", [])
    assert (tmp_path / "none.txt").read_bytes() == b""


def test_a_device_is_written_to_and_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "DEVICES", tmp_path.resolve())
    os.mkfifo(pipe := tmp_path / "pipe")
    with os.fdopen(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK), "rb") as reader:
        write_atomic(pipe, "one\n")
        assert reader.read() == b"one\n"
    assert pipe.is_fifo()
    with pytest.raises(InputError, match="absent: cannot be written"):
        write_atomic(tmp_path / "absent", "one\n")
