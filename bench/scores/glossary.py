"""What the figures of a score run mean, and what they do not, for readers who were not there."""

from __future__ import annotations

SCORE_GLOSSARY: tuple[tuple[str, str], ...] = (
    (
        "Tried, finished, reviewed",
        "Ideas that were begun, those that became a paper, and papers with a score. How many were tried is what was "
        "said of it: where nothing was, failures are not in any figure.",
    ),
    (
        "Mean, median, SD, max",
        "Of the reviewer's scores of reviewed papers. They say what the reviewer gave, not how good the science is, "
        "and nothing of ideas that failed: a scientist that drops its weak papers has a higher mean. The max rises "
        "with the number of papers.",
    ),
    (
        "Mean of tried",
        "The mean with the lowest score of the scale for every idea without one. It is no estimate of what these "
        "papers would have got, but what an idea given to the scientist yields.",
    ),
    (
        "Accepted, share of tried",
        "Papers that the one rule of the table accepts, of all ideas tried, with Wilson's 95% interval. Not what a "
        "conference would decide, unless the rule was calibrated on its decisions, and even then only as well as the "
        "reviewer agrees with them.",
    ),
    (
        "P(accept)",
        "Chance of acceptance that a calibration makes of the score, or that the reviewer gives itself; per idea "
        "tried, 0 for one without a score. It was fitted on papers by humans: generated ones may please a reviewer "
        "for other reasons.",
    ),
    (
        "Intervals",
        "95%: Student's for means, between two of the scores for medians, Wilson's for shares. They say how much the "
        "figure would vary with other papers of the same making. They do not hold the reviewer's own errors, which all "
        "papers share. There is none below ten papers, nor of scores that are all the same.",
    ),
    (
        "Differences, p, Holm",
        "Two-sided permutation tests: how often a difference as large, measured by its own standard error, comes about "
        "when papers are dealt to the two configurations by chance; exact where all ways to deal can be counted. "
        "Holm's correction is for all that is tested on the template: each pair, by reviewed papers and by all ideas "
        "tried. The leaderboards rank by the same tests. Not resolved does not mean equal, nor resolved large.",
    ),
    (
        "All ideas tried",
        "The same test with the lowest score of the scale for each idea without a score: who gets more out of an idea. "
        "A configuration can lead by its papers and fall by its failures.",
    ),
    (
        "All templates",
        "The mean of the differences within each template that both have, so that a configuration gains nothing by "
        "having more papers on the easier template.",
    ),
    (
        "Cost",
        "What all ideas of the group cost to make, failures included, per finished paper. The reviews are not in it.",
    ),
    (
        "Violations",
        "Numbers, figures and citations of a paper that the audit traces to no run and no record. None found does not "
        "mean that the paper is right: what it says of true numbers may still be wrong.",
    ),
    (
        "Hidden text",
        "Papers with text that readers do not see, which is taken out when a file is read, or with passages that speak "
        "to the reviewer, which our panels of language models take out and other reviewers may read. Reviews made "
        "earlier may have been of other text. Not searched is not the same as not there.",
    ),
    (
        "One reviewer",
        "All scores of a table are by one fingerprint. Scores of different reviewers are on different scales, even "
        "where the form is the same, and must not be set side by side.",
    ),
)
