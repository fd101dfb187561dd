"""Reading a seal with what was kept of it, and refusing both where they are not what was sealed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ...data.errors import InputError, unknown_path
from ...data.files import read_validated
from .records import KeptReviewer, KeptSeal, Seal, SealedReviewer, SealedScore, bare, id_digest, scores_digest
from .run import KEPT, SEAL

HEX = re.compile(r"\b[0-9a-f]{64}\b", re.IGNORECASE)


@dataclass(frozen=True)
class Forecast:
    """A seal, and what was kept of it, which fits."""

    seal: Seal
    kept: KeptSeal
    folder: Path
    """Where the seal lies."""


def read_forecast(path: Path, private: Path | None = None) -> Forecast:
    """The seal in a file or in the folder of its run, with the private file beside it or elsewhere.

    Raises InputError where one is missing or is not what was sealed: then no score of it may be used.
    """
    path = path / SEAL if path.is_dir() else path
    if not path.is_file():
        raise unknown_path("seal", path, f"a {SEAL}, as `peerassay bench --seal` writes it")
    seal = read_seal(path)
    private = private or path.with_name(KEPT)
    if not private.is_file():
        raise InputError(f"{private}: not there, and without it no seal can be opened; name it with --private FILE")
    kept = read_validated(KeptSeal, private)
    check_kept(seal, kept, str(private))
    return Forecast(seal, kept, path.parent)


def read_seal(path: Path) -> Seal:
    """The public seal. Raises InputError where its content is not what its commitment is over."""
    seal = read_validated(Seal, path)
    check_seal(seal, str(path))
    return seal


def check_seal(seal: Seal, where: str) -> None:
    """Raises InputError where the commitment is not that of the seal's content, or the content cannot be."""
    found = seal.computed()
    if found != seal.commitment:
        raise InputError(
            f"{where}: changed after it was sealed (its commitment is {seal.commitment[:16]}..., its content gives "
            f"{found[:16]}...): a time, model, paper or digest of scores in it is not the sealed one"
        )
    for what, names in (("paper", [p.id for p in seal.papers]), ("reviewer", [r.name for r in seal.reviewers])):
        if len(set(names)) < len(names):
            raise InputError(f"{where}: a {what} is in it more than once")
    if seal.sealed < seal.begun:
        raise InputError(f"{where}: sealed at {seal.sealed}, before its run began ({seal.begun})")


def check_kept(seal: Seal, kept: KeptSeal, where: str) -> None:
    """Raises InputError where the private file does not hold the papers, reviewers and scores of the seal."""
    if kept.commitment != seal.commitment:
        raise InputError(f"{where}: belongs to another seal ({kept.commitment[:16]}..., not {seal.commitment[:16]}...)")
    sealed = [paper.id for paper in seal.papers]
    if [id_digest(paper.id) for paper in kept.papers] != sealed:
        raise InputError(f"{where}: its papers are not those that were sealed, or stand in another order")
    if [one.name for one in kept.reviewers] != [one.name for one in seal.reviewers]:
        names = ", ".join(one.name for one in seal.reviewers)
        raise InputError(f"{where}: its reviewers are not those that were sealed ({names})")
    for public, private in zip(seal.reviewers, kept.reviewers, strict=True):
        _check_scores(public, private, sealed, where)


def _check_scores(public: SealedReviewer, private: KeptReviewer, papers: list[str], where: str) -> None:
    if bare(private.traits) != public.traits:
        raise InputError(f"{where}: {public.name} is not the reviewer that was sealed (another model, scale or rule)")
    scores = [SealedScore.of(review) for review in private.reviews]
    if [score.paper for score in scores] != papers:
        raise InputError(f"{where}: the reviews by {public.name} are not one of each sealed paper, in its order")
    found = scores_digest(public.name, public.fingerprint, private.salt, scores)
    if found != public.scores:
        raise InputError(
            f"{where}: the scores of {public.name} or their salt are not those that were sealed (their digest is "
            f"{found[:16]}..., sealed was {public.scores[:16]}...): nothing of it is used"
        )


def check_published(seal: Seal, published: str) -> None:
    """Raises InputError where a commitment that was published, in these words, is not the seal's."""
    for digits in HEX.findall(published):
        if digits.lower() != seal.commitment:
            raise InputError(f"--published: {digits[:16]}... is not the commitment of this seal ({seal.line})")
