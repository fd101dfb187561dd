"""Texts, Markdown and Word files as people hand them over: title, abstract, sections, references, and no word lost."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from peerassay.data.errors import InputError
from peerassay.data.importers.table import rows_to_dataset
from peerassay.data.papers.front import find_abstract, find_title
from peerassay.data.papers.line_numbers import without_line_numbers
from peerassay.data.papers.load import LoadedPaper, load_paper
from peerassay.data.papers.markdown import read_markdown, with_marked_headings
from peerassay.data.papers.plain import regular_characters, regular_text
from peerassay.data.papers.sections import count_references, find_sections
from peerassay.data.records import DatasetCard, Paper
from peerassay.reviewer.scrub import scrub_paper

TITLE = "On the Weight of Clouds"
SAID = (
    "We weigh clouds with a balance of our own making and find that most of them are lighter than they look from below."
)
TEXT = "Clouds have been looked at by many people, and few of them were weighed, which is why we do so here at last."
NAMES = ("Introduction", "Related Work", "Method", "Results", "Conclusion")
ENTRIES = ("[1] A. Nimbus. On Rain. Journal of Skies, 2019.", "[2] B. Cirrus. On Ice. In Heights, 2020.")


def plain(*, join: str = "\n", number: str = "{n} {name}", abstract: str = "Abstract", head: str = TITLE) -> str:
    parts = [head, "Ann Nimbus", "University of the Sky", "ann@example.org", abstract, SAID, SAID]
    for n, name in enumerate(NAMES, start=1):
        parts += ["", number.format(n=n, name=name), *[TEXT] * 4]
    return join.join([*parts, "", "References", *ENTRIES])


def written(tmp_path: Path, content: str | bytes, name: str = "paper.txt") -> LoadedPaper:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return load_paper(path)


def assert_whole(found: LoadedPaper, *, title: str = TITLE, abstract: str = f"{SAID} {SAID}") -> None:
    paper = found.paper
    assert paper.title == title
    assert paper.abstract == abstract
    named = [re.sub(r"^[\d.]+ ", "", section.title).title() for section in paper.sections]
    assert [name for name in named if name != "Abstract"] == [*NAMES, "References"]
    assert found.references == len(ENTRIES)


def numbered(text: str, form: str, *, every: int = 1, first: int = 1) -> str:
    lines = text.split("\n")
    return "\n".join(
        form.format(n=n, line=line) if n % every == 0 else line for n, line in enumerate(lines, start=first)
    )


NUMBERED = {
    "left": lambda text: numbered(text, "{n:3d} {line}"),
    "zeros": lambda text: numbered(text, "{n:03d} {line}", first=0),
    "colons": lambda text: numbered(text, "{n}: {line}"),
    "right": lambda text: numbered(text, "{line} {n}"),
    "fifth": lambda text: numbered(text, "{n} {line}", every=5),
    "fifth at the right": lambda text: numbered(text, "{line} {n}", every=5),
    "both margins": lambda text: numbered(text, "{n:03d} {line} {n:03d}", first=0),
    "anew on each page": lambda text: "\n".join(f"{n % 12 + 1} {line}" for n, line in enumerate(text.split("\n"))),
    "between the lines": lambda text: "\n".join(f"{n:03d}\n{line}" for n, line in enumerate(text.split("\n"))),
    "block": lambda text: "\n".join(f"{n:03d}" for n in range(54)) + "\n" + text,
    "blocks": lambda text: text.replace("\n3 Method", "\n" + "\n".join(map(str, range(1, 40))) + "\n\n3 Method"),
}


@pytest.mark.parametrize("kind", NUMBERED)
def test_line_numbers_are_left_out(tmp_path: Path, kind: str) -> None:
    found = written(tmp_path, NUMBERED[kind](plain()))
    assert_whole(found)
    assert found.paper.text.split() == plain().split()
    assert re.fullmatch(r"\d+ line numbers left out", found.notes[0])


@pytest.mark.parametrize("kind", NUMBERED)
def test_line_numbers_are_left_out_of_tables_too(kind: str) -> None:
    texts = {"with": NUMBERED[kind](plain()), "without": plain()}
    rows = [{"paper_id": name, "decision": "accept", "text": text} for name, text in texts.items()]
    dataset = rows_to_dataset(rows, DatasetCard(name="toy"), where="rows")
    assert [paper.text.split() for paper in dataset.papers] == [plain().split()] * 2
    assert "Line numbers were found in 1 of 2 texts and left out (with)." in dataset.card.notes


@pytest.mark.parametrize(
    "kept",
    [
        "\n".join(f"{n}. A step of the method." for n in range(1, 30)),
        "\n".join(f"{n} {n * n} {n**3}" for n in range(1, 19)),
        "\n".join(f"[{n}] A. Nimbus. On Rain {n}." for n in range(1, 60)),
        "\n".join(f"in the year {n}" for n in range(1990, 2020)),
        "\n".join(map(str, range(1, 15))),
        "\n".join(map(str, range(15))),
    ],
    ids=["list", "table", "references", "years", "a short column", "an axis from zero"],
)
def test_numbers_of_the_text_stay(kept: str) -> None:
    text = f"{TEXT}\n" * 40 + kept + f"\n{TEXT}" * 40
    assert without_line_numbers(text) == (text, 0)


FORMS = {
    "plain": plain(),
    "dotted": plain(number="{n}. {name}"),
    "numbers on their own line": plain(number="{n}\n\n{name}"),
    "dotted numbers on their own line": plain(number="{n}.\n{name}"),
    "in its line": plain(abstract="Abstract.").replace("Abstract.\n", "Abstract. "),
    "in its line, with a dash": plain(abstract="Abstract—").replace("—\n", "—"),
    "in its line, without a mark": plain().replace("Abstract\n", "Abstract "),
    "banner": f"Under review as a conference paper at SKIES 2025\n{plain()}",
    "arXiv": f"arXiv:2401.01234v2 [cs.LG] 5 Jan 2024\n\n{plain()}",
    "headings without numbers": plain(number="{name}"),
    "anonymous institution": f"Anonymous Authors\n1 Anonymous Institution\n\n{plain()}",
    "no-break spaces": plain().replace(" ", "\u00a0"),
    "thin spaces": plain().replace(" ", "\u2009"),
    "spaced heading": plain(abstract="A B S T R A C T"),
    "Windows line ends": plain().replace("\n", "\r\n"),
    "old Macintosh line ends": plain().replace("\n", "\r"),
    "mark of UTF-8": "\ufeff" + plain(),
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_texts(tmp_path: Path, text: str) -> None:
    assert_whole(written(tmp_path, text))


def test_capitals_and_a_title_over_two_lines(tmp_path: Path) -> None:
    text = plain(head="ON THE WEIGHT\nOF CLOUDS", abstract="ABSTRACT")
    text = re.sub(r"^\d .*|^References", lambda found: found[0].upper(), text, flags=re.MULTILINE)
    assert_whole(written(tmp_path, text), title=TITLE.upper())


def test_roman_numbers(tmp_path: Path) -> None:
    text = plain()
    for n, roman in enumerate(("I", "II", "III", "IV", "V"), start=1):
        text = text.replace(f"\n{n} {NAMES[n - 1]}\n", f"\n{roman}. {NAMES[n - 1].upper()}\n")
    titles = [section.title for section in written(tmp_path, text).paper.sections]
    assert titles == ["Abstract", "I. INTRODUCTION", "II. RELATED WORK", "III. METHOD", "IV. RESULTS", "V. CONCLUSION",
                      "References"]  # fmt: skip


def test_a_paper_on_one_line(tmp_path: Path) -> None:
    found = written(tmp_path, " ".join(plain(join=" ").split()))
    assert_whole(found, title=f"{TITLE} Ann Nimbus")
    assert found.notes == ("no line breaks; 7 headings found by their well-known names",)
    assert found.paper.text.split() == plain().split()


def test_encodings(tmp_path: Path) -> None:
    text = plain().replace(TEXT, f"{TEXT} “Naïve” – or ﬁne.")
    right = written(tmp_path, text)
    assert "“Naïve” – or fine." in right.paper.text
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        assert written(tmp_path, text.encode(encoding)).paper.text == right.paper.text
    windows = written(tmp_path, text.replace("ﬁ", "fi").encode("cp1252"))
    assert windows.paper.text == right.paper.text
    assert windows.notes[0].endswith("; read as Windows-1252")
    mixed = written(tmp_path, text.encode() + b"\n\x93Mixed\x94\n")
    assert mixed.paper.text == f"{right.paper.text}\n“Mixed”\n"
    assert "2 bytes are not UTF-8" in mixed.notes[0]


def markdown(mark: str = "##", *, top: str = f"# {TITLE}\n\nAnn Nimbus\n\n", abstract: str = "", bib: str = "") -> str:
    said = f"{SAID} {SAID}"
    parts = [abstract.format(said=said) or f"{mark} Abstract\n\n{said}"]
    parts += [f"{mark} {n} {name}\n\n{TEXT} {TEXT}" for n, name in enumerate(NAMES, start=1)]
    return top + "\n\n".join([*parts, f"{mark} References\n\n" + (bib or "\n".join(ENTRIES))])


MARKDOWN = {
    "plain": markdown(),
    "all on one level": markdown("#"),
    "nougat": markdown().replace("## Abstract", "###### Abstract").replace("[1]", "* Nimbus (2019)"),
    "bold in headings": re.sub(r"^(#+) (.*)$", r"\1 **\2**", markdown(), flags=re.MULTILINE),
    "bold headings alone": re.sub(r"^#+ (.*)$", r"**\1**", markdown(), flags=re.MULTILINE),
    "underlined": re.sub(r"^## (.*)$", r"\1\n------", markdown(), flags=re.MULTILINE).replace(
        f"# {TITLE}", f"{TITLE}\n====="
    ),
    "front matter": markdown(top="---\ntitle: >\n  On the Weight\n  of Clouds\nauthor: [Ann]\n---\n\n"),
    "abstract in the front matter": markdown(
        top=f'---\ntitle: "{TITLE}"\nabstract: |\n  {SAID}\n  {SAID}\n---\n\n', abstract=" "
    ),
    "TOML": markdown(top=f'+++\ntitle = "{TITLE}"\n+++\n'),
    "TL;DR": markdown(top=f"# {TITLE}\n\n## TL;DR\n\nThey are light.\n\n"),
    "bold word": markdown(abstract="**Abstract.** {said}"),
    "bold heading of the abstract": markdown(abstract="**Abstract**\n\n{said}"),
    "bold heading of the references": markdown().replace("## References", "**References**"),
    "HTML": markdown(top=f'<h1 align="center">{TITLE}</h1>\n\nAnn Nimbus\n\n'),
    "dash": markdown(abstract="*Abstract*—{said}"),
    "Windows line ends": markdown().replace("\n", "\r\n"),
    "title on two lines": markdown(top="# On the Weight\n# of Clouds\n\nAnn\n\n"),
    "title, then abstract": markdown(top=f"# {TITLE}\n\n"),
    "arXiv": markdown(top=f"arXiv:2401.01234v2 [cs.LG] 5 Jan 2024\n\n# {TITLE}\n\nAnn\n\n"),
}


@pytest.mark.parametrize("text", MARKDOWN.values(), ids=MARKDOWN)
def test_markdown(tmp_path: Path, text: str) -> None:
    found = written(tmp_path, text, "paper.md")
    sections = tuple(section for section in found.paper.sections if section.title != "TL;DR")
    assert_whole(found.model_copy(update={"paper": found.paper.model_copy(update={"sections": sections})}))
    scrubbed = scrub_paper(found.paper, max_words=None)
    assert SAID in " ".join(scrubbed.text.split())
    assert "Nimbus. On Rain" not in scrubbed.text
    assert "Ann Nimbus" not in scrubbed.text


def test_works_cited_are_references(tmp_path: Path) -> None:
    found = written(tmp_path, markdown().replace("## References", "## Works Cited"), "paper.md")
    assert found.references == 2
    assert "On Rain" not in scrub_paper(found.paper, max_words=None).text


@pytest.mark.parametrize("heading", ["## Summary\n\n", "## Synopsis\n\n", ""])
def test_an_abstract_under_another_name_is_not_cut_with_the_authors(tmp_path: Path, heading: str) -> None:
    found = written(tmp_path, markdown(abstract=f"{heading}{{said}}"), "paper.md")
    assert found.paper.abstract == f"{SAID} {SAID}"
    scrubbed = scrub_paper(found.paper, max_words=None)
    assert scrubbed.text.startswith(f"# {TITLE}\n\n{heading}{SAID}")
    assert "Ann Nimbus" not in scrubbed.text


def test_references_by_author_and_year_are_counted(tmp_path: Path) -> None:
    entries = "\n".join(f"Nimbus, A. ({year}). On rain of that year. Journal of Skies." for year in range(2001, 2008))
    assert written(tmp_path, plain().replace("\n".join(ENTRIES), entries)).references == 7


def test_an_appendix_behind_the_references_is_a_section(tmp_path: Path) -> None:
    found = written(tmp_path, f"{markdown()}\n\n## A Proofs\n\n{TEXT}\n", "paper.md")
    assert found.paper.sections[-1].title == "A Proofs"
    assert found.references == 2


def test_levels_follow_the_numbers_where_all_marks_are_alike(tmp_path: Path) -> None:
    text = markdown("#").replace("# 4 Results", f"# 3.1 Details\n\n{TEXT}\n\n# 4 Results")
    levels = {section.title: section.level for section in written(tmp_path, text, "p.md").paper.sections}
    assert levels["3.1 Details"] == 2
    assert levels["Abstract"] == levels["3 Method"] == levels["4 Results"] == 1


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("p.doc", b"\xd0\xcf\x11\xe0 old", "an old Word file; save it as .docx or PDF"),
        ("p.odt", b"PK\x03\x04 mimetype", "an OpenDocument file; save it as .docx or PDF"),
        ("p.rtf", b"{\\rtf1 Words}", "an RTF file; save it as .docx or PDF"),
        ("p.txt", b"{\\rtf1 Words}", "an RTF file"),
        ("p.html", b"<html>Words</html>", "a web page; give the paper itself"),
        ("p", b"<!DOCTYPE html><html>", "a web page"),
        ("p.tar.gz", b"\x1f\x8b\x08 packed", "a packed file; unpack it first"),
        ("2408.06292", b"\x1f\x8b\x08 packed", "a packed file; unpack it first"),
        ("p.png", b"\x89PNG\r\n", "an image; run OCR first"),
        ("p.zip", b"PK\x03\x04 other", "an archive or office file, no .docx"),
        ("p.docx", b"Some words", "not a Word file, whatever its name says"),
        ("p.docx", b"PK\x03\x04 word/document.xml", "broken Word file"),
        ("p.csv", b"a,b", "expected a file ending in"),
    ],
)
def test_what_is_no_paper_is_refused_in_one_line(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message) as raised:
        written(tmp_path, content, name)
    assert str(raised.value).startswith(f"{tmp_path / name}: ")
    assert "\n" not in str(raised.value)


def test_a_text_without_an_ending_is_read_by_its_content(tmp_path: Path) -> None:
    assert written(tmp_path, markdown(), "paper").paper.source == "md"
    assert written(tmp_path, plain(), "paper").paper.source == "txt"
    tex = r"\documentclass{article}\title{T}\begin{document}Words\end{document}"
    assert written(tmp_path, tex, "paper").paper.source == "tex"


def test_a_name_that_is_not_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "caf\udce9.txt"
    path.write_text(plain())
    found = load_paper(path)
    assert found.paper.id == "caf\ufffd"
    assert found.path.endswith("caf\ufffd.txt")
    assert found.model_dump_json()


PIECES = [
    *"abc", "Abstract", "word", "WORD", "#", "##", "**B**", "1", "2.1", "2", "A", "[1]", "\u00a0", "References",
    "Introduction", "1 Introduction", "---", "===", "\n", "\n\n", "\n# ", "007", "arXiv:1", "é", "\ufb01", ".", ":",
    "|", "<b>", "```\n", "I.", "2020.",
]  # fmt: skip
WORDS = st.lists(st.sampled_from(PIECES), max_size=60)


@settings(max_examples=300)
@given(WORDS)
def test_no_word_of_a_text_is_lost(pieces: list[str]) -> None:
    text = regular_characters(" ".join(pieces))
    regular, _ = regular_text(text)
    before, after = (Counter(re.findall(r"[^\W\d_]+", t)) for t in (text, regular))
    assert "".join(sorted("".join(before.elements()))) == "".join(sorted("".join(after.elements())))
    sections = find_sections(regular)
    assert all(0 <= section.start < section.end <= len(regular) for section in sections)
    assert set(re.findall(r"\w+", find_abstract(regular, sections))) <= set(re.findall(r"\w+", regular))
    assert len(find_title(regular)) <= 6000
    assert count_references(regular, sections) >= 0
    paper = Paper(id="p", title=find_title(regular), text=regular, sections=sections)
    assert isinstance(scrub_paper(paper).text, str)


@settings(max_examples=300)
@given(WORDS)
def test_no_word_of_markdown_is_lost_to_its_headings(pieces: list[str]) -> None:
    text = read_markdown(" ".join(pieces)).text
    assert Counter(re.findall(r"\w+", text)) == Counter(re.findall(r"\w+", with_marked_headings(text)))


@settings(max_examples=200)
@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n\r"), max_size=30), max_size=40))
def test_only_numbers_are_taken_for_line_numbers(lines: list[str]) -> None:
    text = "\n".join(lines)
    kept, removed = without_line_numbers(text)
    assert re.sub(r"[\d\s.:|]", "", kept) == re.sub(r"[\d\s.:|]", "", text)
    assert removed or kept == text


def dressed(
    *, head: str = f"# {TITLE}", abstract: str = "## Abstract\n\n{said}", heading: str = "## {n} {name}"
) -> str:
    said = f"{SAID} {SAID}"
    parts = [head, "Ann Nimbus", abstract.format(said=said)]
    for n, name in enumerate(NAMES, start=1):
        parts += [heading.format(n=n, name=name, low=name.lower().replace(" ", "-")), " ".join([TEXT] * 4)]
    return "\n\n".join([*parts, heading.format(n="", name="References", low="refs"), *ENTRIES])


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"> {line}" for line in dressed().split("\n")),
        f"```markdown\n{dressed()}\n```",
        dressed(head=f"% {TITLE}\n% Ann Nimbus\n% 2024"),
        dressed(head=f"![](logo.png)\n\n# {TITLE}"),
        dressed(abstract="> **Abstract:** {said}"),
        dressed(abstract="::: {{.abstract}}\n## Abstract\n\n{said}\n:::"),
        dressed(heading="## {name} {{#sec-{low} .unnumbered}}"),
        dressed(heading="## [{n} {name}](#{low})"),
        dressed(heading="## **{n}** **{name}**"),
        dressed(heading="## 📌 {name}"),
        dressed(heading='<a id="{low}"></a>\n## {name}'),
    ],
    ids=str,
)
def test_markdown_of_converters_and_chats(tmp_path: Path, text: str) -> None:
    assert_whole(written(tmp_path, text, "paper.md"))


def small_capitals(text: str) -> str:
    return " ".join(f"{word[0]} {word[1:]}".upper() for word in text.split())


@pytest.mark.parametrize("ending", [".txt", ".md"])
def test_headings_copied_from_small_capitals(tmp_path: Path, ending: str) -> None:
    text = plain(abstract="A BSTRACT")
    for name in NAMES:
        text = re.sub(rf"^(\d) {name}$", lambda found: f"{found[1]} {small_capitals(found[0][2:])}", text, flags=re.M)
    found = written(tmp_path, text.replace("\nReferences\n", "\nR EFERENCES\n"), f"paper{ending}")
    assert found.references == len(ENTRIES)
    assert [section.title.split(" ", 1)[-1].title() for section in found.paper.sections if "A" not in section.title[:1]]
    assert "I NTRO" not in found.paper.text and "R EFER" not in found.paper.text


def test_an_abstract_without_a_heading_begins_behind_the_blinded_authors() -> None:
    head = f"{TITLE}\nAnonymous authors\nPaper under double-blind review\n"
    text = f"{head}{SAID} {SAID}\n\n1 Introduction\n\n{TEXT}\n\n2 Method\n\n{TEXT}\n"
    assert find_abstract(text, find_sections(text)) == f"{SAID} {SAID}"


UNNAMED = {"07-inline-abstract", "08-abstract-dash", "11-abstract-inline"}


def test_shared_texts_and_markdown(shared_cases: Path) -> None:
    told = [*NAMES, "References"]
    for path in sorted(path for name in ("14-txt", "13-md", "19-title") for path in (shared_cases / name).iterdir()):
        found = load_paper(path)
        assert re.fullmatch(r"a study(?: of|: of) things.*", found.paper.title, re.IGNORECASE), path.name
        if path.parent.name == "19-title":
            assert found.paper.abstract == "We study things.", path.name
            continue
        assert found.paper.abstract.startswith("We describe the"), path.name
        assert found.paper.abstract.endswith("why it was done."), path.name
        assert len(found.paper.abstract) < 720, path.name
        named = [re.sub(r"^[\d.]+ ", "", section.title).title() for section in found.paper.sections]
        named = ["References" if name == "Works Cited" else name for name in named]
        assert [name for name in named if name in told] == told, path.name
        assert (named[0] == "Introduction") == (path.stem in UNNAMED), path.name
        assert found.references == (0 if path.stem == "11-frontmatter" else 8), path.name
        assert not re.search(r"[a-z]\d{2,}|\d{2,}[a-z]", found.paper.text.partition("Abstract")[2]), path.name
        scrubbed = scrub_paper(found.paper, max_words=None)
        assert len(scrubbed.abstract) == len(found.paper.abstract), path.name
        assert "Work number" not in scrubbed.text, path.name
        assert path.stem == "13-one-line" or "Lovelace" not in scrubbed.text, path.name
