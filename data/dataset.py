"""A dataset: papers, human judgements and a card, with a hash that pins their content."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from pathlib import Path

from .errors import InputError
from .files import make_folder, read_jsonl, read_validated, validated, write_json, write_lines
from .lines import Lines, at
from .records import TIERS, DatasetCard, Judgement, Paper


@dataclass(frozen=True)
class Dataset:
    """Papers and judgements in the same order, of the same ids.

    Judgements, and the papers of a saved dataset, are made anew whenever one is looked at, see `Lines`: go through them
    once where that is enough.
    """

    card: DatasetCard
    papers: Sequence[Paper]
    judgements: Sequence[Judgement]

    def __len__(self) -> int:
        return len(self.papers)

    @cached_property
    def ids(self) -> Sequence[str]:
        """The papers' ids, without reading any text."""
        return ids_of(self.papers)

    def subset(self, split: str = "all", limit: int | None = None) -> Dataset:
        """The papers of one split, `all` for every one.

        `limit` keeps both classes in proportion: it takes papers in order of a hash of their ids, class by class,
        so that a smaller limit gives a part of what a larger one gives.

        Raises InputError for a split that the dataset has not, and where nothing is decided.
        """
        require_decided(self.card)
        chosen = [i for i, j in enumerate(self.judgements) if split in ("all", j.split)]
        if not chosen:
            raise InputError(f"dataset {self.card.name} has no papers in split {split!r}; it has {self.card.splits}")
        if limit is not None and limit < len(chosen):
            chosen = self._stratified(chosen, limit)
        return self._at(chosen)

    def only(self, ids: Container[str]) -> Dataset:
        """The papers with one of these ids. Raises InputError where there is none."""
        kept = [i for i, paper in enumerate(self.ids) if paper in ids]
        if not kept:
            raise InputError(f"dataset {self.card.name} has none of the papers that were chosen")
        return self._at(kept)

    def _at(self, places: Sequence[int]) -> Dataset:
        if len(places) == len(self):
            return self
        return replace(self, papers=at(self.papers, places), judgements=at(self.judgements, places))

    def require_texts(self, reader: str) -> None:
        """Raises InputError where there are no texts, which `reader` ("an audit", say) would read."""
        if not self.card.has_texts:
            raise InputError(
                f"dataset {self.card.name} has no texts, and {reader} reads them; get them by {self.card.get_texts}"
            )

    def with_card(self, **changes: str) -> Dataset:
        """The same records under a card with other words; not for the counts or the hash, which follow from them."""
        return replace(self, card=self.card.model_copy(update=changes))

    def _stratified(self, indices: list[int], limit: int) -> list[int]:
        def order(i: int) -> str:
            return hashlib.sha256(self.ids[i].encode()).hexdigest()

        accepts = [judgement.accepted for judgement in self.judgements]
        accepted = sorted((i for i in indices if accepts[i]), key=order)
        rejected = sorted((i for i in indices if not accepts[i]), key=order)
        wanted = round(limit * len(accepted) / len(indices))
        if accepted and rejected and limit >= 2:
            wanted = min(max(wanted, 1), limit - 1)
        return sorted(accepted[:wanted] + rejected[: limit - wanted])


def build(card: DatasetCard, papers: Iterable[Paper], judgements: Iterable[Judgement]) -> Dataset:
    """Join papers and judgements by id and fill the card's counts and hash.

    Records are sorted by id, so that the same content gives the same hash whatever the order of the source.

    Raises InputError for duplicate ids, an empty text (unless the card says that there is none), ids without a partner,
    or an empty dataset.
    """
    papers, judgements = papers_in_order(papers), judgement_lines(judgements).in_order()
    _refuse_duplicates(card.name, judgements.names)
    unmatched = {*ids_of(papers)} ^ {*judgements.names}
    if unmatched:
        raise InputError(f"dataset {card.name}: {len(unmatched)} ids lack a text or a decision, e.g. {min(unmatched)}")
    digest = _checked_papers(card, papers)
    accepted, splits, tiers, ratings = 0, Counter[str](), Counter[str | None](), set[float]()
    for judgement in judgements:
        accepted += judgement.accepted
        splits[judgement.split] += 1
        tiers[judgement.tier] += 1
        ratings.update(judgement.ratings)
        _add(digest, judgement)
    card = card.model_copy(
        update={
            "papers": len(papers),
            "accepted": accepted,
            "splits": dict(sorted(splits.items())),
            "tiers": {t: tiers[t] for t in TIERS if tiers[t]},
            "scale": card.scale or tuple(sorted(ratings)),
            "hash": digest.hexdigest(),
        }
    )
    return Dataset(card, papers, judgements)


def ids_of(papers: Sequence[Paper]) -> Sequence[str]:
    """The papers' ids, without reading any text that is in a file."""
    return papers.names if isinstance(papers, Lines) else [paper.id for paper in papers]


def papers_in_order(papers: Iterable[Paper]) -> Sequence[Paper]:
    """The papers by id; those of a file stay there."""
    return papers.in_order() if isinstance(papers, Lines) else tuple(sorted(papers, key=lambda paper: paper.id))


def judgement_lines(judgements: Iterable[Judgement]) -> Lines[Judgement]:
    """The judgements in their order."""
    return Lines.of(Judgement, judgements, lambda judgement: judgement.paper_id)


def build_undecided(card: DatasetCard, papers: Iterable[Paper]) -> Dataset:
    """Papers that nobody has decided on, without judgements, sorted by id; the card's counts and hash are filled.

    Raises InputError as `build`.
    """
    papers = papers_in_order(papers)
    digest = _checked_papers(card, papers)
    counts = {"labels": "undecided", "papers": len(papers), "accepted": 0, "splits": {}, "tiers": {}}
    return Dataset(card.model_copy(update={**counts, "hash": digest.hexdigest()}), papers, ())


def _checked_papers(card: DatasetCard, papers: Sequence[Paper]) -> hashlib._Hash:
    """What their hash is so far. Raises InputError for duplicate ids, an empty text, or no paper at all."""
    _refuse_duplicates(card.name, ids_of(papers))
    if not papers:
        raise InputError(f"dataset {card.name}: no papers found")
    digest, empty = hashlib.sha256(), list[str]()
    for paper in papers:
        _add(digest, paper)
        if card.has_texts and not paper.text.strip():
            empty.append(paper.id)
    if empty:
        raise InputError(f"dataset {card.name}: {len(empty)} papers have an empty text, e.g. {empty[0]}")
    return digest


def sampled(dataset: Dataset, limit: int | None) -> Dataset:
    """The dataset of at most that many papers, both classes in proportion, as `Dataset.subset`, noted on its card."""
    if limit is None or limit >= len(dataset):
        return dataset
    note = f"A sample of {limit} of {len(dataset)} decided papers, both classes in proportion."
    part = dataset.subset(limit=limit)
    return build(part.card.model_copy(update={"notes": [*part.card.notes, note]}), part.papers, part.judgements)


def _refuse_duplicates(name: str, ids: Iterable[str]) -> None:
    repeated = [i for i, n in Counter(ids).items() if n > 1]
    if repeated:
        raise InputError(f"dataset {name}: {len(repeated)} ids stand more than once, e.g. {repeated[0]}")


def content_hash(papers: Iterable[Paper], judgements: Iterable[Judgement]) -> str:
    """SHA-256 (hex) over the JSON lines of the papers, then of the judgements, each in the order given."""
    digest = hashlib.sha256()
    for record in chain[Paper | Judgement](papers, judgements):
        _add(digest, record)
    return digest.hexdigest()


def _add(digest: hashlib._Hash, record: Paper | Judgement) -> None:
    digest.update(record.model_dump_json().encode() + b"\n")


def save(dataset: Dataset, folder: Path) -> None:
    """Write card.json, papers.jsonl and judgements.jsonl; the card last, so that a folder with a card is whole."""
    make_folder(folder)
    write_lines(folder / "papers.jsonl", (p.model_dump_json() for p in dataset.papers))
    write_lines(folder / "judgements.jsonl", (j.model_dump_json() for j in dataset.judgements))
    write_json(folder / "card.json", dataset.card.model_dump(mode="json"))


def load(folder: Path) -> Dataset:
    """Read what `save` wrote. Raises InputError where records are wrong or no longer fit the card's hash, and where
    nothing is decided.
    """
    card = read_card(folder)
    require_decided(card)
    papers, path = _papers(folder), folder / "judgements.jsonl"
    judgements = (validated(Judgement, value, f"{path}:{number}") for number, value in read_jsonl(path))
    return _fitting(folder, card, build(card, papers, judgement_lines(judgements)))


def load_undecided(folder: Path) -> Dataset:
    """The papers of a saved dataset without decisions. Raises InputError as `load`, and where they are decided."""
    card = read_card(folder)
    if card.labels != "undecided":
        raise InputError(f"dataset {card.name} is decided already; only papers without decisions are sealed")
    return _fitting(folder, card, build_undecided(card, _papers(folder)))


def _fitting(folder: Path, card: DatasetCard, dataset: Dataset) -> Dataset:
    if dataset.card.hash != card.hash:
        raise InputError(f"{folder}: the records do not fit the hash in card.json; import or pull the dataset again")
    return dataset


def _papers(folder: Path) -> Lines[Paper]:
    return Lines.read(Paper, folder / "papers.jsonl", lambda paper: paper.id)


def require_decided(card: DatasetCard) -> None:
    """Raises InputError where there are no decisions, which everything but a seal needs."""
    if card.labels == "undecided":
        raise InputError(
            f"dataset {card.name} is not decided yet: its papers can be reviewed and sealed (`peerassay bench --seal "
            f"-d {card.name} -r SPEC`), nothing else; import the decisions when they are out"
        )


def read_card(folder: Path) -> DatasetCard:
    """The card of a saved dataset. Raises InputError where it is missing or wrong."""
    return read_validated(DatasetCard, folder / "card.json")
