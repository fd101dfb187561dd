"""BibTeX entries: as BibTeX reads them, and broken ones named without loss of their neighbours."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from peerassay.data.errors import InputError
from peerassay.data.papers.tex.bibliography import from_bbl
from peerassay.data.papers.tex.bibtex import bib_text, problem_lines, read_entries

NEXT = "\n@misc{next, title={Next}, year=1999}\n"


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        ("@article{a,\n title={X}\n year={2020}\n}", "no comma behind the field title"),
        ("@article{a title={X}, year={2020}}", "Expected comma after entry key, but found ="),
        ("@article{a, title={X}, year = 2020 month = jan}", "no comma behind the field year"),
        ('@article{a, title="X "quoted" words", year=2020}', "no comma behind the field title"),
        ("@article{a, title={X}, year={2020}", "its braces or quotes do not close"),
        ("@article{a, title={X {y}, year={2020}}", "its braces or quotes do not close"),
        ('@article{a, title="X, year={2020}}', "its braces or quotes do not close"),
    ],
)
def test_a_broken_entry_is_named_and_its_neighbours_stay(broken: str, problem: str) -> None:
    before, first, after = read_entries(NEXT.replace("next", "before") + broken + NEXT)
    assert (before.key, before.problem, after.key, after.problem) == ("before", "", "next", "")
    assert (after.fields["title"], after.fields["year"]) == ("Next", "1999")
    assert (first.key, first.problem) == ("a", problem)
    assert first.fields["title"].startswith("X")
    assert problem_lines([before, first, after]) == [f"line 3: @article a: {problem}"]


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ('@string(j = "Journal")\n@article{a, journal = j # { of } # "X", month = jan}', {"journal": "Journal of X"}),
        ("@ARTICLE (a , TITLE = {X} , )", {"title": "X"}),
        ("@article{a, title={X}, title={Y}}", {"title": "X"}),
        ('@inproceedings{a, title={X}, crossref={P}}\n@proceedings{p, title={Proc}, year=2020}', {"booktitle": "Proc"}),
        ("\n% Encoding: UTF-8\n@article{a, title={50% off @ {x}}}", {"title": "50% off @ {x}"}),
        ("@comment{jabref-meta: a@b{c\\;\n}\n@article{a, title={X}}\n@Comment{jabref-meta: x@y{;}", {"title": "X"}),
        ("@article{a, author={A\n and B},\n title={X\n y}}", {"author": "A\n and B"}),
    ],
)  # fmt: skip
def test_entries_are_read_as_bibtex_reads_them(text: str, fields: dict[str, str]) -> None:
    entries = read_entries(text)
    assert entries[0].key == "a"
    assert fields.items() <= entries[0].fields.items()
    assert not problem_lines(entries)


def test_abbreviations_of_earlier_files_count() -> None:
    strings: dict[str, str] = {}
    assert read_entries("@string{j = {Journal}}", strings) == []
    assert read_entries("@misc{a, title = j}", strings)[0].fields["title"] == "Journal"


def test_further_keys_of_biblatex() -> None:
    assert read_entries("@misc{a, ids={b, c}, title={X}}")[0].keys == ("a", "b", "c")


def test_a_bbl_of_biblatex() -> None:
    text = r"""\datalist[entry]{nty}
\entry{s}{article}{}
  \name{author}{2}{}{%
    {{hash=a}{%
       family={Müller},
       familyi={M\bibinitperiod},
       given={Jane}}}%
    {{hash=b}{family={Doe}, given={John}}}%
  }
  \field{title}{A {Careful} Study}
  \field{year}{2020}
\endentry
\entry{t}{misc}{}
  \field{title}{Other}
\endentry"""
    found = from_bbl(text)
    assert (found["s"].who, found["s"].year) == ("Müller & Doe", "2020")
    assert found["s"].line == "Jane Müller, John Doe. A Careful Study. 2020."
    assert found["t"].line == "Other."


def test_encodings_and_refusals(tmp_path: Path) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "latin-1"):
        (tmp_path / "x.bib").write_bytes("@misc{a, title={Prüfung}}".encode(encoding))
        assert read_entries(bib_text(tmp_path / "x.bib"))[0].fields["title"] == "Prüfung"
    with pytest.raises(InputError, match="cannot be read"):
        bib_text(tmp_path / "none.bib")


@settings(max_examples=200)
@given(st.lists(st.sampled_from([*'@{}(),="# \n', "@misc{k", "@string{", "@comment{", "title = ", "x"]), max_size=30))
def test_any_text_is_read_in_silence(pieces: list[str]) -> None:
    logger = logging.getLogger("bibtexparser")
    heard: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = heard.append
    logger.addHandler(handler)
    try:
        read_entries("".join(pieces) + NEXT)
    finally:
        logger.removeHandler(handler)
    assert heard == []
