"""What visitors find and take along: the search over all boards, badges, citations, links to pages elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from peerassay.leaderboards.site.badges import reviewer_badge
from peerassay.leaderboards.site.citation import boards_citation, boards_date, entry_citation
from peerassay.leaderboards.site.outward import dataset_links, reviewer_links
from peerassay.presentation.pages import quiet
from site_fixtures import HOSTILE, realistic_boards

ENTRY = "entries/iclr2022-test-raw-0.html"


def search(page: Any, words: str) -> list[str]:
    page.keyboard.press("/")
    page.wait_for_selector("script[data-entries]", state="attached")
    page.keyboard.type(words)
    page.wait_for_selector(".find .told:not(:empty)", state="attached")
    return page.locator(".found [role=option] span").all_text_contents()


@pytest.mark.parametrize("name", ["index.html", ENTRY])
def test_the_keyboard_finds_an_entry_of_any_board_from_any_page(page: Any, base: str, name: str) -> None:
    page.goto(f"{base}/site/{name}")
    found = search(page, "gpt-4o")
    assert found[0].startswith("gpt-4o") and "openai/gpt-4o?reflections=5" in found and len(found) > 6
    page.keyboard.press("ArrowDown")
    chosen = page.get_attribute(".find input", "aria-activedescendant")
    where = page.get_attribute(f"#{chosen}", "href").removeprefix("../")
    assert page.get_attribute(f"#{chosen}", "aria-selected") == "true"
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{where}")


def test_the_search_takes_words_of_the_board_and_closes_again(page: Any, root: Path) -> None:
    page.goto(f"{root.as_uri()}/site/reviewers.html")
    assert search(page, "opus raw") == ["anthropic/claude-opus-4"]
    assert page.get_attribute(".find input", "aria-expanded") == "true"
    page.keyboard.press("Escape")
    assert page.locator(".found:visible").count() == 0
    page.fill(".find input", "no such thing")
    assert page.text_content(".find .told") == "Nothing found"
    page.fill(".find input", "sample test")
    assert page.locator(".found [role=option]").first.get_attribute("href") == "reviewers.html#sample-test-scrubbed"


def test_hostile_names_are_found_as_text(page: Any, root: Path) -> None:
    page.goto(f"{root.as_uri()}/hostile/index.html")
    assert HOSTILE[0] in search(page, "<script>")
    assert page.evaluate("window.hacked") is None and page.locator(".found script, .found img").count() == 0


def test_every_badge_is_a_picture_with_figure_interval_and_rank(page: Any, root: Path) -> None:
    board = realistic_boards().reviewers[0]
    entry = board.entries[0]
    auc = entry.result.figures.scores["auc"]
    words = reviewer_badge(entry, board.dataset.name, 7).words
    assert words.startswith(f"AUC {auc.value:.3f} [{auc.low:.3f}, {auc.high:.3f}]".replace("0.", "."))
    assert words.endswith("of 7") and "rank 1" in words
    assert reviewer_badge(board.entries[-1], "x" * 99, 7).label.endswith("x…")
    for site in ("site", "hostile"):
        pictures = list((root / site / "badges").glob("*.svg"))
        assert len(pictures) == len(list((root / site / "entries").glob("*.html"))) > 15
        for picture in pictures:
            tags = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(picture.read_bytes()).iter()}
            assert tags == {"svg", "title", "rect", "path", "g", "text"}
    page.goto(f"{root.as_uri()}/site/{ENTRY}")
    assert page.locator("img.badge").evaluate("image => image.complete && image.naturalWidth > 150")


def test_snippets_name_the_address_of_the_site_where_it_has_one(page: Any, server: str, root: Path) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{server}/site/{ENTRY}")
    page.click("#cite ~ .command [data-copy] >> nth=0")
    page.wait_for_selector("text=Copied")
    citation = page.evaluate("navigator.clipboard.readText()")
    assert f"url          = {{{server}/site/{ENTRY}}}" in citation and citation.startswith("@misc{peerassay-")
    assert page.text_content("#badge ~ .command pre").startswith(f"[![peerassay]({server}/site/badges/")
    page.goto(f"{root.as_uri()}/site/{ENTRY}")
    assert page.text_content("#badge ~ .command pre").startswith("[![peerassay](SITE/badges/")


def test_a_citation_is_bibtex_whatever_the_name() -> None:
    board = realistic_boards().reviewers[0]
    result = board.entries[0].result
    for name in HOSTILE:
        found = entry_citation(result, name, "a board", "entries/x.html")
        plain = found.replace(r"\{", "").replace(r"\}", "")
        assert plain.count("{") == plain.count("}") and found.endswith("\n}")
    assert "year         = {2026}" in boards_citation(realistic_boards())
    assert boards_date(realistic_boards()) == "2026-11-20" and boards_date(replace_none()) == ""


def replace_none() -> Any:
    from peerassay.leaderboards.boards import Boards

    return Boards(reviewers=(), generators=())


def test_links_lead_to_known_pages_and_to_addresses_of_the_web_alone() -> None:
    board = realistic_boards().reviewers[0]
    traits = board.entries[0].result.traits.model_copy(update={"kind": "replay", "model": "gpt-4o-2024-05-13"})
    update = {"spec": "replay:bundled:gpt-4o-1shot", "traits": traits}
    found = reviewer_links(board.entries[0].result.model_copy(update=update), board.dataset)
    hosts = {link.words: link.host for link in found}
    assert hosts["Paper"] == "arxiv.org" and hosts["Model: gpt-4o-2024-05-13"] == "openai.com"
    for source, expected in (
        ("https://example.org/papers, in part", ["https://example.org/papers"]),
        ("javascript:alert(1)", []),
        ('https://x.org/"><script>', ["https://x.org"]),
        ("data:text/html,x", []),
        (HOSTILE[1], []),
    ):
        dataset = board.dataset.model_copy(update={"name": "other", "source": source})
        assert [link.href for link in dataset_links(dataset)] == expected
    assert all(quiet(link.href) == link.href for link in found)
