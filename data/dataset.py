"""A dataset: papers, human judgements and a card, with a hash that pins their content."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from .errors import InputError
from .files import Record, make_folder, read_jsonl, read_validated, validated, write_json, write_lines
from .records import TIERS, DatasetCard, Judgement, Paper


@dataclass(frozen=True)
class Dataset:
    """Papers and judgements in the same order, of the same ids."""

    card: DatasetCard
    papers: tuple[Paper, ...]
    judgements: tuple[Judgement, ...]

    def __len__(self) -> int:
        return len(self.papers)

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
        return replace(
            self, papers=tuple(self.papers[i] for i in chosen), judgements=tuple(self.judgements[i] for i in chosen)
        )

    def only(self, ids: Container[str]) -> Dataset:
        """The papers with one of these ids. Raises InputError where there is none."""
        kept = [i for i, paper in enumerate(self.papers) if paper.id in ids]
        if not kept:
            raise InputError(f"dataset {self.card.name} has none of the papers that were chosen")
        return replace(
            self, papers=tuple(self.papers[i] for i in kept), judgements=tuple(self.judgements[i] for i in kept)
        )

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
            return hashlib.sha256(self.papers[i].id.encode()).hexdigest()

        accepted = sorted((i for i in indices if self.judgements[i].accepted), key=order)
        rejected = sorted((i for i in indices if not self.judgements[i].accepted), key=order)
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
    papers = sorted(papers, key=lambda p: p.id)
    judgements = sorted(judgements, key=lambda j: j.paper_id)
    _refuse_duplicates(card.name, (j.paper_id for j in judgements))
    unmatched = {p.id for p in papers} ^ {j.paper_id for j in judgements}
    if unmatched:
        raise InputError(f"dataset {card.name}: {len(unmatched)} ids lack a text or a decision, e.g. {min(unmatched)}")
    _check_papers(card, papers)
    tiers = Counter(j.tier for j in judgements)
    card = card.model_copy(
        update={
            "papers": len(papers),
            "accepted": sum(j.accepted for j in judgements),
            "splits": dict(sorted(Counter(j.split for j in judgements).items())),
            "tiers": {t: tiers[t] for t in TIERS if tiers[t]},
            "scale": card.scale or tuple(sorted({r for j in judgements for r in j.ratings})),
            "hash": content_hash(papers, judgements),
        }
    )
    return Dataset(card, tuple(papers), tuple(judgements))


def build_undecided(card: DatasetCard, papers: Iterable[Paper]) -> Dataset:
    """Papers that nobody has decided on, without judgements, sorted by id; the card's counts and hash are filled.

    Raises InputError as `build`.
    """
    papers = sorted(papers, key=lambda p: p.id)
    _check_papers(card, papers)
    counts = {"labels": "undecided", "papers": len(papers), "accepted": 0, "splits": {}, "tiers": {}}
    return Dataset(card.model_copy(update={**counts, "hash": content_hash(papers, ())}), tuple(papers), ())


def _check_papers(card: DatasetCard, papers: list[Paper]) -> None:
    """Raises InputError for duplicate ids, an empty text, or no paper at all."""
    _refuse_duplicates(card.name, (p.id for p in papers))
    if not papers:
        raise InputError(f"dataset {card.name}: no papers found")
    empty = [p.id for p in papers if card.has_texts and not p.text.strip()]
    if empty:
        raise InputError(f"dataset {card.name}: {len(empty)} papers have an empty text, e.g. {empty[0]}")


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
    for record in (*papers, *judgements):
        digest.update(record.model_dump_json().encode() + b"\n")
    return digest.hexdigest()


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
    return _fitting(folder, card, build(card, _papers(folder), _read_records(folder / "judgements.jsonl", Judgement)))


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


def _papers(folder: Path) -> list[Paper]:
    return _read_records(folder / "papers.jsonl", Paper)


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


def _read_records(path: Path, kind: type[Record]) -> list[Record]:
    return [validated(kind, value, f"{path}:{number}") for number, value in read_jsonl(path)]
