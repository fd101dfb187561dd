"""Scrubbing: what reveals the decision goes, the science stays."""

from __future__ import annotations

import os
import re
import textwrap
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from peerassay.bench.audit.probes import PROBES
from peerassay.data.dataset import Dataset, build
from peerassay.data.records import Paper
from peerassay.data.registry import open_path
from peerassay.reviewer.scrub import MAX_WORDS, Scrubbed, rules_fingerprint, scrub, scrub_paper
from peerassay.reviewer.scrub_patterns import ABSTRACT
from peerassay.reviewer.scrub_rules import REPLACED, RULES

TITLE = "# COUNTING WITH SMALL RECURRENT NETWORKS"
ABSTRACT_TEXT = (
    "Recurrent networks of eight units learn to count to twenty when the curriculum grows by one each epoch. We "
    "explain the limit by the precision of the state and test the explanation on three tasks."
)
SCIENCE = (
    "The teacher is supported by a second network that sees the same batch.",
    "Error-correcting codes of length 63 reach a rate of 0.81 in Table 2.",
    "Each proposal is accepted with probability min(1, r) after 200 burn-in steps.",
    "We review the work on curricula in Section 2 and contribute a bound of order n log n.",
    "The anonymous function f maps a state to one of 12 symbols.",
    "Accuracy falls from 94.2 to 61.7 percent when the state has fewer than 8 units.",
    "The published values of earlier studies lie between 55 and 60 percent.",
    "Both losses contribute equally to the gradient (λ = 0.5), which is best in 7 of 9 runs.",
    "Public transport data of 1999 and 2004 serve as a second test; the schools are closed in July.",
    "Participants acknowledge a signal by pressing one of two keys.",
)
BODY = textwrap.fill(" ".join(SCIENCE), 95)
REFERENCES = """REFERENCES

A. Author and B. Writer. On counting. In Proceedings of Things, 2019. https://example.org/counting
C. Scribe. Small networks. arXiv preprint, 2020.

A APPENDIX

Proof of the bound, and https://example.org/more."""
AUTHORS = """Anna Author[1*], Berta Writer[1,2] & Carl Scribe[2]
1Department of Counting, University of Somewhere, 2Institute of Small Numbers
{anna,berta}@some-where.edu, carl.scribe@numbers.org"""
ANONYMOUS = "**Anonymous authors**\nPaper under double-blind review"


def manuscript(*, front: str = "", body: str = BODY, closing: str = "") -> str:
    """A parsed manuscript: what is given stands where such things stand."""
    parts = [
        TITLE,
        front,
        f"ABSTRACT\n\n{textwrap.fill(ABSTRACT_TEXT, 95)}",
        f"1 INTRODUCTION\n\n{body}",
        "5 CONCLUSION\n\nCounting needs precision more than it needs units.",
        closing,
        REFERENCES,
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


PLAIN = manuscript()
CAMERA_READY = manuscript(
    front=AUTHORS,
    closing=(
        "ACKNOWLEDGMENTS\n\nWe thank Dora Helper for many comments. This work was supported by grant 12-345 of the\n"
        "Counting Foundation.\n\nREPRODUCIBILITY STATEMENT\n\nAll seeds are listed in Table 4."
    ),
    body=f"{BODY}\n\nPublished as a conference paper at NUMBERS 2022\n\n",
)
SUBMISSION = manuscript(front=ANONYMOUS, body=f"{BODY}\n\nUnder review as a conference paper at NUMBERS 2022\n\n")


def flat(text: str) -> str:
    return " ".join(text.split())


def rules_of(scrubbed: Scrubbed) -> set[str]:
    return {span.rule for span in scrubbed.removed}


def taken(scrubbed: Scrubbed, rule: str) -> str:
    return flat(" ".join(scrubbed.original[s.start : s.end] for s in scrubbed.removed if s.rule == rule))


def test_a_plain_manuscript_loses_its_references_alone() -> None:
    scrubbed = scrub(PLAIN)
    assert rules_of(scrubbed) == {"references and appendix"}
    assert scrubbed.text == PLAIN[: PLAIN.index("REFERENCES")].strip() + "\n"


@pytest.mark.parametrize("sentence", SCIENCE)
def test_scientific_sentences_are_untouched(sentence: str) -> None:
    for text in (PLAIN, CAMERA_READY, SUBMISSION):
        assert sentence in flat(scrub(text).text)


def test_camera_ready_and_submission_become_alike() -> None:
    ready, submission = scrub(CAMERA_READY).text, scrub(SUBMISSION).text
    assert flat(submission) == flat(scrub(PLAIN).text)
    left = ready.replace("REPRODUCIBILITY STATEMENT\n\nAll seeds are listed in Table 4.", "")
    assert flat(left) == flat(submission)


def test_title_and_abstract_stay() -> None:
    for text in (CAMERA_READY, SUBMISSION):
        kept = flat(scrub(text).text)
        assert TITLE in kept
        assert f"ABSTRACT {ABSTRACT_TEXT}" in kept


@pytest.mark.parametrize(
    ("text", "rule", "gone", "stays"),
    [
        (manuscript(front=AUTHORS), "author block", "Anna Author", TITLE),
        (manuscript(front=ANONYMOUS), "author block", "Anonymous authors", TITLE),
        (
            manuscript(closing="ACKNOWLEDGEMENTS\n\nWe are in debt to Dora Helper.\n\n6 ETHICS\n\nNone."),
            "acknowledgements",
            "Dora Helper",
            "6 ETHICS",
        ),
        (
            manuscript(closing="**Author contributions**\n\nA.A. wrote it.\n\nREPRODUCIBILITY\n\nSeeds are fixed."),
            "acknowledgements",
            "A.A. wrote it.",
            "Seeds are fixed.",
        ),
        (manuscript(closing="Funding: Dora Helper paid."), "acknowledgements", "Dora Helper paid.", "Counting needs"),
        (
            manuscript(closing="Published as a conference paper at NUMBERS 22"),
            "status line",
            "NUMBERS",
            "Counting needs",
        ),
        (manuscript(closing="Under review as a conference paper"), "status line", "Under review", "Counting needs"),
        (manuscript(closing="Preprint. Work in progress."), "status line", "in progress", "Counting needs"),
        (manuscript(body=f"{BODY}\n\n∗Equal contribution.\n\n1.1 MORE"), "author note", "Equal", "1.1 MORE"),
        (
            manuscript(body=f"{BODY}\n\n†Work done during an internship at Numbers Inc.\n\n1.1 MORE"),
            "author note",
            "Numbers Inc",
            "1.1 MORE",
        ),
        (
            manuscript(body=f"{BODY}\n\n1University of Somewhere, Country\n\n1.1 MORE"),
            "affiliation",
            "University",
            "1.1 MORE",
        ),
        (manuscript(body="Write to anna.author@some-where.edu or count."), "e-mail", "some-where", "or count."),
        (manuscript(body="Write to {anna, berta}@some-where.edu or count."), "e-mail", "berta", "or count."),
        (
            manuscript(body="It holds. This work is supported in part by the Council under grant 3. It counts."),
            "funding",
            "Council",
            "It holds. It counts.",
        ),
        (
            manuscript(body="It holds. Our code is available at https://github.com/anna/count. It counts."),
            "code availability",
            "anna/count",
            "It holds. It counts.",
        ),
        (
            manuscript(body="It holds. We release all checkpoints upon publication, see our project page. It counts."),
            "code availability",
            "",
            "It counts.",
        ),
        (manuscript(body="The set (https://data.org/x) has 3 parts."), "URL", "data.org", "has 3 parts."),
        (
            manuscript(body="See the supplementary material for n > 3."),
            "supplement",
            "supplementary",
            "See the appendix for n > 3.",
        ),
        (
            manuscript(body="As Appendix F.2 and App. C show, Section 3 holds."),
            "appendix",
            "F.2",
            "As the appendix show, Section 3 holds.",
        ),
        (
            manuscript(body="It counts to ten.[1]\n\nMore words."),
            "footnote mark",
            "[1]",
            "It counts to ten. More words.",
        ),
        (
            manuscript(body=f"{BODY}\n\n_∗Numbers Inc., Small City, no address\n\nMore words."),
            "footnote of the first pages",
            "Small City",
            "More words.",
        ),
        (
            manuscript(body=f"\n\nMADE BY THE MACHINE\n\n{BODY}\n{BODY}".join(["It starts."] * 5)),
            "running line",
            "MADE BY THE MACHINE",
            "It starts.",
        ),
        (
            manuscript(body="As in (Writer et al., 2021) and Scribe (2020)."),
            "citation year",
            "2021",
            "As in (Writer et al",
        ),
        (
            manuscript(body=f"\n\n{BODY}\n{BODY}\n\n17\n\n{BODY}\n{BODY}\n\n18\n\n{BODY}\n{BODY}\n\n19\n\nMore words."),
            "page number",
            "17 18 19",
            "More words.",
        ),
        (
            manuscript(body="It holds. This paper was written by a program, the scientist with rules. It counts."),
            "machine note",
            "program",
            "It holds. It counts.",
        ),
        (
            manuscript(body="It holds\nTHIS PAPER WAS\nAUTONOMOUSLY GENERATED\nBY THE AI SCIENTIST\nfor stones."),
            "machine note",
            "SCIENTIST",
            "It holds for stones.",
        ),
        (
            manuscript(closing="6 Use of Large Language Models\nOne wrote this.\n\n7 Limits\nIt counts."),
            "acknowledgements",
            "One wrote this.",
            "7 Limits It counts.",
        ),
        (PLAIN, "references and appendix", "C. Scribe. Small networks", "Counting needs"),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) and len(value) < 40 else "",
)
def test_each_rule(text: str, rule: str, gone: str, stays: str) -> None:
    scrubbed = scrub(text)
    assert rule in rules_of(scrubbed)
    assert gone in taken(scrubbed, rule) or gone in taken(scrubbed, "URL")
    kept = flat(scrubbed.text)
    assert not gone or gone not in kept
    assert stays in kept
    assert flat(ABSTRACT_TEXT) in kept


def test_every_rule_has_a_case() -> None:
    parameters = test_each_rule.pytestmark[0].args[1]  # pyright: ignore[reportFunctionMemberAccess]
    assert {case[1] for case in parameters} == {*RULES, "references and appendix"}


def paged(*lines: str) -> str:
    """A paper with a page of text before each of the lines, and one after the last."""
    page = f"{BODY}\n{BODY}"
    return manuscript(body="\n\n".join(piece for line in lines for piece in (page, line)) + f"\n\n{page}")


@pytest.mark.parametrize(
    "lines",
    [
        ["Scribe and Writer   3", "Scribe and Writer   4", "Scribe and Writer   5", "Scribe and Writer   6"],
        ["2 | Made by the machine", "3 | Made by the machine", "4 | Made by the machine", "5 | Made by the machine"],
        ["Made by machine 1.2, 2024"] * 4,
        ["Made by it, page 1 of 4", "Made by it, page 2 of 4", "Made by it, page 3 of 4", "Made by it, page 4 of 4"],
    ],
)
def test_running_lines_go_with_their_page_numbers(lines: list[str]) -> None:
    scrubbed = scrub(paged(*lines))
    assert taken(scrubbed, "running line") == flat(" ".join(lines))


@pytest.mark.parametrize(
    "lines",
    [
        ["Baseline 0.12±0.01", "Baseline 1.47±0.02", "Baseline 3.90±0.10", "Baseline 2.20±0.07"],
        ["|Reference Model|90.1%|5.6ms|", "|Reference Model|94.3%|2.4ms|", "|Reference Model|71.4%|13.2ms|"],
        ["Baseline 3 7 9", "Baseline 4 2 8", "Baseline 5 1 1", "Baseline 6 6 6"],
        ["## Results of run 1", "## Results of run 2", "## Results of run 3", "## Results of run 4"],
        ["MC dropout", "text", "MC dropout", "MC dropout", "MC dropout", "text", "text", "MC dropout\n\nMC dropout"],
        ["Citeseer", "Citeseer", "Citeseer", "Citeseer", *["other text"] * 4],
        ["Experiment 1", "Experiment 2", "Experiment 3", "Experiment 4"],
    ],
)
def test_rows_labels_and_headings_that_come_back_are_science(lines: list[str]) -> None:
    scrubbed = scrub(paged(*lines), max_words=None)
    assert not taken(scrubbed, "running line")


def test_authors_that_a_parser_put_below_the_abstract_s_heading_go() -> None:
    text = PLAIN.replace("ABSTRACT\n", "ABSTRACT\n\nCarl Scribe\nNumbers Inc\n")
    assert flat(scrub(text).text) == flat(scrub(PLAIN).text)


def test_narrow_columns_keep_their_abstract_and_body() -> None:
    narrow = "\n".join(textwrap.fill(line, 45) for line in PLAIN.split("\n\n")[1:-5])
    text = f"{TITLE}\n\n{narrow}\n\nTable 1: a caption that is one long line across both of the columns.\n"
    assert SCIENCE[0] in flat(scrub(text).text)


def test_a_title_below_a_running_header_stays() -> None:
    assert TITLE in scrub(f"Under review as a conference paper at NUMBERS 2022\n\n{SUBMISSION}").text


def test_a_paragraph_on_one_line_stays() -> None:
    body = f"{' '.join(SCIENCE)} All are printed in an arXiv preprint (Writer, 2021)."
    assert SCIENCE[0] in flat(scrub(manuscript(body=body)).text)


@pytest.mark.parametrize(
    "sentence",
    [
        "A proposal is accepted at a rate of 0.3 by the chain.",
        "Both losses make an equal contribution to the gradient.",
        "Classes are sorted in alphabetical order.",
        "Nodes stand in one-to-one correspondence to edges.",
        "The claim is supported by Table 3. A foundation model would need more data.",
        "The latent codes are found by gradient descent.",
        "Text that was generated by a language model is longer.",
        "In this paper images are generated by the machine of Table 3.",
        "The use of language models in the review of papers is studied.",
    ],
)
def test_scientific_sentences_near_the_rules_stay(sentence: str) -> None:
    assert sentence in flat(scrub(manuscript(body=f"It holds. {sentence} It counts.")).text)


@pytest.mark.parametrize(
    "heading", ["# A BSTRACT", "**Abstract**", "## Abstract", "ABSTRACT", "A BSTRACT", "Abstract."]
)
def test_spellings_of_the_abstract_s_heading(heading: str) -> None:
    kept = scrub(CAMERA_READY.replace("ABSTRACT", heading)).text
    assert "Anna" not in kept
    assert heading in kept


@pytest.mark.parametrize("heading", ["REFERENCES", "R EFERENCES", "## References", "6 References", "**Bibliography**"])
def test_spellings_of_the_references_heading(heading: str) -> None:
    assert "C. Scribe" not in scrub(CAMERA_READY.replace("REFERENCES", heading)).text


def test_an_appendix_without_references_ends_the_body() -> None:
    text = PLAIN.replace("REFERENCES\n", "").replace("A. Author and", "Ann and")
    kept = scrub(text).text
    assert "Proof of the bound" not in kept
    assert "Counting needs precision" in kept


def test_a_word_on_an_early_line_of_contents_does_not_end_the_body() -> None:
    text = manuscript(front="CONTENTS\n\nReferences\n")
    assert "Counting needs precision" in scrub(text).text


def test_a_text_without_any_landmark_is_kept() -> None:
    scrubbed = scrub(BODY)
    assert scrubbed.text == BODY + "\n"
    assert scrubbed.removed == ()
    assert scrubbed.kept_share == 1


def test_the_length_limit_keeps_introduction_and_conclusion() -> None:
    filler = "\n".join("ten words that only fill a line of this manuscript." for _ in range(700))
    text = manuscript(body=f"{BODY}\n\n2 METHOD\n\n{filler}\n\n3 EXPERIMENTS\n\n{filler}")
    limited, unlimited = scrub(text), scrub(text, max_words=None)
    assert 0.98 * MAX_WORDS <= len(limited.text.split()) <= MAX_WORDS
    assert len(unlimited.text.split()) > 14_000
    assert "length limit" not in rules_of(unlimited)
    for part in (*SCIENCE, "manuscript. 3 EXPERIMENTS ten words", "Counting needs precision more than it needs units."):
        assert part in flat(limited.text)
    assert len(scrub(text, max_words=100).text.split()) <= 100


@pytest.mark.parametrize("form", ["{line}", "{n:03d} {line}", "{line} {n:03d}"])
def test_a_text_without_headings_is_kept_up_to_the_length_limit(form: str) -> None:
    line = "ten words that only fill a line of this manuscript."
    text = "\n".join(form.format(n=n, line=line) for n in range(1, 700))
    assert 0.98 * MAX_WORDS <= len(scrub(text).text.split()) <= MAX_WORDS


@pytest.mark.parametrize(
    "before",
    [
        "2 Results",
        "4.1 Larger Stones",
        "## Results",
        "**Results**",
        "RESULTS",
        "A.2 Proof of the Second Claim",
        "Method Error Time\nOurs .52 31\nTheirs .61 12",
        "| Ours | .52 | 31 |",
        "Figure 3: Weights of stones by colour",
    ],
)
@pytest.mark.parametrize("sentence", ["We thank Carol Helper for stones.", "Our code is available at https://x.org/a."])
def test_lines_without_a_full_stop_above_a_removed_sentence_stay(before: str, sentence: str) -> None:
    left = scrub(manuscript(body=f"It holds\n{before}\n{sentence} It counts.")).text
    assert f"It holds\n{before}\nIt counts." in left


@pytest.mark.parametrize("heading", ["3 Discussion", "3.1 More Stones", "## Discussion", "DISCUSSION"])
def test_a_heading_below_thanks_without_a_full_stop_stays(heading: str) -> None:
    left = scrub(manuscript(body=f"It holds. We thank Carol Helper\n{heading}\nStones are heavy. It counts.")).text
    assert "Carol" not in left
    assert f"{heading}\nStones are heavy." in left


@pytest.mark.parametrize(
    "sentence",
    [
        "Two images with the same latent\ncode should look alike.",
        "Much of it is assembly\ncode.",
        "Code completion is a task of language modelling.",
        "**Code Context:**\nimport sys",
        "They were run with the released code of their authors.",
        "We provide code samples of each dataset in a table.",
        "3.2 CODE FRAGMENTS",
    ],
)
def test_code_that_is_the_matter_of_a_paper_stays(sentence: str) -> None:
    assert sentence in scrub(manuscript(body=f"{BODY}\n\n{sentence} It counts.")).text


@pytest.mark.parametrize(
    "sentence",
    [
        "We will release our code if the paper is accepted.",
        "We plan to release the source code later.",
        "We provide all of the code for our models.",
        "We open-source all our code and data.",
        "We are committed to releasing the code soon.",
        "Code: https://x.org/a",
    ],
)
def test_promises_of_code_go(sentence: str) -> None:
    assert "code" not in scrub(manuscript(body=f"It holds.\n{sentence}\n\nIt counts.")).text.lower()


def test_a_footnote_on_code_goes_alone() -> None:
    left = scrub(manuscript(body="We compare\n1Code at https://x.org/a\n\ntwo settings. It counts.")).text
    assert "We compare\n\ntwo settings. It counts." in left


def test_a_removed_sentence_leaves_the_paragraph_s_end() -> None:
    text = PLAIN.replace("on three tasks.", "on three tasks. Our code is available at https://x.org/count.").replace(
        "explain the limit", "explain (https://x.org) the limit"
    )
    assert flat(scrub(text).text) == flat(scrub(PLAIN).text)
    assert re.search(r"three\s+tasks\.\n\n1 INTRODUCTION", scrub(text).text)


@pytest.mark.parametrize(
    "science",
    [
        "It reaches Acc@0.15 of 81 on a CPU @ 2.10GHz.",
        "We supplement the loss with a supplementary variable.",
        "A table:\n\n12\n\n7\n\n3\n\n95",
    ],
)
def test_rules_leave_science(science: str) -> None:
    text = manuscript(body=f"{BODY}\n\n{science}")
    assert flat(science) in flat(scrub(text).text)


def test_abstracts_in_narrow_columns_are_no_authors() -> None:
    narrow = textwrap.fill(ABSTRACT_TEXT, 40)
    text = PLAIN.replace(textwrap.fill(ABSTRACT_TEXT, 95), f"{narrow}")
    assert flat(ABSTRACT_TEXT) in flat(scrub(text).text)


def test_the_title_is_given_in_one_form() -> None:
    bare = Paper(id="a", title="Counting", text=PLAIN.replace(TITLE, ""))
    own = Paper(id="b", title="Counting with Small Recurrent Networks", text=PLAIN)
    assert scrub_paper(bare).text.startswith("# Counting\n\nABSTRACT")
    assert scrub_paper(own).text.startswith("# Counting with Small Recurrent Networks\n\nABSTRACT")
    assert scrub_paper(own).text.lower().count("small recurrent networks") == 1


def test_shares_are_of_the_original() -> None:
    for text in (PLAIN, CAMERA_READY, SUBMISSION, "", "\n", "x"):
        scrubbed = scrub(text)
        shares = scrubbed.removed_shares()
        assert list(shares.values()) == sorted(shares.values(), reverse=True)
        assert scrubbed.kept_share + sum(shares.values()) == pytest.approx(1)
        removed = sum(s.end - s.start for s in scrubbed.removed)
        assert scrubbed.kept_share == pytest.approx(1 - removed / max(len(text), 1))


def test_a_paper_is_scrubbed_in_text_and_abstract() -> None:
    paper = Paper(
        id="a",
        title="Counting with small recurrent networks",
        abstract="It counts. Code: https://github.com/anna/count.",
        text=CAMERA_READY,
    )
    scrubbed = scrub_paper(paper)
    assert scrubbed.text == scrub(CAMERA_READY).text.replace(TITLE, "# Counting with small recurrent networks")
    assert scrubbed.abstract == "It counts."
    assert (scrubbed.id, scrubbed.title) == ("a", paper.title)


def test_the_fingerprint_follows_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    before = rules_fingerprint()
    assert re.fullmatch(r"[0-9a-f]{8}", before)
    assert rules_fingerprint() == before
    monkeypatch.setattr("peerassay.reviewer.scrub.MAX_WORDS", 3000)
    shorter = rules_fingerprint()
    monkeypatch.setattr("peerassay.reviewer.scrub_patterns.EMAIL", re.compile("@"))
    assert len({before, shorter, rules_fingerprint()}) == 3


FRAGMENTS = (
    TITLE, AUTHORS, ANONYMOUS, "ABSTRACT", ABSTRACT_TEXT, "1 INTRODUCTION", BODY, *SCIENCE, REFERENCES, "REFERENCES",
    "ACKNOWLEDGMENTS", "We thank Dora.", "Under review as a paper", "Published as a paper", "a@b.org", "{a,b}@c.org",
    "Code is available at https://x.org/y\nz/w", "12", "(Writer et al., 2020a; 2021)", "supplementary material", "\n",
    "\n\n", " ", "§ İ ß ﬁ Σ", "\r\n", "# ", "http://", "@", "supported by the", "grant", "†Equal contribution",
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=300), st.lists(st.sampled_from(FRAGMENTS), max_size=14).map("\n".join))


def without_spaces(text: str) -> str:
    return "".join(text.split())


@settings(max_examples=150)
@given(TEXTS, st.one_of(st.none(), st.integers(1, 60)))
def test_spans_are_sound_and_the_rest_is_kept_in_order(text: str, max_words: int | None) -> None:
    scrubbed = scrub(text, max_words=max_words)
    spans = scrubbed.removed
    assert scrubbed.original == text
    assert all(0 <= s.start < s.end <= len(text) for s in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert {s.rule for s in spans} <= {*RULES, "references and appendix", "length limit"}
    gone = {i for s in spans for i in range(s.start, s.end)}
    kept = "".join(c for i, c in enumerate(text) if i not in gone)
    replaced = sum(s.rule in REPLACED for s in spans)
    assert len(without_spaces(scrubbed.text)) == len(without_spaces(kept)) + replaced * len("theappendix")
    assert 0 <= scrubbed.kept_share <= 1 + 1e-9
    assert "\n\n\n" not in scrubbed.text


@settings(max_examples=100)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=14).map("\n\n".join))
def test_scrubbing_leaves_no_address_and_no_link(text: str) -> None:
    kept = scrub(text).text
    assert not re.search(r"\w@\w+\.org|https?://\w", kept)
    assert "We thank" not in kept


@pytest.mark.parametrize("text", [PLAIN, CAMERA_READY, SUBMISSION])
def test_scrubbing_twice_removes_nothing_more(text: str) -> None:
    once = scrub(text).text
    again = scrub(once)
    assert again.text == once
    assert again.removed == ()


@pytest.mark.parametrize(
    "text",
    ["(" * 20_000, "a" * 50_000, "code " * 8_000, "supported by " * 3_000, "a.a." * 2_000, "\n" * 20_000, "{" * 20_000,
     "University " * 4_000, "https://" * 5_000, "# " * 10_000, "[,;] 2020" * 4_000, "We thank " * 5_000, "-.@" * 5_000],
    ids=lambda text: text[:10],
)  # fmt: skip
def test_no_pattern_explodes(text: str) -> None:
    assert scrub(text).kept_share >= 0


@pytest.fixture(scope="module")
def iclr2022(shared_data: Path) -> Dataset:
    """A fourth of the papers; all of them among the longer checks."""
    whole = open_path(shared_data / "iclr2022", "iclr2022")
    step = 1 if os.environ.get("PEERASSAY_SLOW") else 4
    return build(whole.card, whole.papers[::step], whole.judgements[::step])


@pytest.fixture(scope="module")
def scrubbed_iclr2022(iclr2022: Dataset) -> Iterator[list[Scrubbed]]:
    with ProcessPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        yield list(pool.map(scrub, [p.text for p in iclr2022.papers], chunksize=32))


@pytest.fixture(scope="module")
def accepted(iclr2022: Dataset) -> np.ndarray:
    return np.array([j.accepted for j in iclr2022.judgements])


def share(texts: list[Scrubbed], pattern: str) -> float:
    return float(np.mean([re.search(pattern, s.text) is not None for s in texts]))


def test_the_header_rule_falls_to_chance(
    iclr2022: Dataset, scrubbed_iclr2022: list[Scrubbed], accepted: np.ndarray
) -> None:
    header = next(probe for probe in PROBES if probe.name == "anonymous header")
    test = np.array([j.split == "test" for j in iclr2022.judgements])
    assert test.sum() >= 100

    def balanced_accuracy(texts: list[str]) -> float:
        said = np.array([header.read(text) == 0 for text in texts])[test]
        return float((said[accepted[test]].mean() + (~said)[~accepted[test]].mean()) / 2)

    assert balanced_accuracy([s.original for s in scrubbed_iclr2022]) >= 0.99
    assert balanced_accuracy([s.text for s in scrubbed_iclr2022]) == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize(
    "pattern",
    [
        r"@[\w-]+\.(?:edu|com|org|ac|cn|de|fr|ch)\b",
        r"(?im)^[#*_ \t\d.]*acknowled?ge?ments?\b",
        r"(?i)published as an?\b",
        r"(?i)under (?:double[- ]blind )?review\b",
        r"(?i)anonymous authors?\b",
        r"(?i)camera[- ]ready",
        r"(?i)https?://|github\.com",
        r"(?i)\bwe thank\b",
        r"(?i)equal contribution",
    ],
)
def test_nothing_that_tells_the_decision_is_left(scrubbed_iclr2022: list[Scrubbed], pattern: str) -> None:
    assert share(scrubbed_iclr2022, pattern) <= 0.001
    assert np.mean([re.search(pattern, s.original) is not None for s in scrubbed_iclr2022]) > 0.005


def test_abstracts_are_kept(scrubbed_iclr2022: list[Scrubbed]) -> None:
    assert np.mean([ABSTRACT.search(s.text[:1500]) is not None for s in scrubbed_iclr2022]) >= 0.99


def test_enough_is_kept(scrubbed_iclr2022: list[Scrubbed]) -> None:
    words = np.array([len(s.text.split()) for s in scrubbed_iclr2022])
    assert np.mean(words >= 1500) >= 0.99
    assert words.max() <= 1.01 * MAX_WORDS
    shares = [s.removed_shares() for s in scrubbed_iclr2022]
    by_rules = [sum(s.values()) - s.get("length limit", 0) - s.get("references and appendix", 0) for s in shares]
    assert np.mean(np.array(by_rules) <= 0.035) >= 0.98


def test_the_rules_themselves_take_little_of_the_body(scrubbed_iclr2022: list[Scrubbed]) -> None:
    cuts = ("references and appendix", "length limit")
    by_rules = [sum(v for k, v in s.removed_shares().items() if k not in cuts) for s in scrubbed_iclr2022]
    assert np.mean(np.array(by_rules) <= 0.05) >= 0.99
    assert max(by_rules) < 0.15


def test_kept_and_removed_are_the_whole(scrubbed_iclr2022: list[Scrubbed]) -> None:
    for s in scrubbed_iclr2022:
        assert s.kept_share + sum(s.removed_shares().values()) == pytest.approx(1, abs=1e-12)
        assert all(a.end <= b.start for a, b in pairwise(s.removed))


def test_both_classes_lose_alike_to_the_length_limit(scrubbed_iclr2022: list[Scrubbed], accepted: np.ndarray) -> None:
    words = np.array([len(s.text.split()) for s in scrubbed_iclr2022])
    assert abs(words[accepted].mean() - words[~accepted].mean()) <= 0.03 * words.mean()


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ("We see\n[some insights. Code: https://t.ly/x.](https://t.ly/x)\n\nMore.", "We see\nsome insights.\n\nMore."),
        ("Data of the\n[Small Study.](https://small.org/study)\n\nMore.", "Data of the\nSmall Study.\n\nMore."),
        ("By [1see the list of](https://x.org/a_list)\n[x.org/a_list and count](https://x.org/a_list)\non.",
         "By 1see the list of\nand count\non."),
        ("It is in\n[a list](https://x.org/a_list) of [a[1] kind](https://x.org/b).", "It is in\nof a[1] kind."),
        ("An interval [0, 1] and [the open one (0, 1).", "An interval [0, 1] and [the open one (0, 1)."),
    ],
)  # fmt: skip
def test_links_of_markdown_leave_neither_brackets_nor_addresses(body: str, left: str) -> None:
    assert left in scrub(manuscript(body=body)).text


def test_a_statement_on_reproducibility_that_is_all_gone_takes_its_heading_along() -> None:
    statement = "REPRODUCIBILITY STATEMENT\n\n{}\n\nETHICS STATEMENT\n\nNothing to tell."
    gone = scrub(manuscript(body=statement.format("The code is available at https://github.com/a/b."))).text
    assert "REPRODUCIBILITY" not in gone and "ETHICS STATEMENT\n\nNothing" in gone
    assert "REPRODUCIBILITY STATEMENT\n\nSeeds" in scrub(manuscript(body=statement.format("Seeds are fixed."))).text


def test_numbers_of_sections_on_lines_of_their_own_are_no_page_numbers() -> None:
    heads = ["WHY WE COUNT", "EARLIER WORK", "OUR METHOD", "WHAT CAME OUT", "LIMITS"]
    parts = [f"{n}\n{heads[n - 1]}\n{BODY}\n{BODY}\n\n{n + 3}\n\n{BODY}" for n in range(1, 6)]
    text = scrub(manuscript(body="\n\n".join(parts)), max_words=None).text
    assert all(f"\n{n}\n{head}" in text for n, head in enumerate(heads, start=1))
    assert all(f"\n\n{n}\n\n" not in text for n in range(4, 9))


def test_authors_with_particles_below_the_abstracts_heading_go() -> None:
    text = PLAIN.replace("ABSTRACT\n", "ABSTRACT\n\n**Anna van der Author**\nUCLA,\nThe Small Institute\n\n", 1)
    kept = scrub(text).text
    assert "Author" not in kept and "UCLA" not in kept and "Small Institute" not in kept
    assert "Recurrent networks of eight units" in kept
