"""Files to papers: Markdown and plain text, which files are papers, ids, errors, and cutting to length."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_pdfs import BODY, ORDER, pdf, text
from peerassay.data.errors import InputError
from peerassay.data.files import read_text
from peerassay.data.importers.rows import read_rows
from peerassay.data.importers.texts import import_texts
from peerassay.data.papers.find import find_papers
from peerassay.data.papers.front import find_abstract, find_title
from peerassay.data.papers.load import load_paper, paper_ids
from peerassay.data.papers.markdown import read_markdown
from peerassay.data.papers.sections import find_sections
from peerassay.data.papers.source import Extracted
from peerassay.data.papers.tokens import estimate_tokens, truncate
from peerassay.data.records import DatasetCard, Paper, Section

MAIN = "\\documentclass{article}\\begin{document}%s\\end{document}"


def write(path: Path, content: str | bytes = "Some words of a paper.") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_markdown(tmp_path: Path) -> None:
    head = "---\ntitle: 'A Title'\n---\n\n## Abstract\n\nShort.\nVery.\n\n"
    content = f"{head}## Method\n\n### Data\n\n## References\n\n- A. 2001.\n"
    loaded = load_paper(write(tmp_path / "p.md", content))
    assert (loaded.paper.title, loaded.paper.abstract, loaded.paper.source) == ("A Title", "Short. Very.", "md")
    names = [("Abstract", 1), ("Method", 1), ("Data", 2), ("References", 1)]
    assert [(s.title, s.level) for s in loaded.paper.sections] == names
    assert loaded.references == 1
    assert load_paper(write(tmp_path / "q.md", "# Head\n\nWords.\n\n## One\n")).paper.title == "Head"


@pytest.mark.parametrize(
    ("kind", "hiding"),
    [
        ("comment", "<!-- %s -->"),
        ("comment", "<!-- a\n%s"),
        ("comment", "\n[//]: # (%s)"),
        ("style", '<span style="color: white">%s</span>'),
        ("style", "<font color=#ffffff>%s</font>"),
        ("style", '<div style="display:none"><div>%s</div></div>'),
        ("style", "<p hidden>%s"),
        ("style", '<span style="font-size:0">%s</span>'),
        ("style", "<i style='opacity: 0;'>%s</i>"),
    ],
)
def test_what_markdown_hides(kind: str, hiding: str) -> None:
    read = read_markdown(f"Before. {hiding.replace('%s', ORDER)}\n")
    assert [h.kind for h in read.quarantine] == [kind]
    assert ORDER in read.quarantine[0].text
    assert read.text.strip() == "Before."


@pytest.mark.parametrize(
    "shown",
    [
        '<b style="color: red">%s</b>',
        '<b style="color:white; background-color: #333">%s</b>',
        "```html\n<!-- %s -->\n```",
        '<td style="background-color: white">%s</td>',
        "[1]: http://a.b (%s)",
    ],
)
def test_what_markdown_shows(shown: str) -> None:
    content = shown.replace("%s", ORDER)
    assert read_markdown(content) == Extracted(content)


@given(st.text(st.sampled_from("<>-!/\"'= abspanstyle:color#\n`~[]()"), max_size=80))
def test_markdown_scraps_never_raise(scraps: str) -> None:
    assert isinstance(read_markdown(f"<p hidden{scraps}<span style='color:white'>{scraps}</span>").text, str)


def test_plain_text(tmp_path: Path) -> None:
    content = (
        "Published as a conference paper\nON THINGS\nAND OTHERS\nAnn Author\n\nABSTRACT\n\nWe weigh\nthings.\n\n"
        "1 INTRODUCTION\n\nWords.\n\n3.5 % more\n1. First item of a list\n\n2 METHOD\n\n2.1 DATA\n\nREFERENCES\n\n"
        "A. One. 2001.\nB. Two. 2002.\n\nA PROOFS OF ALL\n\nA.1 MORE PROOFS\n"
    )
    paper = load_paper(write(tmp_path / "p.txt", content)).paper
    assert (paper.title, paper.abstract) == ("ON THINGS AND OTHERS", "We weigh things.")
    names = [
        "ABSTRACT",
        "1 INTRODUCTION",
        "2 METHOD",
        "2.1 DATA",
        "REFERENCES",
        "A PROOFS OF ALL",
        "A.1 MORE PROOFS",
    ]
    assert [s.title for s in paper.sections] == names
    assert [s.level for s in paper.sections] == [1, 1, 1, 2, 1, 1, 2]
    assert all(paper.text[s.start :].startswith(s.title) for s in paper.sections)


def test_an_abstract_within_its_line() -> None:
    content = "A Title\n\nAbstract— We weigh\nthings.\n\nMore words."
    assert find_abstract(content, find_sections(content)) == "We weigh things."


def test_invisible_characters_are_set_aside_and_counted(tmp_path: Path) -> None:
    order = "".join(chr(0xE0000 + ord(c)) for c in ORDER)
    loaded = load_paper(write(tmp_path / "p.txt", f"Wo\u200brds{order} here."))
    assert loaded.paper.text == "Words here."
    assert [(h.kind, h.text) for h in loaded.quarantine] == [("tags", ORDER)]
    assert loaded.notes == (f"{len(ORDER) + 1} invisible characters removed",)


def test_a_utf_16_file(tmp_path: Path) -> None:
    assert load_paper(write(tmp_path / "p.txt", "Naïve words".encode("utf-16"))).paper.text == "Naïve words"


def test_bad_files(tmp_path: Path) -> None:
    write(tmp_path / "paper.txt")
    bad = {
        r"unknown file 'papr.txt'; did you mean paper.txt or ": tmp_path / "papr.txt",
        "a folder; name the paper's file": tmp_path,
        "empty; give a file": write(tmp_path / "empty.txt", " \n"),
        r"expected a file ending in \.pdf": write(tmp_path / "paper.csv"),
        "not a Word file": write(tmp_path / "paper.docx"),
        "not a PDF file": write(tmp_path / "text.pdf"),
        "not a text file": write(tmp_path / "binary.txt", b"\xff\x00\x01"),
        "no text to be seen": write(tmp_path / "none.tex", "\\documentclass{article}\\begin{document}\\end{document}"),
    }
    for message, path in bad.items():
        with pytest.raises(InputError, match=message) as raised:
            load_paper(path)
        assert path.name in str(raised.value)


def test_too_large_a_file(tmp_path: Path) -> None:
    path = write(tmp_path / "huge.pdf")
    with path.open("r+b") as stream:
        stream.truncate(100_000_001)
    with pytest.raises(InputError, match="more than 100 MB; give the paper alone"):
        load_paper(path)


def test_papers_in_a_folder(tmp_path: Path) -> None:
    write(tmp_path / "both" / "paper.pdf", pdf(BODY))
    write(tmp_path / "both" / "paper.tex", MAIN % "Words")
    write(tmp_path / "both" / "review.txt")
    write(tmp_path / "tex" / "main.tex", MAIN % r"\input{part}\includegraphics[width=1cm]{figures/curve}")
    write(tmp_path / "tex" / "part.tex", MAIN % "Part")
    write(tmp_path / "tex" / "macros.tex", "\\newcommand{\\a}{b}")
    write(tmp_path / "tex" / "figures" / "curve.pdf", pdf(BODY))
    write(tmp_path / "plain" / "a.txt")
    write(tmp_path / "plain" / "b.md")
    write(tmp_path / "plain" / "README.md")
    write(tmp_path / ".hidden" / "c.txt")
    found = [str(path.relative_to(tmp_path)) for path in find_papers([str(tmp_path), str(tmp_path / "plain")])]
    assert found == ["both/paper.pdf", "plain/a.txt", "plain/b.md", "tex/main.tex"]


def test_papers_by_name_and_pattern(tmp_path: Path) -> None:
    files = [write(tmp_path / name) for name in ("a.txt", "b.md", "c.csv")]
    assert find_papers([str(tmp_path / "*")]) == files[:2]
    assert find_papers([str(files[1]), str(files[0]), str(files[1])]) == files[:2]
    assert find_papers([str(tmp_path.parent / "*" / "a.txt")])[-1].name == "a.txt"
    (tmp_path / "empty").mkdir()
    for pattern, message in {
        str(tmp_path / "aa.txt"): r"unknown file 'aa.txt'; did you mean a.txt\?",
        str(tmp_path / "*.pdf"): r"\*.pdf: no file of this pattern",
        str(tmp_path / "empty"): "no papers in this folder",
    }.items():
        with pytest.raises(InputError, match=message):
            find_papers([pattern])
    with pytest.raises(InputError, match="no papers named"):
        find_papers([])


def test_ids_are_stems_with_as_many_folders_as_it_takes(tmp_path: Path) -> None:
    paths = [
        tmp_path / name for name in ("x/one/paper.pdf", "y/one/paper.pdf", "two/paper.tex", "other.md", "other.txt")
    ]
    assert paper_ids(paths) == ["x-one-paper", "y-one-paper", "two-paper", "other-md", "other-txt"]
    files = [write(tmp_path / "p" / "paper.txt"), write(tmp_path / "q" / "paper.txt")]
    assert paper_ids(files) == ["p-paper", "q-paper"]


LONG = Paper(
    id="long",
    text="# Title\n\n## Abstract\n\n" + "Short words. " * 10 + "\n\n## Method\n\n" + "Method words. " * 400
    + "\n\n## Results\n\n" + "Result words. " * 100 + "\n\n## References\n\n" + "- A. 2001.\n" * 50
    + "\n## Appendix\n\n" + "Proofs. " * 300,
)  # fmt: skip


@pytest.mark.parametrize(
    ("tokens", "cut"),
    [
        (10_000, []),
        (2600, ["Appendix"]),
        (2000, ["Appendix", "References"]),
        (1000, ["Appendix", "References", "Method"]),
        (500, ["Appendix", "References", "Method", "Results"]),
        (20, ["Appendix", "References", "Method", "Results", "Abstract"]),
    ],
)
def test_what_is_cut_first(tokens: int, cut: list[str]) -> None:
    shorter, cuts = truncate(LONG, tokens)
    assert [c.section for c in cuts] == cut
    assert estimate_tokens(shorter.text) <= tokens
    lost = estimate_tokens(LONG.text) - estimate_tokens(shorter.text)
    assert abs(sum(c.tokens for c in cuts) - lost) <= 10
    assert all(shorter.text[s.start :].lstrip("# ").startswith(s.title) for s in shorter.sections)


def test_a_cut_section_keeps_its_beginning_and_says_so() -> None:
    shorter, _ = truncate(LONG, 1000)
    assert "Method words. Method words" in shorter.text
    assert shorter.text.count("[cut to fit]") == 1
    assert "Result words. \n" in shorter.text


@given(st.text(st.sampled_from("ab .\n#é"), max_size=400), st.integers(1, 150))
def test_a_cut_paper_fits(words: str, tokens: int) -> None:
    shorter, cuts = truncate(Paper(id="p", text=words), tokens)
    assert estimate_tokens(shorter.text) <= tokens
    assert bool(cuts) == (shorter.text != words)


def test_no_tokens_at_all() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        truncate(LONG, 0)


def test_papers_without_sections_are_written_as_before() -> None:
    plain = Paper(id="p", text="words")
    assert plain.model_dump_json() == (
        '{"id":"p","title":"","abstract":"","text":"words","source":"txt","text_version":"unknown","venue":"","year":null}'
    )
    parted = plain.model_copy(update={"sections": (Section(title="A", start=0, end=5),)})
    assert Paper.model_validate_json(parted.model_dump_json()) == parted


def test_a_folder_of_pdfs_with_a_table_is_a_dataset(tmp_path: Path) -> None:
    hiding = text("A Study of Sound", y=740, size=20) + BODY + "1 g " + text(ORDER)
    write(tmp_path / "papers" / "a.pdf", pdf(hiding))
    write(tmp_path / "papers" / "b.tex", MAIN % r"\title{Bees}\begin{abstract}Buzz.\end{abstract}\section{Hum}")
    write(tmp_path / "papers" / "c.txt", "# Sea\n\nWords\u200b.")
    write(tmp_path / "papers" / "d.pdf", pdf(BODY)[:100])
    write(
        tmp_path / "decisions.csv",
        "paper_id,decision,title\na,Accept,\nb,Reject,Named\nc,Reject,\nd,Reject,\ne,Reject,\n",
    )
    dataset = import_texts(tmp_path, DatasetCard(name="toy"))
    assert [(p.title, p.source, p.abstract) for p in dataset.papers] == [
        ("A Study of Sound", "pdf", ""),
        ("Named", "tex", "Buzz."),
        ("Sea", "txt", ""),
    ]
    assert ORDER not in dataset.papers[0].text
    assert [s.title for s in dataset.papers[1].sections] == ["Abstract", "Hum"]
    assert dataset.papers[2].text == "# Sea\n\nWords\u200b."
    assert dataset.card.excluded == {"no text file": 1, "file cannot be read": 1}
    assert dataset.card.notes[0] == "Hidden text was found in 1 of 2 papers and left out (a)."
    assert "d.pdf: broken or cut short" in dataset.card.notes[1]


def test_real_texts_have_title_and_abstract(shared_data: Path) -> None:
    rows = list(read_rows(shared_data / "iclr2022" / "decisions.tsv"))[::4]
    same, abstracts, sections = 0, 0, 0
    for row in rows:
        content = read_text(shared_data / "iclr2022" / "papers" / f"{row['paper_id']}.txt")
        found = find_sections(content)
        same += _letters(find_title(content)) == _letters(row["title"])
        abstracts += 300 < len(find_abstract(content, found)) < 4000
        sections += sum(s.level == 1 for s in found) >= 6
    shares = [round(count / len(rows), 3) for count in (same, abstracts, sections)]
    print(f"title, abstract, sections found in {len(rows)} texts: {shares}")
    assert len(rows) > 200
    assert shares[0] >= 0.88, "titles were changed after submission in some 9 of 100"
    assert shares[1] >= 0.97
    assert shares[2] >= 0.96


def _letters(words: str) -> str:
    return re.sub(r"[^a-z0-9]", "", words.lower())


@pytest.mark.parametrize(
    "written", ["abstract: 'We count words.'", "abstract: |\n  We count\n\n  words.", "Abstract: We count\n  words."]
)
def test_the_abstract_of_a_front_matter_is_part_of_the_paper(tmp_path: Path, written: str) -> None:
    path = tmp_path / "paper.md"
    path.write_text(f"---\ntitle: Words\n{written}\nkeywords: none\n---\n\n# Method\n\nWe do it.\n")
    paper = load_paper(path).paper
    assert (paper.title, paper.abstract) == ("Words", "We count words.")
    assert "We count words." in paper.text and "keywords" not in paper.text
