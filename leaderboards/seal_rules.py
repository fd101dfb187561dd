"""Results of sealed forecasts: made of an opened seal, and their commitment computed from their scores again."""

from __future__ import annotations

from collections.abc import Mapping

from ..bench.run import BenchRecord, RunReviewer
from ..bench.sealing.reading import check_seal
from ..bench.sealing.records import Seal, SealedReviewer, SealedScore, bare, scores_digest
from ..data.errors import InputError
from ..reviewer.review import Review
from .paper_scores import paper_score
from .records import BoardDataset, PaperScore, ReviewerResult, SealedForecast
from .redaction import redact_paths

KEY = 8
"""Digits of a paper's id that are its key."""


def forecast_of(
    record: BenchRecord, entry: RunReviewer, reviews: Mapping[tuple[str, str, str], Review]
) -> SealedForecast | None:
    """What a result keeps of the seal that its reviewer's scores come from; None where there is none.

    Raises InputError where a sealed review is missing.
    """
    opened = record.seal
    if opened is None:
        return None
    gone = [reviews.get((entry.name, entry.fingerprint, paper_id)) for paper_id in opened.withdrawn]
    if None in gone or entry.name not in opened.salts:
        raise InputError(f"{entry.name}: its sealed reviews are not all there; open the seal again, with another --out")
    return SealedForecast(
        seal=opened.seal,
        salt=opened.salts[entry.name],
        opened=opened.opened,
        decided_on=opened.decided_on,
        published=redact_paths(opened.published),
        withdrawn=tuple(paper_score(review) for review in gone if review is not None),
    )


def check_forecast(result: ReviewerResult, dataset: BoardDataset) -> None:
    """Raises InputError where a sealed dataset meets a result without a seal, or the other way round, and where the
    result is not what was sealed, or was sealed when the decisions were out.
    """
    if (result.seal is not None) != dataset.sealed:
        kind = "takes sealed forecasts alone" if dataset.sealed else "is no dataset of sealed forecasts"
        raise InputError(f"{dataset.id} {kind}, and this result has {'a' if result.seal else 'no'} seal")
    if result.seal is None:
        return
    seal = result.seal.seal
    check_seal(seal, "seal")
    if result.seal.memory == "possible":
        raise InputError(
            f"seal: of {seal.sealed}, no earlier than the decisions ({result.seal.decided_on}): no forecast"
        )
    if result.seal.opened < seal.sealed:
        raise InputError(f"seal: opened at {result.seal.opened}, before it was sealed ({seal.sealed})")
    if (result.text, result.scrub_rules) != (seal.text, seal.scrub_rules):
        raise InputError(f"seal: sealed on {seal.text} text (rules {seal.scrub_rules or 'none'}), the result is not")
    _check_scores(result, result.seal, _reviewer(result, seal))


def _reviewer(result: ReviewerResult, seal: Seal) -> SealedReviewer:
    """The result's reviewer as it was sealed. Raises InputError where it is another one."""
    for one in seal.reviewers:
        if (redact_paths(one.name), one.fingerprint) == (result.name, result.fingerprint):
            if one.traits != bare(result.traits):
                raise InputError(f"seal: {one.name} was sealed with another model, scale or rule")
            return one
    raise InputError(f"seal: {result.name} ({result.fingerprint}) is not one of its reviewers")


def _check_scores(result: ReviewerResult, forecast: SealedForecast, sealed: SealedReviewer) -> None:
    """Raises InputError where the papers or the scores are not those that were sealed."""
    listed = [*result.papers, *forecast.withdrawn]
    by_key = {paper.key: paper for paper in listed}
    papers = {paper.id[:KEY]: paper.id for paper in forecast.seal.papers}
    if len(by_key) < len(listed) or by_key.keys() != papers.keys():
        raise InputError("seal: the decided and the withdrawn papers are not, each once, those that were sealed")
    scores = [_sealed_score(by_key[key], paper_id) for key, paper_id in papers.items()]
    if scores_digest(sealed.name, sealed.fingerprint, forecast.salt, scores) != sealed.scores:
        raise InputError(f"seal: the scores of {sealed.name} are not those that were sealed")


def _sealed_score(paper: PaperScore, paper_id: str) -> SealedScore:
    return SealedScore(
        paper=paper_id,
        score=paper.score,
        decision=paper.decision,
        p_accept=paper.p_accept,
        failed=bool(paper.failed),
    )
