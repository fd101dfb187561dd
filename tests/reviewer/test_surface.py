"""The surface counts of a text."""

from __future__ import annotations

import numpy as np
import pytest
from peerassay.reviewer.surface import LENGTHS, NAMES, read

PAPER = """# A study of nets

ABSTRACT
We train deep nets. They learn.

1 INTRODUCTION

We cite (Lee et al., 2019; Kim & Ho, 2021) and [1, 2]. Figure 3 and Fig. 7 show that, see Appendix C.2.
The proof is in Section D and α ≤ 0.5, e.g. for f(x) = 2.

-----

Table 2: Results*

∗ A footnote
And the end is
"""


def counts(text: str) -> dict[str, float]:
    return dict(zip(NAMES, read(text).tolist(), strict=True))


def test_every_count_has_one_name():
    assert len(set(NAMES)) == len(NAMES) >= 70
    assert set(LENGTHS) < set(NAMES)


def test_counts_are_those_of_a_paper_counted_by_hand():
    found = counts(PAPER)
    words = found["words"]
    per_thousand = {name.removesuffix(" per 1000 words"): value * words / 1000 for name, value in found.items()}
    by_hand = {
        "we": 2,
        "figure": 2,
        "table": 1,
        "et al.": 1,
        "citation group": 1,
        "numbered citation": 1,
        "year": 2,
        "decimal": 1,
        "semicolon": 1,
        "e.g. or i.e.": 1,
        "page break": 1,
        "heading": 2,
        "caption": 1,
        "footnote mark": 1,
        "asterisk": 1,
        "equals sign": 1,
        "comparison sign": 1,
        "appendix": 1,
    }
    assert {name: per_thousand[name] for name in by_hand} == pytest.approx(by_hand)
    assert found["highest figure"] == 7 and found["highest table"] == 2 and found["highest section"] == 1
    assert found["highest appendix letter"] == 4
    assert found["latest year"] == 2021
    assert found["characters"] == len(PAPER)
    assert found["words before the introduction"] == 12
    assert found["words of the last line"] == 4 and found["ends with a full stop"] == 0


def test_rates_do_not_grow_with_the_text():
    once, twice = counts(PAPER), counts(PAPER * 2)
    rates = [name for name in NAMES if name.endswith("per 1000 words")]
    assert [twice[name] for name in rates] == pytest.approx([once[name] for name in rates])
    assert twice["words"] == 2 * once["words"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "x",
        "日本語の論文。" * 50,
        "1 2 3 ± % " * 100,
        "\0\x07\ufffd",
        "²①٣ " * 20,
        "(" * 50_000,
        "We " * 20_000,
    ],
)
def test_odd_texts_have_finite_counts(text: str):
    found = read(text)
    assert found.shape == (len(NAMES),)
    assert np.isfinite(found).all() and (found >= 0).all()
