"""What a reader has to know before using the metrics of a run, one line each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..presentation.numbers import counted, show
from .memory import MemoryRow
from .outcomes import Humans, Machine
from .records import Calibration, ReviewerMetrics
from .run import Run
from .terms import OutageRow

FINDING_WORDS = {
    "hidden": "hidden characters taken out of",
    "injections": "text addressed to the reviewer (removed unless injections=keep) in",
    "cut": "cut to the length limit:",
}


def run_notes(
    run: Run,
    reviewers: list[ReviewerMetrics],
    calibrations: Mapping[str, Calibration],
    outages: Mapping[str, OutageRow],
) -> list[str]:
    """On the labels, the text, reviewers that are left out, in-sample or failed, and what was found on reading."""
    dataset, card = run.record.dataset, run.record.card
    notes: list[str] = []
    if card.labels == "constructed":
        notes.append("Labels are constructed, not human: this shows whether sound can be told from flawed, no more.")
    if card.sample:
        notes.append(card.sample)
    notes += card.unverified
    if not card.has_texts:
        notes.append(f"No texts here, only numbers; get the texts by {card.get_texts}.")
    elif dataset.text == "none":
        notes.append(
            "No texts: the floors that read them (length, header, surface), the learned reviewer and the leak audit "
            "are left out; `data import` of the papers and `bench` have them."
        )
        notes += [f"{note}." for note in card.notes if note not in card.unverified]
    elif dataset.text == "raw":
        notes.append("Raw text (--raw): nothing was scrubbed, so that figures may come from leaks.")
    elif card.text_version in ("latest", "camera-ready"):
        notes.append(
            "Texts are the latest versions. Scrubbing removes what names the outcome; what authors changed in the "
            "science after the reviews cannot be removed and still favours accepted papers."
        )
    unmatched = unmatched_note(reviewers)
    if unmatched:
        notes.append(unmatched)
    shown = {figures.name for figures in reviewers}
    for entry in run.record.reviewers:
        if entry.name not in shown:
            notes.append(f"{entry.name} has not reviewed all papers yet and is left out; start its command again.")
        elif entry.name in calibrations and calibrations[entry.name].fingerprint != entry.fingerprint:
            notes.append(
                f"The calibration of {entry.name} was fitted on other reviews of that name: check that they fit."
            )
        notes += [f"{entry.name}: {note}." for note in entry.notes]
    for figures in reviewers:
        if figures.in_sample:
            notes.append(f"{figures.name} was fitted on {figures.in_sample} of these {figures.n} papers: in-sample.")
        if figures.reviewed < figures.n:
            notes.append(_coverage_note(figures, outages.get(figures.name)))
        if figures.findings:
            found = "; ".join(
                f"{FINDING_WORDS[kind]} {counted(count, 'paper')}" for kind, count in figures.findings.items()
            )
            notes.append(f"{figures.name} on reading: {found}.")
    return notes


def _coverage_note(figures: ReviewerMetrics, outage: OutageRow | None) -> str:
    """How many reviews are missing, and what the others alone would give."""
    note = f"{figures.name}: {figures.n - figures.reviewed} of {figures.n} reviews failed and count as wrong"
    if outage is None:
        return f"{note}."
    return (
        f"{note}, hence its AUC of {show(outage.wrong, interval=False)}; on the {outage.complete.n} papers that it "
        f"scored alone (coverage {figures.coverage:.0%}) it is {show(outage.complete)}."
    )


def same_decisions(humans: Humans, machines: Sequence[Machine]) -> list[str]:
    """A warning of stored decisions that are too good to be a reviewer's."""
    return [
        f"{m.name}: its own decisions are the same as the human ones on all {len(humans)} papers: is that column the "
        f"human decision? --map decision= leaves it out."
        for m in machines
        if m.traits.kind == "replay" and m.decision is not None and len(humans) >= 20 and m.ok.all()
        if (m.decision == humans.accepted).all()
    ]


def unmatched_note(reviewers: list[ReviewerMetrics]) -> str | None:
    """Why there is no such table; it is a matter of the papers, and so the same for every reviewer."""
    reasons = [r.matched.reason for r in reviewers if r.matched is not None and r.matched.reason]
    return f"No rating-matched AUC: {reasons[0]}." if reasons else None


def memory_sentence(row: MemoryRow) -> str:
    """Whether the reviewer's scores may be memory, in one sentence."""
    whole, rest = row.whole, row.unrecalled
    if whole.auc is None:
        return f"whether its scores are memory cannot be told: {whole.missing} on the {whole.n} papers asked about"
    outcomes = row.recalled["outcome"]
    found = f"AUC {show(rest.auc)}" if rest.auc is not None else rest.missing
    unrecalled = f"on the {rest.n} papers of which it recalls nothing: {found}"
    if not outcomes:
        return f"it recalls the outcome of none of {whole.n} papers; {unrecalled}"
    alone = f"what it recalls alone has AUC {show(whole.recall_auc)}, its scores {show(whole.auc)}"
    held = f"{alone} on {whole.n} papers ({outcomes} outcomes recalled, {row.outcomes_accepted} of them accepted)"
    if not row.tells:
        return f"{held}, which does not tell the decisions; {unrecalled}"
    verdict = "" if rest.auc is not None else ", so that nothing here shows reading"
    return f"scores may be memory: {held}; {unrecalled}{verdict}"


def memory_notes(rows: Sequence[MemoryRow]) -> list[str]:
    """The sentences, each with its reviewer's name."""
    return [f"{row.reviewer}: {memory_sentence(row)}." for row in rows]


def other_texts(machines: Sequence[Machine], text: str) -> dict[str, str]:
    """By reviewer: raw, scrubbed or unknown, where its stored reviews were not written on the run's `text`."""
    if text == "none":
        return {m.name: m.traits.text for m in machines if m.traits.text == "raw"}
    return {m.name: m.traits.text for m in machines if m.traits.text not in ("", text)}


def text_words(text: str) -> str:
    """What to say of reviews on such a text."""
    if text == "unknown":
        return "its reviews were written on a text of unknown version, raw or scrubbed (?text=raw|scrubbed says it)"
    return f"its reviews were written on {text} text"


def text_notes(texts: Mapping[str, str]) -> list[str]:
    """The words as sentences, each with its reviewer's name."""
    return [f"{name}: {text_words(text)}." for name, text in texts.items()]


def text_read(text: str) -> str:
    """What reviewers read, in the line that says which papers a table is on."""
    return "no text" if text == "none" else f"{text} text"
