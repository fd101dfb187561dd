"""What all manipulations keep to, on the bundled sample."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest
from peerassay.bench.stress.manipulation import Manipulation, NotApplicable, manipulated
from peerassay.bench.stress.manipulations import FAMILIES, MANIPULATIONS, chosen
from peerassay.data.errors import InputError
from peerassay.data.records import Paper
from peerassay.data.sample_pairs import load_sample


@pytest.fixture(scope="module")
def papers() -> tuple[Paper, ...]:
    return load_sample().papers[:3]


each = pytest.mark.parametrize("manipulation", [m for m in MANIPULATIONS if m.file is None], ids=lambda m: m.name)


@each
def test_it_changes_the_sample_alike_each_time_and_more_with_strength(
    manipulation: Manipulation, papers: tuple[Paper, ...]
) -> None:
    for paper in papers:
        strengths = sorted({*manipulation.strengths, 1.0})
        made = [manipulated(paper, manipulation, strength, 7) for strength in strengths]
        assert made[-1].text != paper.text
        assert made[-1] == manipulated(paper, manipulation, strengths[-1], 7)
        changes = [changed(paper.text, one.text) for one in made]
        assert changes == sorted(changes)
        assert all(one.id == paper.id and one.title == paper.title for one in made)


def test_real_text_is_changed_more_with_strength(shared_data: Path) -> None:
    texts = sorted((shared_data / "iclr2022" / "papers").glob("*.txt"))[:1]
    (real,) = (Paper(id=path.stem, text=path.read_text(encoding="utf-8")) for path in texts)
    applied = 0
    for manipulation in MANIPULATIONS:
        if manipulation.file is None:
            with suppress(NotApplicable):
                less, more = (manipulated(real, manipulation, strength, 1).text for strength in (0.3, 1.0))
                assert 0 <= changed(real.text, less) <= changed(real.text, more), manipulation.name
                applied += more != real.text
    assert applied >= 20


@each
def test_a_text_without_parts_is_named_as_not_applicable_or_changed(manipulation: Manipulation) -> None:
    bare = Paper(id="bare", text="Words and nothing else")
    try:
        assert manipulated(bare, manipulation, 1.0, 0).text != bare.text
    except NotApplicable as reason:
        assert len(str(reason).split()) >= 2


def test_what_leaves_a_paper_as_it_is_does_not_apply() -> None:
    twice = "Doe. A Title, 2020."
    paper = Paper(
        id="p", text=f"# On Words\n\n{'Words and more of them. ' * 9}\n\n# References\n\n{twice}\n\n{twice}\n"
    )
    with pytest.raises(NotApplicable, match="leaves this paper as it is"):
        manipulated(paper, chosen(["invariance:reference-order"])[0], 1.0, 0)


def test_names_families_and_all_are_chosen_once_each() -> None:
    assert chosen(["all", "injection"]) == list(MANIPULATIONS)
    assert {m.family for m in chosen(["invariance"])} == {"invariance"}
    assert [m.name for m in chosen(["injection:visible"])] == ["injection:visible"]
    assert {m.family for m in MANIPULATIONS} <= set(FAMILIES)
    assert all(m.name.startswith(f"{m.family}:") for m in MANIPULATIONS)


def test_an_unknown_name_comes_with_near_ones() -> None:
    with pytest.raises(InputError, match="did you mean .*injection:visible"):
        chosen(["injection:visibel"])


def test_a_strength_outside_of_its_range_is_refused(papers: tuple[Paper, ...]) -> None:
    with pytest.raises(ValueError, match="above 0"):
        manipulated(papers[0], MANIPULATIONS[0], 0.0, 0)


def test_another_process_makes_the_same_text(papers: tuple[Paper, ...]) -> None:
    code = (
        "from peerassay.bench.stress.manipulations import chosen\n"
        "from peerassay.bench.stress.manipulation import manipulated\n"
        "from peerassay.data.sample_pairs import load_sample\n"
        "m = chosen(['degradation:references-removed'])[0]\n"
        "print(manipulated(load_sample().papers[0], m, 0.4, 3).text)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    here = manipulated(papers[0], chosen(["degradation:references-removed"])[0], 0.4, 3)
    assert done.stdout.rstrip() == here.text.rstrip()


def changed(before: str, after: str) -> int:
    """Neighbouring pieces, words and spaces, that one of the texts has more often than the other."""
    a, b = (Counter(pairwise(re.findall(r"\S+|\s+", text))) for text in (before, after))
    return ((a - b) + (b - a)).total()
