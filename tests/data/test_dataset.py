"""Joining papers and judgements, the hash, saving and loading, and subsets."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from peerassay.data.dataset import Dataset, build, content_hash, load, save
from peerassay.data.errors import InputError
from peerassay.data.records import DatasetCard, Judgement, Paper

CARD = DatasetCard(name="toy", notes=["ein Wörtchen"])


def papers(*ids: str) -> list[Paper]:
    return [Paper(id=i, title=f"On {i}", text=f"The text of {i}, with “quotes”.\u2028And more.\n") for i in ids]


def judgements(*ids: str) -> list[Judgement]:
    return [
        Judgement(paper_id=i, decision="accept" if n % 3 == 0 else "reject", ratings=(3, 5 + n))
        for n, i in enumerate(ids)
    ]


def toy(count: int = 6) -> Dataset:
    ids = [f"p{n}" for n in range(count)]
    return build(CARD, papers(*ids), judgements(*ids))


def test_round_trip_keeps_every_record_and_the_hash(tmp_path: Path) -> None:
    dataset = toy()
    save(dataset, tmp_path / "toy")
    again = load(tmp_path / "toy")
    assert again == dataset
    assert again.card.hash == content_hash(dataset.papers, dataset.judgements)
    assert len(again.card.hash) == 64


def test_the_card_counts() -> None:
    tiers = ("oral", "poster", "poster", "reject")
    found = [
        Judgement(
            paper_id=f"p{n}",
            decision="reject" if tier == "reject" else "accept",
            tier=tier,
            ratings=(8, 6),
            split="test" if n else "calibration",
        )
        for n, tier in enumerate(tiers)
    ]
    card = build(CARD, papers("p0", "p1", "p2", "p3"), found).card
    assert (card.papers, card.accepted, card.base_rate) == (4, 3, 0.75)
    assert card.splits == {"calibration": 1, "test": 3}
    assert list(card.tiers.items()) == [("reject", 1), ("poster", 2), ("oral", 1)]
    assert card.scale == (6, 8)


def test_order_of_the_source_does_not_matter_but_content_does() -> None:
    ids = ("a", "b", "c")
    straight = build(CARD, papers(*ids), judgements(*ids))
    shuffled = build(CARD, reversed(papers(*ids)), judgements(*ids)[::-1])
    assert shuffled == straight
    other = [papers("a")[0].model_copy(update={"title": "another"}), *papers("b", "c")]
    assert build(CARD, other, judgements(*ids)).card.hash != straight.card.hash
    flipped = [judgements("a")[0].model_copy(update={"decision": "reject"}), *judgements(*ids)[1:]]
    assert build(CARD, papers(*ids), flipped).card.hash != straight.card.hash


@pytest.mark.parametrize("name", ["papers.jsonl", "judgements.jsonl"])
def test_a_tampered_record_is_refused(tmp_path: Path, name: str) -> None:
    save(toy(), tmp_path)
    lines = (tmp_path / name).read_text(encoding="utf-8").split("\n")
    record = json.loads(lines[1])
    record.update({"text": "other"} if name == "papers.jsonl" else {"decision": "accept"})
    (tmp_path / name).write_text("\n".join([lines[0], json.dumps(record), *lines[2:]]), encoding="utf-8")
    with pytest.raises(InputError, match=r"do not fit the hash in card\.json"):
        load(tmp_path)


def test_a_lost_pair_of_records_is_refused(tmp_path: Path) -> None:
    save(toy(), tmp_path)
    for name in ("papers.jsonl", "judgements.jsonl"):
        lines = (tmp_path / name).read_text(encoding="utf-8").split("\n")
        (tmp_path / name).write_text("\n".join(lines[1:]), encoding="utf-8")
    with pytest.raises(InputError, match="do not fit the hash"):
        load(tmp_path)


def test_a_wrong_record_names_line_and_field(tmp_path: Path) -> None:
    save(toy(), tmp_path)
    with (tmp_path / "judgements.jsonl").open("a") as stream:
        stream.write('{"paper_id": "x", "decision": "maybe"}\n')
    with pytest.raises(InputError, match=r"judgements\.jsonl:7: field decision"):
        load(tmp_path)


def test_a_folder_without_a_card_or_records_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"card\.json: cannot be read"):
        load(tmp_path)
    save(toy(), tmp_path)
    (tmp_path / "papers.jsonl").unlink()
    with pytest.raises(InputError, match=r"papers\.jsonl: cannot be read"):
        load(tmp_path)


def test_duplicates_are_refused() -> None:
    with pytest.raises(InputError, match="toy: 1 ids stand more than once, e.g. a"):
        build(CARD, papers("a", "b", "a"), judgements("a", "b"))
    with pytest.raises(InputError, match="1 ids stand more than once, e.g. b"):
        build(CARD, papers("a", "b"), judgements("a", "b", "b"))


def test_ids_without_a_partner_are_refused() -> None:
    with pytest.raises(InputError, match="2 ids lack a text or a decision, e.g. b"):
        build(CARD, papers("a", "b"), judgements("a", "c"))


@pytest.mark.parametrize("text", ["", " \n\t\n"])
def test_an_empty_text_is_refused(text: str) -> None:
    found = [*papers("a"), Paper(id="b", text=text)]
    with pytest.raises(InputError, match="1 papers have an empty text, e.g. b"):
        build(CARD, found, judgements("a", "b"))


def test_an_empty_dataset_is_refused() -> None:
    with pytest.raises(InputError, match="toy: no papers found"):
        build(CARD, [], [])


def test_a_card_with_other_words_keeps_the_hash() -> None:
    renamed = toy().with_card(name="other")
    assert renamed.card.name == "other"
    assert renamed.card.hash == toy().card.hash
    assert renamed.papers == toy().papers


def test_subset_by_split() -> None:
    ids = [f"p{n}" for n in range(8)]
    split = [j.model_copy(update={"split": "calibration" if n < 3 else "test"}) for n, j in enumerate(judgements(*ids))]
    dataset = build(CARD, papers(*ids), split)
    assert [p.id for p in dataset.subset("calibration").papers] == ids[:3]
    test = dataset.subset("test")
    assert [p.id for p in test.papers] == [j.paper_id for j in test.judgements] == ids[3:]
    assert len(dataset.subset("all")) == 8
    with pytest.raises(InputError, match="toy has no papers in split 'calibration'"):
        toy().subset("calibration")


def of_classes(accepted: Sequence[bool]) -> Dataset:
    ids = [f"p{n:03}" for n in range(len(accepted))]
    found = [Judgement(paper_id=i, decision="accept" if a else "reject") for i, a in zip(ids, accepted, strict=True)]
    return build(CARD, papers(*ids), found)


@settings(max_examples=60)
@given(st.lists(st.booleans(), min_size=2, max_size=40))
def test_limits_are_stratified_and_nested(accepted: list[bool]) -> None:
    dataset = of_classes(accepted)
    smaller: set[str] = set()
    for limit in range(1, len(accepted) + 3):
        part = dataset.subset(limit=limit)
        ids = {p.id for p in part.papers}
        assert len(part) == min(limit, len(accepted))
        assert [p.id for p in part.papers] == [j.paper_id for j in part.judgements]
        assert smaller <= ids
        smaller = ids
        kept = sum(j.accepted for j in part.judgements)
        assert abs(kept - len(part) * sum(accepted) / len(accepted)) <= 1
        if limit >= 2 and len(set(accepted)) == 2:
            assert 0 < kept < len(part)


def test_a_limit_is_not_just_the_first_papers() -> None:
    accepted = [n % 4 == 0 for n in range(200)]
    random.Random(0).shuffle(accepted)
    part = of_classes(accepted).subset(limit=40)
    assert sum(j.accepted for j in part.judgements) == 10
    assert {p.id for p in part.papers} != {f"p{n:03}" for n in range(40)}
    assert max(p.id for p in part.papers) > "p150"
