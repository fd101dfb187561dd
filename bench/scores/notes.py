"""What a reader has to know before using the metrics of a score run, one line each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from ...data.errors import printable
from ...presentation.numbers import counted, first_of
from ...reviewer.verdict import Verdict
from ...statistics.estimate import ENOUGH
from .formats import formats_note
from .metrics import GroupMetrics, ScorePair
from .records import FLOOR, ScoreRecord


def notes_on(
    record: ScoreRecord,
    groups: Sequence[GroupMetrics],
    pairs: Sequence[ScorePair],
    verdicts: Mapping[str, Verdict],
) -> list[str]:
    """The notes of a table; `verdicts` are by the ids of the ideas."""
    found = [
        *_on_floor(pairs),
        *_on_reviewer(record, verdicts),
        *_on_failures(record, groups),
        *_on_improvement(record),
        *_on_texts(record, groups),
        *formats_note(record.ideas),
        *_on_size(groups),
        *record.notes,
    ]
    return [printable(note) for note in found]


def _on_floor(pairs: Sequence[ScorePair]) -> list[str]:
    """Which configurations the reviewer does not tell from shuffled sentences, or likes less."""
    no_better = [
        f"{pair.template}/{pair.b if pair.a == FLOOR else pair.a}"
        for pair in pairs
        if FLOOR in (pair.a, pair.b)
        and pair.p_holm is not None
        and not (pair.resolved and (pair.difference or 0) * (-1 if pair.a == FLOOR else 1) > 0)
    ]
    if not no_better:
        return []
    return [
        f"Not resolved as better than {FLOOR}: {first_of(no_better)}. So many papers do not show that this reviewer "
        "sees more in them than their sentences in random order."
    ]


def _on_reviewer(record: ScoreRecord, verdicts: Mapping[str, Verdict]) -> list[str]:
    reviewer, said = record.reviewer, list(verdicts.values())
    notes: list[str] = []
    if reviewer.unsigned:
        notes.append("The reviews do not say who made them: that one reviewer made them all is taken on trust.")
    if reviewer.traits.kind == "floor":
        notes.append(f"{reviewer.name} is a floor: it knows nothing of the science, and neither do these scores.")
    if any(v.threshold is not None and not v.calibrated for v in said):
        notes.append(
            "The reviewer is not calibrated: who is accepted is by its own rule, which was fitted on no human decision."
        )
    if record.calibrated_as:
        notes.append(f"The calibration was fitted for {record.calibrated_as}: check that these reviews are its own.")
    contradicted = sum(v.contradicts for v in said)
    if contradicted:
        worded = sum(v.own_word is not None for v in said)
        notes.append(
            f"In {contradicted} of {worded} reviews the reviewer's own word is not the decision that the rule makes of "
            "its score."
        )
    in_sample = sum(v.in_sample for v in said)
    if in_sample:
        notes.append(
            f"The reviewer or its calibration was fitted on {counted(in_sample, 'paper')} of these: in-sample."
        )
    return notes


def _on_failures(record: ScoreRecord, groups: Sequence[GroupMetrics]) -> list[str]:
    notes: list[str] = []
    silent = [g.label for g in groups if g.tried_from == "papers"]
    if silent:
        which = "" if len(silent) == len(groups) else f" for {first_of(silent)}"
        notes.append(f"Nothing was said of ideas that failed{which}; give them with --tried.")
    lost = sum(g.tried - g.finished for g in groups)
    if lost:
        ends = Counter(idea.ended for idea in record.ideas if not idea.finished and idea.ended)
        words = "; ".join(f"{reason} ({n})" for reason, n in ends.most_common(4))
        notes.append(
            f"{lost} of {sum(g.tried for g in groups)} ideas tried never became papers{f': {words}' if words else ''}. "
            "Means are over reviewed papers; what is said of ideas tried counts these as failures."
        )
    unscored = sum(g.finished - g.reviewed for g in groups)
    if unscored:
        notes.append(
            f"{counted(unscored, 'paper')} {'has' if unscored == 1 else 'have'} no score (not read, not reviewed, or "
            "the review failed) and count as failures."
        )
    return notes


def _on_improvement(record: ScoreRecord) -> list[str]:
    improved = [g.label for g in record.groups if g.settings.get("improvements", "0") not in ("", "0")]
    if not improved:
        return []
    return [
        f"The scientist improved its papers after a review ({first_of(improved)}): where that was by this reviewer, "
        "the scores favour it."
    ]


def _on_texts(record: ScoreRecord, groups: Sequence[GroupMetrics]) -> list[str]:
    notes: list[str] = []
    if record.text == "unknown":
        notes.append("How the reviewer got the text, scrubbed or raw, is unknown.")
    if record.text == "raw":
        notes.append("Raw text (--raw): nothing was scrubbed before the reviews.")
    hidden = [(g.label, g.with_hidden) for g in groups if g.with_hidden]
    if hidden:
        count = sum(n for _, n in hidden)
        notes.append(f"Hidden text was found in {counted(count, 'paper')} and set aside: {_counts(hidden)}.")
    injected = [(g.label, g.with_injections) for g in groups if g.with_injections]
    if injected:
        count = sum(n for _, n in injected)
        notes.append(
            f"Passages that speak to the reviewer were found in {counted(count, 'paper')}: {_counts(injected)}."
        )
    return [*notes, *_on_running_lines(record)]


def _on_running_lines(record: ScoreRecord) -> list[str]:
    """What repeated on most pages and was taken out: a watermark tells who wrote a paper."""
    marked = [idea for idea in record.ideas if idea.running_lines]
    if not marked:
        return []
    by_group = Counter(f"{idea.template}/{idea.configuration}" for idea in marked)
    lines = Counter(line for idea in marked for line in idea.running_lines)
    return [
        f"Lines that repeat on most pages, such as watermarks, were taken out of {counted(len(marked), 'paper')}: "
        f"{_counts(list(by_group.items()))}; the most frequent is {lines.most_common(1)[0][0]!r}."
    ]


def _on_size(groups: Sequence[GroupMetrics]) -> list[str]:
    small = [(g.label, g.reviewed) for g in groups if g.reviewed < ENOUGH]
    if not small:
        return []
    return [
        f"Fewer than {ENOUGH} reviewed papers, too few for an interval, and little can be told apart: {_counts(small)}."
    ]


def _counts(counts: Sequence[tuple[str, int]], most: int = 6) -> str:
    return first_of([f"{label} ({n})" for label, n in counts], most)
