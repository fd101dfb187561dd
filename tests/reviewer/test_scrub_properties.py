"""Scrubbing of papers of any shape: what holds whatever stands beside what."""

from __future__ import annotations

import re
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from peerassay.reviewer.scrub import scrub
from peerassay.reviewer.scrub_rules import REPLACED

NUMBER = st.one_of(
    st.integers(2, 999).map(str),
    st.floats(0.1, 99, allow_nan=False).map("{:.1f}".format),
    st.floats(0, 1).map("{:.3f}".format),
)
RESULTS = (
    "Accuracy rises from {} to {} percent when the state has more units.",
    "The error falls to {} ± {} on the second task.",
    "With {} layers the loss is {} lower than without.",
    "It wins in {} of {} runs (p = 0.03).",
    "Table 2 shows {} against {} for the baseline.",
    "We train for {} epochs at a rate of {}, as before.",
    "A gain of {} points costs {} hours.",
)
RESULT = st.builds(str.format, st.sampled_from(RESULTS), NUMBER, NUMBER)
SENTENCES = (
    "We explain the limit by the precision of the state.",
    "Each proposal is accepted with probability min(1, r).",
    "The latent codes are found by gradient descent.",
    "Participants acknowledge a signal by pressing a key.",
    "Both losses contribute equally to the gradient.",
    "Public transport data serve as a second test.",
)
SCIENCE = st.sampled_from(SENTENCES)
REVEALING = st.sampled_from(
    [
        "Our code is available at https://github.com/anna/count for all.",
        "We release all checkpoints upon publication.",
        "This work was supported by grant 12-345 of the Counting Foundation.",
        "Write to anna.author@some-where.edu for data.",
        "We thank Dora Helper for many comments.",
        "This paper was written by a program.",
        "See the supplementary material.",
        "Proofs are in Appendix B.2.",
        "As (Writer et al., 2021) say.",
    ]
)
LINE = st.sampled_from(
    [
        "Published as a conference paper at NUMBERS 2022",
        "Under review as a conference paper at NUMBERS 2022",
        "∗Equal contribution.",
        "1University of Somewhere, Country",
        "17",
        "https://example.org/more",
    ]
)
BLOCKS = (
    "| Method | Error |\n|---|---|\n| Ours | {} |\n| Theirs | {} |",
    "Method Error Time\nOurs {} 31\nTheirs {} 12",
    "Figure {}: Loss over time, {} at the end.",
)
TABLE, ROWS, CAPTION = (st.builds(block.format, NUMBER, NUMBER) for block in BLOCKS)
PARAGRAPH = st.lists(st.one_of(RESULT, SCIENCE, REVEALING), min_size=1, max_size=4).map(" ".join)
BLOCK = st.one_of(PARAGRAPH, PARAGRAPH, TABLE, ROWS, CAPTION, LINE)
HEADINGS = ("2 METHOD", "## 3 Results", "**Ablations**", "# Discussion", "4.1 Larger Networks", "CONCLUSION")
HEADING = st.sampled_from(HEADINGS)
BETWEEN = st.sampled_from(["\n\n", "\n"])
KEPT = re.compile(
    "|".join(
        re.escape(" ".join(one.split())).replace(r"\{\}", r"[\d.]+")
        for one in (*RESULTS, *SENTENCES, *BLOCKS, *HEADINGS)
    )
)
"""What no rule may take."""
FRONT = st.sampled_from(
    [
        "",
        "Anonymous authors\nPaper under double-blind review",
        "Anna Author[1*] & Carl Scribe[2]\n1University of Somewhere",
    ]
)
CLOSING = st.sampled_from(
    [
        "",
        "ACKNOWLEDGMENTS\n\nWe thank Dora Helper.",
        "**Author contributions**\n\nA.A. wrote it.",
        "REPRODUCIBILITY STATEMENT\n\nOur code is available at https://github.com/anna/count.",
        "ETHICS STATEMENT\n\nNone.",
    ]
)
ENDS = st.sampled_from(
    [
        [],
        ["REFERENCES", "A. Author and B. Writer. On counting. In Proceedings of Things, 2019."],
        ["A APPENDIX", "Proof of the bound."],
    ]
)


@st.composite
def papers(draw: st.DrawFn, between: st.SearchStrategy[str] = BETWEEN, block: st.SearchStrategy[str] = BLOCK) -> str:
    """Title, authors, abstract, sections of paragraphs, tables, captions and what reveals, and what closes it."""
    sections = draw(st.lists(st.tuples(HEADING, st.lists(block, min_size=1, max_size=4)), max_size=4))
    parts = ["# COUNTING WITH SMALL NETWORKS", draw(FRONT), "ABSTRACT", f"{draw(SCIENCE)} {draw(PARAGRAPH)}"]
    parts += ["1 INTRODUCTION", draw(PARAGRAPH)]
    parts += [part for heading, blocks in sections for part in (heading, *blocks)]
    parts += [draw(CLOSING), *draw(ENDS)]
    return draw(between).join(part for part in parts if part)


def flat(text: str) -> str:
    return " ".join(text.split())


@given(papers(), st.sampled_from([None, 4000, 60]))
def test_scrubbing_again_changes_nothing(text: str, max_words: int | None) -> None:
    """But for an abstract of which nothing is left: the heading below it is then taken for authors."""
    once = scrub(text, max_words=max_words).text
    assert scrub(once, max_words=max_words).text == once


@given(papers())
def test_no_word_is_added_but_those_for_an_appendix(text: str) -> None:
    scrubbed = scrub(text)
    instead = sum(len(REPLACED.get(span.rule, "").split()) for span in scrubbed.removed)
    assert len(scrubbed.text.split()) <= len(text.split()) + instead


@given(st.one_of(papers(st.just("\n\n")), papers(st.just("\n"), st.one_of(PARAGRAPH, TABLE, ROWS, CAPTION))))
def test_results_tables_captions_and_headings_stay_beside_what_goes(text: str) -> None:
    """But for the three lines below a footnote of the first pages, where no blank line ends it.

    And but for a number at the head of a line below a URL, which may be the rest of it.
    """
    scrubbed = scrub(text, max_words=None)
    end = next((span.start for span in scrubbed.removed if span.rule == "references and appendix"), len(text))
    counted, left = Counter(KEPT.findall(flat(text[:end]))), Counter(KEPT.findall(flat(scrubbed.text)))
    assert left == counted
