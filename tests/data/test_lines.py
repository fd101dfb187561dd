"""Records that are made from their lines when they are looked at."""

from __future__ import annotations

import copy
import os
import pickle
from pathlib import Path

import pytest
from peerassay.data.dataset import build, judgement_lines, load, save
from peerassay.data.errors import InputError
from peerassay.data.lines import Lines, at
from peerassay.data.parallel import in_processes
from peerassay.data.records import DatasetCard, Judgement, Paper


def judged(*ids: str) -> list[Judgement]:
    return [Judgement(paper_id=i, decision="accept", ratings=(n, 5.5), group="é “g”") for n, i in enumerate(ids)]


def test_records_in_memory_are_as_they_were() -> None:
    records = judged("b", "a", "c")
    lines = judgement_lines(records)
    assert list(lines) == records and lines == records and records == [*lines]
    assert (lines[1], lines[-1], len(lines), lines.names) == (records[1], records[2], 3, ["b", "a", "c"])
    assert lines[1:] == records[1:] and lines[1:].names == ["a", "c"]
    assert at(lines, [2, 0]) == [records[2], records[0]] and at(records, [2, 0]) == (records[2], records[0])
    assert lines != records[:2] and lines != judged("b", "a", "d")
    with pytest.raises(IndexError):
        lines[3]


def test_records_of_a_file_are_read_in_order_of_their_ids_and_stay_there(tmp_path: Path) -> None:
    path, records = tmp_path / "judgements.jsonl", judged("b", "a", "c")
    path.write_bytes(b"\xef\xbb\xbf" + "\n\n".join(one.model_dump_json() for one in records).encode())
    lines = Lines.read(Judgement, path, lambda judgement: judgement.paper_id)
    assert list(lines) == sorted(records, key=lambda one: one.paper_id)
    path.rename(tmp_path / "elsewhere")
    path.write_text("what takes its place")
    assert lines[0] == records[1]
    with (tmp_path / "elsewhere").open("r+") as stream:
        stream.write("x")
    os.utime(tmp_path / "elsewhere", (1, 1))
    with pytest.raises(InputError, match=r"judgements\.jsonl: was changed while it was being read; start again"):
        lines[0]


def test_records_of_a_file_go_to_other_processes(tmp_path: Path) -> None:
    many = [Paper(id=f"p{n:03}", text=f"Text {n}.") for n in range(12)]
    save(build(DatasetCard(name="toy"), many, judged(*(paper.id for paper in many))), tmp_path)
    assert in_processes(len_of_text, load(tmp_path).papers, fewest=2) == [len(paper.text) for paper in many]


def len_of_text(paper: Paper) -> int:
    return len(paper.text)


def test_records_that_come_in_another_order_are_put_in_order(tmp_path: Path) -> None:
    whole = build(DatasetCard(name="toy"), [Paper(id=i, text=i) for i in "abc"], judged(*"abc"))
    save(whole, tmp_path)
    there = load(tmp_path)
    again = build(there.card, there.papers[::-1], there.judgements[::-1])
    assert (again.card.hash, [*again.ids], again.judgements.names) == (whole.card.hash, [*"abc"], [*"abc"])


def test_copies_read_a_file_of_their_own(tmp_path: Path) -> None:
    save(
        build(DatasetCard(name="toy"), [Paper(id="a", text="One."), Paper(id="b", text="Two.")], judged(*"ab")),
        tmp_path,
    )
    there = load(tmp_path)
    written, copied = pickle.dumps(there), copy.deepcopy(there)
    assert pickle.loads(written) == copied == there
    del there
    assert [paper.text for paper in copied.papers] == ["One.", "Two."]
    (tmp_path / "papers.jsonl").write_text("")
    with pytest.raises(InputError, match=r"papers\.jsonl: was changed"):
        pickle.loads(written)


def test_a_line_that_is_no_record_is_named_when_the_file_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "judgements.jsonl"
    path.write_text(judged("a")[0].model_dump_json() + '\n{"paper_id": "b", "decision": "perhaps"}\n')
    with pytest.raises(InputError, match=r"judgements\.jsonl:2: field decision: "):
        Lines.read(Judgement, path, lambda judgement: judgement.paper_id)


def test_a_saved_dataset_tells_its_ids_without_its_texts_and_is_saved_over_itself(tmp_path: Path) -> None:
    papers = [Paper(id=i, text=f"The text of {i}.") for i in "cab"]
    whole = build(DatasetCard(name="toy"), papers, judged(*"abc"))
    save(whole, tmp_path)
    there = load(tmp_path)
    assert isinstance(there.papers, Lines) and [*there.ids] == ["a", "b", "c"]
    assert (there.papers, there.judgements, there.card) == (whole.papers, whole.judgements, whole.card)
    some = there.only({"c", "a"})
    assert [*some.ids] == ["a", "c"] and [paper.text for paper in some.papers] == ["The text of a.", "The text of c."]
    save(build(there.card.model_copy(update={"title": "Again"}), there.papers, there.judgements), tmp_path)
    assert load(tmp_path).card.hash == whole.card.hash
