"""What the words in tables and reports mean, for readers who were not there."""

from __future__ import annotations

GLOSSARY: tuple[tuple[str, str], ...] = (
    (
        "AUC",
        "Chance that an accepted paper has a higher score than a rejected one, ties counting half. .5 is guessing. "
        "It is of the scores, so that no threshold enters.",
    ),
    (
        "Coverage",
        "Papers with a review that came to something. Those without count as judged wrong in every figure; the AUC of "
        "the reviewed papers alone stands beside it. The two differ by what was left out, not by how good the rest is.",
    ),
    (
        "Balanced accuracy",
        "Mean of the shares of accepted and of rejected papers judged right; .5 for a constant answer.",
    ),
    (
        "Intervals",
        "95%, from drawing papers again and again with the base rate kept, the same draws for all reviewers. Two "
        "reviewers whose intervals overlap may still differ: the ranks and `peerassay compare` test the same "
        "papers in pairs.",
    ),
    (
        "Decision rules",
        "Own: the reviewer's word. Form: its score from the form's threshold on. Calibrated: a threshold fitted on "
        "other papers beforehand. Cross-fitted: every paper is judged by a threshold fitted on the other folds.",
    ),
    (
        "Own word differs",
        "Reviews that contradict themselves: the reviewer says accept where the rule makes its score a reject, or the "
        "other way round. Out of the reviews with both a score and a word.",
    ),
    (
        "Oracle",
        "The threshold that is best on these very papers: in-sample, flattering, and never the headline. Published "
        "tables often show this.",
    ),
    (
        "Headline (*)",
        "The decision rule to quote: never one that has seen the papers it is tested on.",
    ),
    (
        "Legacy AUC of decisions",
        "What some published tables call AUC: the area under a curve of one point, which is balanced accuracy. "
        "Only for comparison with them.",
    ),
    (
        "Failures",
        "A failed review counts as the wrong answer, so that nothing can be gained by failing.",
    ),
    (
        "Partly failed, calls saved",
        "Reviews by several calls of a model that stand although one of the calls came to nothing; calls per review "
        "that were not needed, since they could not change the decision any more.",
    ),
    (
        "Floors",
        "Reviewers that know nothing of the science (a constant, a coin, length, the header): the least to beat.",
    ),
    (
        "Like for like",
        "Humans and machines against the same target, in which neither has a part: the mean of a paper's other "
        "reviewers, and what a committee of two others accepts.",
    ),
    (
        "Worth in human reviewers",
        "How many human reviewers' mean would tell a paper's quality as well as the score does, from how far reviewers "
        "agree with each other and with it. Above 20 the number cannot be told.",
    ),
    (
        "Mix",
        "Which papers a figure is on. The same scores have a far higher AUC on clear cases than on borderline papers: "
        "compare published figures at the same mix only.",
    ),
    (
        "Human references, model, contaminated",
        "What humans reach; no upper limit. Model: computed from the reliability of ratings, no such humans judged. "
        "Contaminated: the same ratings made the decision, so that they agree with it too well.",
    ),
    (
        "Memory, recall:NAME",
        "What a model says that it remembers of a paper and of what became of it, taken as a score. It has read "
        "nothing: where it orders the papers, the reviewer's own scores may be memory. Only papers that it does not "
        "recall can show reading.",
    ),
    (
        "Repeats",
        "The same papers reviewed again by calls of their own: how far scores vary by chance from run to run.",
    ),
    (
        "Alternative-annotator test",
        "Whether the score could stand in for one of a paper's reviewers. A constant may pass it: look at its row.",
    ),
    (
        "Prediction-powered mean",
        "The mean human rating from ratings of a part of the papers and scores for all: what scores save in labels.",
    ),
    (
        "Ranks",
        "1 + the number of reviewers that are significantly better (DeLong's tests, one correction); ties are ties.",
    ),
    (
        "Rating-matched AUC",
        "AUC among accepted and rejected papers with the same mean human rating. A reading of quality has little left "
        "to tell there; a leak of the outcome keeps its power. .5 is none.",
    ),
    (
        "Brier, ECE",
        "Squared error of the probabilities, and their mean distance from the observed shares; 0 is best.",
    ),
    (
        "MAE",
        "Mean distance of the score from the mean human rating, in points; only of reviewers that score on the scale "
        "of the ratings.",
    ),
    (
        "Tier concordance",
        "Chance that of two papers of different tiers the higher one has the higher score.",
    ),
    (
        "Leak",
        "Something in the text that tells the decision without the science, such as the header of a published "
        "version. Scrubbed text has what is known of that removed; raw text has not. The audit tries named probes and "
        "hunts for any sign; suspect: it tells the decision, but not among equals, or the reverse.",
    ),
)
