"""What each figure of the boards is, and what it does not mean: the page that the heads of the tables lead to."""

from __future__ import annotations

from dataclasses import dataclass

from ...bench.glossary import GLOSSARY

SAID = dict(GLOSSARY)


@dataclass(frozen=True)
class Explained:
    """A figure: the anchor of its explanation, what it is, and what must not be read into it."""

    anchor: str
    name: str
    what: str
    not_what: str


READING = (
    Explained(
        "ranks",
        "Rank and order",
        "The rank is 1 + the number of entries that are significantly better, so that equal ranks (1=) are ties. The "
        "brackets hold the entry's place in the order of 95% of the bootstrap draws, chance included.",
        "A lower row is not a worse entry where the rank is the same. Ranks of two boards are of different papers and "
        "cannot be compared.",
    ),
    Explained(
        "intervals",
        "Intervals",
        "95%; the dot is the figure, the bar its interval. Of reviewers: from drawing papers again and again with the "
        "base rate kept, the same draws for all entries of a board. Of generators: from drawing each configuration's "
        "papers again, for strengths from weighting the ideas anew; shares have Wilson's interval. There is none where "
        "all values of a mean or median are the same.",
        "They hold what chance in the choice of papers or ideas does, nothing else: not what another conference, "
        "another year or a leak in the text would change. Entries whose bars overlap may still differ.",
    ),
    Explained(
        "status",
        "Status",
        "Every figure was computed again from what stands on record of each paper; costs, times and the ceilings of "
        "humans are as the submitter tells. Verified: the project's own checks made the "
        "reviews again, too, and got the same scores. Self-reported: nobody but the submitter made the reviews.",
        "Self-reported is no suspicion, and verified says nothing of how good an entry is.",
    ),
    Explained(
        "cost",
        "Cost",
        "US dollars that the calls of language models cost when they were made: per review, or all that was spent on "
        "a configuration's ideas, those that failed included, per finished paper.",
        "A dash is an unknown price, not a free one. One's own machines and people's time are not in it.",
    ),
)

REVIEWERS = (
    Explained(
        "auc",
        "AUC",
        SAID["AUC"],
        "Not the share of decisions that are right, and no property of the reviewer alone: the same reviewer has "
        "another AUC on papers that are harder to tell apart.",
    ),
    Explained(
        "average-precision",
        "Average precision",
        "Mean share of accepted papers among those that the reviewer puts at least as high, over the accepted papers.",
        "It depends on the base rate: never compare it between datasets.",
    ),
    Explained(
        "balanced-accuracy",
        "Balanced accuracy",
        f"{SAID['Balanced accuracy']} The word below it is the rule that made the decisions.",
        "Not the share of all decisions that are right; two reviewers under different rules differ by the rule, too.",
    ),
    Explained(
        "decision-rules",
        "Decision rules",
        f"{SAID['Decision rules']} Headline: {SAID['Headline (*)'][0].lower()}{SAID['Headline (*)'][1:]}",
        f"An oracle is no result. {SAID['Oracle']}",
    ),
    Explained(
        "accuracy",
        "Accuracy",
        "Share of the decisions that agree with the label.",
        "High by itself means little: where 70% of papers are rejected, rejecting all has an accuracy of .7.",
    ),
    Explained(
        "f1",
        "F1",
        "Harmonic mean of precision and recall with accepted as the positive class.",
        "It rises when more is accepted: accepting everything beats many honest reviewers. Rejections that are right "
        "do not count in it.",
    ),
    Explained(
        "fpr",
        "FPR",
        "False-positive rate: share of the rejected papers that the reviewer would accept. Lower is better.",
        "0 for a reviewer that rejects everything: only together with the FNR does it say something.",
    ),
    Explained(
        "fnr",
        "FNR",
        "False-negative rate: share of the accepted papers that the reviewer would reject. Lower is better.",
        "0 for a reviewer that accepts everything: only together with the FPR does it say something.",
    ),
    Explained(
        "mcc",
        "MCC",
        "Matthews' correlation coefficient of decisions and labels, from -1 to 1; 0 is a coin or a constant.",
        "No share of anything; its highest value depends on how many papers the rule accepts.",
    ),
    Explained(
        "confusion",
        "tp, fp, fn, tn",
        "Counts behind the decisions: accepted by both, by the reviewer only, by the humans only, by neither.",
        "The humans' side is a decision, not the truth: committees that decide twice disagree on about a quarter.",
    ),
    Explained(
        "legacy-auc",
        "Legacy AUC of decisions",
        SAID["Legacy AUC of decisions"],
        "Not comparable with the AUC of scores beside it.",
    ),
    Explained("own-word", "Own word differs", SAID["Own word differs"], "No error rate: no human decision is in it."),
    Explained(
        "spearman",
        "Spearman, Kendall, pairwise accuracy",
        "How well the order of the scores agrees with the order of the mean human ratings: two rank correlations, and "
        "the share of pairs of papers in the same order.",
        "No agreement in points: a reviewer that gives all papers two points more has the same figures. Two humans "
        "reach no 1 either.",
    ),
    Explained("mae", "Mean error", SAID["MAE"], "A constant near the mean does well in it, and tells no papers apart."),
    Explained(
        "brier",
        "Brier score, calibration error",
        SAID["Brier, ECE"],
        "A forecast that always says the base rate is perfectly calibrated and useless; read them beside the AUC.",
    ),
    Explained(
        "tier-concordance",
        "Tier concordance",
        SAID["Tier concordance"],
        "Tiers such as oral and spotlight are chosen for more than quality.",
    ),
    Explained(
        "reliability",
        "Reliability diagram",
        "Papers in bins of predicted probability: share accepted against mean prediction, with Wilson's 95% intervals. "
        "On the diagonal the probabilities mean what they say.",
        "A bin far from the diagonal with few papers in it may be chance: look at the bar and at the count.",
    ),
    Explained(
        "coverage",
        "Coverage",
        "Papers with a usable review, of all papers of the board.",
        f"{SAID['Failures']} A low coverage has thus already been paid for in the other figures.",
    ),
    Explained(
        "worth",
        "Worth in humans",
        SAID["Worth in human reviewers"],
        "An upper figure where the texts may leak the outcome; only where human ratings are known. A floor with some "
        "worth tells how much of it needs no reading.",
    ),
    Explained(
        "floors",
        "Floors",
        SAID["Floors"],
        "A reviewer that is no better than a floor may still write useful reviews; it only cannot tell what humans "
        "would accept.",
    ),
    Explained(
        "ceilings",
        "Human references, model, contaminated",
        SAID["Human references, model, contaminated"],
        "Humans disagree with each other, and a machine may agree with their mean better than one of them does. Halves "
        "of the reviewers are measured against each other and contaminated rows against their own decision: only the "
        "rows marked as a model are on the reviewers' target.",
    ),
    Explained(
        "labels",
        "Labels, text, base rate",
        "Human: decisions of a conference. Constructed: the dataset's authors planted defects, so that a label is "
        f"known by construction. Base rate: share of accepted papers. {SAID['Leak']}",
        "Good figures on constructed labels do not show agreement with humans, and figures on raw text may come from "
        "a leak.",
    ),
)

GENERATORS = (
    Explained(
        "mean-score",
        "Mean, median, SD, max, distribution",
        "Scores that the section's reviewer gave the papers, on its own scale; the SD is that of the papers (n - 1).",
        "No quality in itself: it is what one reviewer with known errors says. Never compare scores of two reviewers, "
        "and note that papers which never came to be are not in the mean.",
    ),
    Explained(
        "tried",
        "Tried, finished, reviewed",
        "Ideas that were begun, those that became a paper, and those whose paper has a score.",
        "Where nothing is known of ideas that failed, tried counts papers only and flatters: the table says so.",
    ),
    Explained(
        "accepted-share",
        "Accepted of tried",
        "Share of all ideas tried whose paper the rule of the section accepts, with its interval.",
        "No conference accepted anything. The rule's own errors are on the reviewers' board: with a high FPR even "
        "poor papers are accepted.",
    ),
    Explained(
        "p-accept",
        "P(accept)",
        "Chance of acceptance: the reviewer's own figure, or a map from its scores to human decisions that was fitted "
        "on human papers (the section says which); per idea tried, those without a score count 0.",
        "A map was fitted on papers of humans. That it holds for papers of machines is an assumption, and these are "
        "written to please such reviewers.",
    ),
    Explained(
        "strength",
        "Strength (Bradley–Terry)",
        "Log-odds that a paper of the configuration beats one of the average configuration, fitted to comparisons on "
        "the same ideas where two share at least five, else on the same template. An idea without a score loses to one "
        "with a score.",
        "Only relative to the configurations of this section: with other company it changes. Log-odds are no points.",
    ),
    Explained(
        "beats-average",
        "Beats average",
        "The strength as a probability: .5 is the average configuration.",
        "Not the chance of being accepted, nor of beating a human paper.",
    ),
    Explained(
        "comparisons",
        "Comparisons on the same idea, the same template",
        "Comparisons that the strengths were fitted to: of papers from one idea, or only from one template. On a "
        "template they count as many as the fewer ideas of the two.",
        "Comparisons share papers: a hundred of them are not a hundred independent facts.",
    ),
    Explained(
        "violations",
        "Violations",
        "Numbers, figures and citations of a paper that trace to no result, no run and no fetched record, found by the "
        "provenance audit.",
        "None found is no proof of honesty: an audit finds what it looks for. A number that traces may still be "
        "misread by its paper.",
    ),
    Explained(
        "hidden-text",
        "Hidden text",
        "Papers with text that a human reader does not see or that speaks to the reviewer, of those searched; it is "
        "set aside before the review.",
        "A dash means that nobody looked, not that there is none.",
    ),
    Explained(
        "shuffled",
        "floor:shuffled",
        "The papers of the other configurations on the template, each with its sentences in random order, under the "
        "same review.",
        "A configuration that is not resolved from it may still be science: it is this reviewer that has not shown to "
        "see more in it than its sentences.",
    ),
    Explained(
        "references",
        "Papers of humans",
        "What the same reviewer gives papers of humans, for orientation. These rows have no rank.",
        "Other topics and another length: a machine's paper that reaches the mean is not thereby as good.",
    ),
    Explained(
        "efficient",
        "Best for its price",
        "No other configuration on the template has as high a mean for less money per paper, or a higher one for no "
        "more; floor:shuffled and unknown costs are left out. On the reviewers' board the same of AUC and cost per "
        "review.",
        "Chance is not in it: a tie in rank may decide it either way.",
    ),
)

CHAPTERS = (
    ("reading", "Reading the tables", READING),
    ("of-reviewers", "Figures of reviewers", REVIEWERS),
    ("of-generators", "Figures of generators", GENERATORS),
)
