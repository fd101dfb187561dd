"""Literature: three online services spoken to over the loopback, BibTeX both ways, the local index, novelty."""

from __future__ import annotations

import asyncio
import json
import random
import re
import shutil
import socket
import subprocess
import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from peerassay.data.errors import InputError
from peerassay.data.http_client import CircuitOpen, RequestFailed, RequestPolicy, retry_after
from peerassay.generator.literature.arxiv import ArXiv
from peerassay.generator.literature.bibtex import parse_bib, read_bib, write_bib
from peerassay.generator.literature.latex_text import ACCENTS, MATH, SYMBOLS, from_latex, to_latex
from peerassay.generator.literature.local import LocalIndex, default_index, works_from
from peerassay.generator.literature.novelty import THRESHOLD, compared, nearest, verdict_on
from peerassay.generator.literature.online import OpenAlex, SemanticScholar, online_sources, text_of
from peerassay.generator.literature.record import Work, unique_keys
from peerassay.generator.literature.search import Literature, fused
from peerassay.generator.literature.source import AnswerCache, LiteratureSource, plain_query

QUICK = RequestPolicy(interval=0, first_pause=0.01, longest_pause=0.02, connect=2, timeout=2)

PAPERS: list[dict[str, Any]] = [
    {
        "title": "Quiet Gradients & Loud Noise: a <i>Study</i>",
        "abstract": "We study how noise in gradients helps small networks to leave flat regions of the loss.",
        "authors": ["Zoë Müller", "Bo Ng"],
        "year": 2021,
        "venue": "International Conference on Invented Results",
        "doi": "10.1234/quiet_gradients",
        "arxiv": "2101.00001",
        "citations": 7,
    },
    {
        "title": "Tides of Attention",
        "abstract": "Attention heads rise and fall during training.",
        "authors": ["Ana Lopez"],
        "year": 2020,
        "venue": "Journal of Invented Results",
        "doi": "",
        "arxiv": "2002.00002",
        "citations": 3,
    },
]


class ScholarServer:
    """Speaks the three services on one port; a path may be told to refuse, or to answer with something else."""

    def __init__(self) -> None:
        self.requests: dict[str, list[dict[str, str]]] = defaultdict(list)
        self.headers: dict[str, list[dict[str, str]]] = defaultdict(list)
        self.scripted: dict[str, deque[tuple[int, dict[str, str], bytes]]] = defaultdict(deque)
        self.papers = PAPERS
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.answer(self)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.requests[parts.path].append(query)
        self.headers[parts.path].append({name.lower(): value for name, value in handler.headers.items()})
        if self.scripted[parts.path]:
            status, headers, body = self.scripted[parts.path].popleft()
        else:
            speak = {S2: self.semantic_scholar, OA: self.openalex, AX: self.arxiv}[parts.path]
            status, headers, body = 200, {}, speak(query)
        handler.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    def semantic_scholar(self, query: dict[str, str]) -> bytes:
        data = [
            {
                "paperId": "0" * 40,
                "title": re.sub("<.*?>", "", paper["title"]),
                "abstract": paper["abstract"],
                "authors": [{"authorId": "1", "name": name} for name in paper["authors"]],
                "year": paper["year"],
                "venue": paper["venue"],
                "externalIds": {"ArXiv": paper["arxiv"], "DOI": paper["doi"] or f"10.48550/arXiv.{paper['arxiv']}"},
                "url": "https://example.org/paper",
                "citationCount": paper["citations"],
            }
            for paper in self.papers[: int(query["limit"])]
        ]
        return json.dumps({"total": len(data), "offset": 0, **({"data": data} if data else {})}).encode()

    def openalex(self, query: dict[str, str]) -> bytes:
        results = []
        for paper in reversed(self.papers[: int(query["per-page"])]):
            inverted: dict[str, list[int]] = defaultdict(list)
            for place, word in enumerate(paper["abstract"].split()):
                inverted[word].append(place)
            results.append(
                {
                    "display_name": escape(paper["title"], {"<i>": "<i>"}).replace("&lt;", "<").replace("&gt;", ">"),
                    "authorships": [{"author": {"display_name": name}} for name in paper["authors"]],
                    "publication_year": paper["year"],
                    "primary_location": {
                        "landing_page_url": f"http://arxiv.org/abs/{paper['arxiv']}v2",
                        "source": {"display_name": "arXiv (Cornell University)"},
                    },
                    "locations": [],
                    "abstract_inverted_index": inverted,
                    "doi": f"https://doi.org/{paper['doi'].upper()}" if paper["doi"] else None,
                    "id": "https://openalex.org/W1",
                    "cited_by_count": paper["citations"] + 2,
                }
            )
        return json.dumps({"meta": {}, "results": results}).encode()

    def arxiv(self, query: dict[str, str]) -> bytes:
        entries = "".join(
            f"<entry><id>http://arxiv.org/abs/{p['arxiv']}v3</id><published>{p['year']}-01-02T00:00:00Z</published>"
            f"<title>{escape(re.sub('<.*?>', '', p['title']))}\n  </title><summary>\n {p['abstract']}</summary>"
            + "".join(f"<author><name>{name}</name></author>" for name in p["authors"])
            + "</entry>"
            for p in self.papers[: int(query["max_results"])]
            if " OR " in query["search_query"] or "impossible" not in query["search_query"]
        )
        return (
            '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" '
            f'xmlns:arxiv="http://arxiv.org/schemas/atom"><title>q</title>{entries}</feed>'
        ).encode()

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()


S2, OA, AX = "/graph/v1/paper/search", "/works", "/api/query"


@pytest.fixture
def server() -> Iterator[ScholarServer]:
    running = ScholarServer()
    yield running
    running.close()


def sources(url: str, policy: RequestPolicy = QUICK, cache: AnswerCache | None = None) -> list[LiteratureSource]:
    return [
        SemanticScholar("key-0815", base_url=url, policy=policy, cache=cache),
        OpenAlex("key-4711", "ann@example.org", base_url=url, policy=policy, cache=cache),
        ArXiv(base_url=url, policy=policy, cache=cache),
    ]


def refuse(server: ScholarServer, path: str, *statuses: int, **headers: str) -> None:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    server.scripted[path].extend((status, named, b"{}") for status in statuses)


def work(title: str, **fields: Any) -> Work:
    return Work(**{"title": title, "source": "local", **fields})


# --- the three services ---


@pytest.mark.parametrize("which", range(3))
def test_each_service_gives_clean_works(server: ScholarServer, which: int) -> None:
    source = sources(server.url)[which]
    found = asyncio.run(source.search("gradient-noise in networks", 10))
    quiet = next(w for w in found if "Quiet" in w.title)
    assert len(found) == 2
    assert quiet.title == "Quiet Gradients & Loud Noise: a Study"
    assert quiet.authors == ("Zoë Müller", "Bo Ng")
    assert (quiet.year, quiet.arxiv_id, quiet.source) == (2021, "2101.00001", source.name)
    assert quiet.abstract == PAPERS[0]["abstract"]
    assert quiet.key == "muller2021quiet"
    tides = next(w for w in found if "Tides" in w.title)
    assert (tides.doi, tides.arxiv_id) == ("", "2002.00002")


def test_keys_go_where_they_belong(server: ScholarServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for source in sources(server.url):
        asyncio.run(source.search("noise"))
    assert server.headers[S2][0]["x-api-key"] == "key-0815"
    assert (server.requests[OA][0]["api_key"], server.requests[OA][0]["mailto"]) == ("key-4711", "ann@example.org")
    assert "x-api-key" not in server.headers[AX][0]
    monkeypatch.setenv("S2_API_KEY", "mine")
    monkeypatch.setenv("OPENALEX_API_KEY", "yours")
    scholar, alex, _ = online_sources()
    assert isinstance(scholar, SemanticScholar) and isinstance(alex, OpenAlex)
    assert scholar.client.headers == {"x-api-key": "mine"}
    assert alex.client.secrets == {"api_key": "yours"}


def test_arxiv_asks_for_all_words_then_for_any(server: ScholarServer) -> None:
    found = asyncio.run(ArXiv(base_url=server.url, policy=QUICK).search("impossible noise"))
    assert [q["search_query"] for q in server.requests[AX]] == [
        "all:impossible AND all:noise",
        "all:impossible OR all:noise",
    ]
    assert len(found) == 2


def test_no_query_without_words_and_no_operators() -> None:
    assert plain_query('"Multi-head" AND NOT (of) the α') == ["multi", "head", "not"]
    assert asyncio.run(SemanticScholar(base_url="http://127.0.0.1:9").search("?!")) == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (S2, b"<!DOCTYPE html><p>Log in to the hotel's network</p>"),
        (S2, b'{"total": 1, "data": 5}'),
        (OA, b"[1, 2]"),
        (OA, b'{"results": null}'),
        (AX, b'<!DOCTYPE x [<!ENTITY a "aaaa">]><feed>&a;</feed>'),
        (AX, b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>http://arxiv.org/api/errors#x</id></entry></feed>'),
        (AX, b"<html/>"),
        (AX, b"\xff\x00"),
    ],
)
def test_a_strange_answer_is_a_failure_and_not_kept(server: ScholarServer, path: str, body: bytes) -> None:
    source = sources(server.url, cache=AnswerCache())[(S2, OA, AX).index(path)]
    server.scripted[path].append((200, {}, body))
    with pytest.raises(RequestFailed, match="not understood"):
        asyncio.run(source.search("noise"))
    assert len(asyncio.run(source.search("noise"))) == 2


def test_a_broken_record_does_not_cost_the_others(server: ScholarServer) -> None:
    good = json.loads(server.semantic_scholar({"limit": "2"}))
    good["data"][0]["title"] = None
    good["data"][1] |= {"year": 99999, "venue": None, "abstract": None, "externalIds": None, "title": "Bad \ud83d half"}
    server.scripted[S2].append((200, {}, json.dumps(good).encode()))
    (found,) = asyncio.run(sources(server.url)[0].search("noise"))
    assert (found.title, found.year, found.abstract) == ("Bad half", None, "")


def test_an_inverted_index_becomes_text() -> None:
    assert text_of({"the": [0, 3], "cat": [1], "saw": [2], "dog": [4]}) == "the cat saw the dog"


# --- request policy ---


def test_an_answer_is_asked_for_once(server: ScholarServer) -> None:
    cache = AnswerCache()
    first = asyncio.run(sources(server.url, cache=cache)[1].search("quiet noise"))
    again = asyncio.run(sources(server.url, cache=AnswerCache())[1].search("quiet, NOISE!"))
    assert first == again
    assert len(server.requests[OA]) == 1


def test_refusals_that_pass_are_waited_for(server: ScholarServer) -> None:
    refuse(server, S2, 429, 503, Retry_After="0.05")
    start = time.monotonic()
    assert asyncio.run(sources(server.url)[0].search("noise"))
    assert time.monotonic() - start >= 0.1
    assert len(server.requests[S2]) == 3


def test_waiting_is_capped(server: ScholarServer) -> None:
    refuse(server, OA, 429, Retry_After="7200")
    source = sources(server.url)[1]
    start = time.monotonic()
    with pytest.raises(RequestFailed, match="rate limit, next try in 7200 s; left alone for 120 min"):
        asyncio.run(source.search("noise"))
    assert time.monotonic() - start < 30
    with pytest.raises(CircuitOpen):
        asyncio.run(source.search("noise"))
    assert len(server.requests[OA]) == 1


def test_three_failures_in_a_row_open_the_breaker(server: ScholarServer) -> None:
    source = sources(server.url)[0]
    refuse(server, S2, *[500] * 100)
    for message in ("server error 500, 4 times$", "server error 500, 4 times$", "4 times; left alone for 10 min"):
        with pytest.raises(RequestFailed, match=message):
            asyncio.run(source.search("noise"))
    with pytest.raises(CircuitOpen):
        asyncio.run(source.search("noise"))
    assert len(server.requests[S2]) == 12


def test_a_success_resets_the_count_and_rest_ends(server: ScholarServer) -> None:
    source = SemanticScholar(base_url=server.url, policy=QUICK)
    for statuses in ((500,) * 8, (), (500,) * 8, ()):
        refuse(server, S2, *statuses)
        for _ in range(len(statuses) // 4):
            with pytest.raises(RequestFailed):
                asyncio.run(source.search("noise"))
        if not statuses:
            assert asyncio.run(source.search("noise"))
    refuse(server, S2, 403)
    with pytest.raises(RequestFailed, match=r"refused \(403\); left alone"):
        asyncio.run(source.search("noise"))
    now = time.monotonic()
    source.client.clock = lambda: now + 601
    assert asyncio.run(source.search("noise"))


def test_a_refused_key_is_named_but_not_shown(server: ScholarServer) -> None:
    refuse(server, OA, 401)
    with pytest.raises(RequestFailed, match="check OPENALEX_API_KEY") as caught:
        asyncio.run(sources(server.url)[1].search("noise"))
    assert "4711" not in str(caught.value)


def test_a_key_that_cannot_be_sent_is_a_failure_like_others(server: ScholarServer) -> None:
    found = asyncio.run(Literature([SemanticScholar("ключ", base_url=server.url, policy=QUICK)]).search("noise"))
    assert found.works == ()
    assert "check the key" in found.notes[0]


def test_a_redirect_takes_no_key_elsewhere(server: ScholarServer) -> None:
    refuse(server, S2, 302, Location=f"{server.url}/elsewhere")
    with pytest.raises(RequestFailed, match="status 302"):
        asyncio.run(sources(server.url)[0].search("noise"))
    assert not server.requests["/elsewhere"]


def test_requests_keep_their_distance(server: ScholarServer) -> None:
    source = ArXiv(base_url=server.url)
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    source.client.sleep, source.client.clock = sleep, lambda: 100.0

    async def several() -> None:
        await asyncio.gather(*(source.search(word) for word in ("one", "two", "three")))

    asyncio.run(several())
    assert slept == [3.0, 3.0]
    assert len(server.requests[AX]) == 3


def test_all_waits_of_a_question_count_together(server: ScholarServer) -> None:
    refuse(server, S2, 503, 503, 503, Retry_After="0.2")
    source = SemanticScholar(base_url=server.url, policy=RequestPolicy(interval=0, max_wait=0.3))
    with pytest.raises(RequestFailed, match="server error 503, next try"):
        asyncio.run(source.search("noise"))
    assert len(server.requests[S2]) == 2


@pytest.mark.parametrize("which", range(3))
def test_nothing_found_is_an_answer(server: ScholarServer, which: int) -> None:
    server.papers = []
    assert asyncio.run(sources(server.url)[which].search("noise")) == []


def test_retry_after_in_all_its_forms() -> None:
    assert retry_after({"Retry-After": "3"}) == 3
    assert retry_after({"Retry-After": "Fri, 01 Jan 2021 00:00:00 GMT"}) == 0
    assert (retry_after({"Retry-After": "Tue, 01 Jan 2199 00:00:00 GMT"}) or 0) > 3000
    for odd in ("", "soon", "nan", "inf"):
        assert retry_after({"Retry-After": odd}) is None


def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def test_without_a_network_it_is_quick_and_said_once() -> None:
    index = LocalIndex([work("Tides of attention")])
    literature = Literature(sources(f"http://127.0.0.1:{closed_port()}", RequestPolicy()), index)
    start = time.monotonic()
    found = asyncio.run(literature.search("attention"))
    assert time.monotonic() - start < 30
    assert [w.title for w in found.works] == ["Tides of attention"]
    assert found.answered == ("local",)
    assert len(found.notes) == 3
    assert all("no connection" in note and "left alone" in note for note in found.notes)
    assert asyncio.run(literature.search("attention")).notes == ()


def test_a_server_that_never_answers_is_given_up(server: ScholarServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        source = ArXiv(base_url=url, policy=RequestPolicy(interval=0, attempts=2, first_pause=0.01, timeout=0.2))
        found = asyncio.run(Literature([source, sources(server.url)[0]]).search("noise"))
    assert found.answered == ("semantic scholar",)
    assert len(found.works) == 2
    assert "arxiv: no answer" in found.notes[0]


# --- one search over all ---


def test_duplicates_merge_into_the_fullest_record(server: ScholarServer) -> None:
    found = asyncio.run(Literature(sources(server.url)).search("noise"))
    assert found.answered == ("semantic scholar", "openalex", "arxiv")
    assert [w.title for w in found.works] == ["Quiet Gradients & Loud Noise: a Study", "Tides of Attention"]
    quiet = found.works[0]
    assert quiet.venue == "International Conference on Invented Results"
    assert (quiet.doi, quiet.arxiv_id, quiet.citations) == ("10.1234/quiet_gradients", "2101.00001", 9)


def test_reciprocal_ranks_add_up() -> None:
    a, b, c = (work(f"A work about {name}") for name in ("apples", "bread", "cheese"))
    assert [w.title for w in fused([[a, b], [c, b]])] == [b.title, a.title, c.title]
    assert fused([[a, a, a], [b, c]])[0] == a
    assert len(fused([[a, a, a], [b, c]])) == 3
    assert fused([]) == []


def test_records_chain_by_doi_arxiv_id_and_title() -> None:
    one = work("First words of a title", doi="10.1/x".replace("10.1", "10.1000"))
    two = work("Another title, the preprint's", arxiv_id="2101.00001")
    both = work("A third title somebody typed", doi="10.1000/x", arxiv_id="2101.00001")
    assert len(fused([[one], [two]])) == 2
    assert len(fused([[one], [two], [both]])) == 1
    assert len(fused([[work("Deep learning", authors=("A B",))], [work("Deep learning", authors=("C D",))]])) == 2


def test_keys_are_unique_whatever_the_case() -> None:
    works = [work("Attention", key="smith2021attention"), *[work("Attention", key="Smith2021Attention")] * 30]
    keys = [w.key for w in unique_keys(works, taken=["smith2021attentionc"])]
    assert keys[0] == "smith2021attention"
    assert keys[1:3] == ["Smith2021Attentionb", "Smith2021Attentiond"]
    assert len({key.lower() for key in keys}) == 31
    assert work("Über die Gründe", authors=("Łukasz Öhm",), year=1999).key == "ohm1999uber"
    assert work("深い", authors=("李明",)).key == "anonuntitled"


# --- BibTeX ---

LETTERS = [chr(code) for code in range(33, 127)] + list(SYMBOLS) + list(MATH)
LETTERS += [c for c in map(chr, range(0xC0, 0x180)) if to_latex(c)[:1] == "{" and to_latex(c) != "?"]
TEXTS = st.text(st.sampled_from([*LETTERS, *" {}\\$%-`'&"]), max_size=60)


@settings(max_examples=400)
@given(TEXTS)
def test_latex_gives_the_text_back(text: str) -> None:
    line = " ".join(text.split())
    latex = to_latex(line)
    assert latex.isascii()
    assert latex.count("{") == latex.count("}")
    assert from_latex(latex) == line


@settings(max_examples=150)
@given(
    st.lists(
        st.builds(
            Work,
            title=TEXTS.filter(str.strip),
            authors=st.lists(TEXTS.filter(str.strip), max_size=4).map(tuple),
            year=st.none() | st.integers(1900, 2100),
            venue=TEXTS,
            abstract=TEXTS,
            doi=st.just("") | st.just("10.1000/a_(b)<c>;2"),
            arxiv_id=st.sampled_from(["", "2101.00001", "hep-th/9901001"]),
            url=TEXTS.map(lambda text: f"https://example.org/{text}") | st.just(""),
            source=st.just("bibtex"),
        ),
        max_size=4,
    )
)
def test_a_bibliography_gives_its_works_back(works: list[Work]) -> None:
    works = unique_keys(works)
    found = parse_bib(write_bib(works, abstract=True))
    assert found.problems == ()
    assert list(found.works) == works


@settings(max_examples=200)
@given(st.text() | st.text(st.sampled_from(list('@{}(),="# \nab%\\$'))).map(lambda text: f"@a{{k, title={text}"))
def test_any_text_can_be_parsed(text: str) -> None:
    parse_bib(text)


def test_reading_and_writing_take_time_in_proportion() -> None:
    start = time.process_time()
    to_latex("$" + r"\aaaaaaaaaa" * 40)
    parse_bib("@a{k, title={x}}\n" * 5000)
    Work(title="x", arxiv_id="a" * 50_000, source="local")
    assert time.process_time() - start < 2


def test_accents_formulas_and_hostile_titles() -> None:
    assert to_latex("Gödel & Erdős") == 'G{\\"{o}}del \\& Erd{\\H{o}}s'
    assert (
        to_latex(r"Learning with $\ell_1$ and $O(n \log n)$ steps") == r"Learning with $\ell_1$ and $O(n \log n)$ steps"
    )
    assert to_latex("from $5 to $6") == r"from \$5 to \$6"
    assert "\\input" not in to_latex(r"$\input{/etc/passwd}_x$ \input{x} $\csname input\endcsname_1$")
    assert to_latex("数") == "?"
    assert all(mark for mark in ACCENTS.values())


ODD = r"""
This line is a comment, as is an @ in it.
@comment{ @article{inner, title={BibTeX reads me}} }
@string(jml = "J. Mach. Learn.")
@preamble{ "\newcommand{\x}{y}" }
@Article(First:2019,
  author = "M{\"u}ller, J{\"{o}}rg and de la Cruz, Ana and {The {ACME} Group, Inc.} and others",
  TITLE = {The {BERT} of {\'E}tudes -- a ``test''},
  journal = jml # " Research",
  year = 2019, month = jan,
  url = {https://example.org/a\_b}
)
@inproceedings{second, title="Braces {"}in{"} quotes", booktitle={Proc. of X}, year={2020}}
@misc{broken, title = {never ends,
@misc{third, title = {Still {read}}, howpublished = {arXiv preprint arXiv:2101.00001}, author={Bo Ng}
}
@misc{THIRD, title={again}}
@misc{untitled, year=2020}
"""


@pytest.mark.parametrize(
    ("venue", "kind"),
    [
        ("Proceedings of the National Academy of Sciences", "article"),
        ("Proc. Natl. Acad. Sci.", "article"),
        ("Proceedings of the Royal Society A", "article"),
        ("Proceedings of the IEEE", "article"),
        ("Proceedings of the VLDB Endowment", "article"),
        ("Journal of the ACM", "article"),
        ("Proceedings of the IEEE Conference on Computer Vision and Pattern Recognition", "inproceedings"),
        ("Proceedings of the 25th International Conference on Machine Learning", "inproceedings"),
        ("Advances in Neural Information Processing Systems", "inproceedings"),
        ("ICLR", "inproceedings"),
    ],
)
def test_a_journal_called_proceedings_is_no_meeting(venue: str, kind: str) -> None:
    work = Work(key="k", title="T", authors=("A B",), year=2000, venue=venue, source="local")
    assert write_bib([work]).startswith(f"@{kind}{{")


def test_odd_files_are_read() -> None:
    found = parse_bib(ODD)
    dblp = parse_bib("@article{d, title={X}, journal={CoRR}, volume={abs/2101.00001}, year={2021}}").works[0]
    assert dblp.arxiv_id == "2101.00001"
    inner, first, second, third = found.works
    assert (inner.key, inner.title) == ("inner", "BibTeX reads me")
    assert first.authors == ("Jörg Müller", "Ana de la Cruz", "The ACME Group, Inc.")
    assert (first.title, first.venue) == ("The BERT of Études – a “test”", "J. Mach. Learn. Research")
    assert (first.key, first.year, first.url) == ("First:2019", 2019, "https://example.org/a_b")
    assert second.title == 'Braces "in" quotes'
    assert (third.arxiv_id, third.venue, third.authors) == ("2101.00001", "", ("Bo Ng",))
    assert [problem.partition(":")[0] for problem in found.problems] == ["line 14", "line 17", "line 18"]


def test_entries_by_kind_of_venue() -> None:
    assert write_bib([work("A", venue="Advances in Neural Information Processing Systems")]).startswith(
        "@inproceedings"
    )
    assert write_bib([work("A", venue="Machine Learning")]).startswith("@article")
    assert "author = {{B and C} and {D, Inc.} and {others}}" in write_bib(
        [work("A", authors=("B and C", "D, Inc.", "others"))]
    )
    preprint = write_bib([work("A", venue="arXiv.org", doi="10.48550/arXiv.2101.00001")])
    assert preprint.startswith("@misc")
    assert "howpublished = {arXiv:2101.00001}" in preprint
    assert "doi" not in preprint


def test_real_bibliographies_are_read_whole(shared_data: Path) -> None:
    files = sorted((shared_data / "generated_papers" / "papers").glob("*/references.bib"))
    assert files
    for path in files:
        entries = len(re.findall(r"^\s*@(?!comment|string)\w+\s*\{", path.read_text(encoding="utf-8"), re.M | re.I))
        found = read_bib(path)
        repeated = sum("stands twice" in problem for problem in found.problems)
        assert len(found.works) + repeated == entries
        assert len(found.problems) == repeated
        assert parse_bib(write_bib(found.works, abstract=True)).works == found.works
    with pytest.raises(InputError, match="cannot be read"):
        read_bib(shared_data / "no.bib")


@pytest.mark.skipif(not (shutil.which("bibtex") and shutil.which("pdflatex")), reason="no LaTeX with BibTeX here")
def test_bibtex_and_latex_take_what_is_written(tmp_path: Path) -> None:
    titles = [
        r"Braces {unbalanced and \input{/etc/passwd} 100% of $\ell_1$ & #1 ~^_ <x> $5",
        "Grüße αβγ, Ångström, Erdős, Łódź – “quotes” ≥ 2 … 数",
    ]
    printed = {"doi": "10.1000/a_b", "url": "https://example.org/~a_b?c=1&d=50%25#{é}"}
    works = [
        work(title, authors=("Zoë Müller", "Łukasz, of and Co."), year=2020 + n, venue=venue, **printed)
        for n, title in enumerate(titles)
        for venue in ("", "Journal of 50% & {more", "Workshop_x")
    ]
    (tmp_path / "r.bib").write_text(write_bib(works))
    (tmp_path / "p.tex").write_text(
        r"\documentclass{article}\usepackage[T1]{fontenc}\usepackage{amsmath,textcomp,natbib,hyperref}"
        r"\begin{document}x\nocite{*}\bibliographystyle{plainnat}\bibliography{r}\end{document}"
    )
    commands = ["pdflatex -no-shell-escape -halt-on-error -interaction=nonstopmode p", "bibtex p"]
    for command in (*commands, commands[0], commands[0]):
        done = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, errors="replace", timeout=60)
        assert done.returncode == 0, done.stdout[-2000:]
    assert (tmp_path / "p.bbl").read_text().count("\\bibitem") == 6


# --- the local index and novelty ---


def test_bm25_by_hand() -> None:
    index = LocalIndex([work("apple banana"), work("apple apple cherry"), work("durian elder")])
    # "apple": N = 3, n = 2; mean length 7/3; by the formula with k1 = 1.2, b = 0.75
    (first, high), (second, low) = index.search("apple")
    assert (first.title, second.title) == ("apple apple cherry", "apple banana")
    assert high == pytest.approx(0.470004 * 2 * 2.2 / (2 + 1.2 * (0.25 + 0.75 * 9 / 7)), rel=1e-5)
    assert low == pytest.approx(0.470004 * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 6 / 7)), rel=1e-5)
    assert index.search("zebra") == index.search("the of") == []
    assert len(index.search("apple durian", limit=1)) == 1
    assert LocalIndex([]).search("apple") == []


def test_works_come_from_tables_and_bibliographies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = tmp_path / "t.tsv"
    table.write_text("title\tabstract\tyear\nTides of attention\tHeads rise.\t2020\n\t\t\n")
    (found,) = works_from(str(table))
    assert (found.title, found.abstract, found.year, found.citable) == (
        "Tides of attention",
        "Heads rise.",
        2020,
        False,
    )
    (tmp_path / "u.tsv").write_text("name\nx\n")
    with pytest.raises(InputError, match="no column 'title'"):
        works_from(str(tmp_path / "u.tsv"))
    home = tmp_path / "home"
    (home / "mine").mkdir(parents=True)
    (home / "mine" / "decisions.tsv").write_text("paper_id\tdecision\ttitle\nx\tReject\tA dataset's paper\n")
    text = "# A DATASET'S PAPER\n\nABSTRACT\n\n" + "Rivers carry sediment to the sea. " * 20
    (home / "mine" / "papers").mkdir()
    (home / "mine" / "papers" / "x.txt").write_text(text)
    (home / "broken").mkdir()
    (home / "broken" / "card.json").write_text("{")
    monkeypatch.setenv("PEERASSAY_DATA", str(home))
    index = default_index()
    assert index.search("sediment rivers")[0][0].title == "A dataset's paper"
    assert len(index.notes) == 1
    assert "card.json" in index.notes[0]


def test_building_is_quick() -> None:
    chance = random.Random(0)
    words = [f"w{n}" for n in range(20_000)]
    works = [work(f"Title {n}", abstract=" ".join(chance.choices(words, k=100))) for n in range(2_000)]
    start = time.process_time()
    index = LocalIndex(works)
    assert time.process_time() - start < 1.5
    assert index.search(works[7].abstract)[0][0] == works[7]


def half_of(abstract: str, chance: random.Random) -> str:
    """Half of the words, with the sentences shuffled."""
    sentences = re.split(r"(?<=[.!?])\s+", abstract)
    chance.shuffle(sentences)
    return " ".join(word for word in " ".join(sentences).split() if chance.random() < 0.5)


def test_known_abstracts_are_found_again_and_others_stay_below(shared_data: Path) -> None:
    files = sorted((shared_data / "iclr_abstracts").glob("*.tsv"))
    works = [w for path in files for w in works_from(str(path)) if len(w.abstract) > 200]
    literature = Literature(local=LocalIndex(works))
    chance = random.Random(0)
    same, others = [], []
    for chosen in chance.sample(works, 40):
        first = asyncio.run(nearest("", half_of(chosen.abstract, chance), literature)).nearest[0]
        same.append(first.similarity if first.work.title == chosen.title else 0.0)
        found = asyncio.run(nearest(chosen.title, chosen.abstract, literature)).nearest
        others.append(next(near.similarity for near in found if near.work.title != chosen.title))
    assert min(same) > THRESHOLD > max(others)


def test_the_verdict_names_what_is_near() -> None:
    known = work(
        "Quiet gradients",
        authors=("Bo Ng",),
        year=2021,
        abstract="Noise in gradients helps small networks leave flat regions of the loss surface.",
    )
    far = work("River sediment", abstract="Rivers carry sediment downstream and flood the plains in spring.")
    literature = Literature(local=LocalIndex([known, far]))
    text = "Small networks leave the flat regions of a loss surface when gradients have noise."
    verdict = asyncio.run(verdict_on("Leaving plateaus", text, literature))
    assert not verdict.novel
    assert verdict.nearest[0] == known
    assert "'Quiet gradients' (ng2021quiet)" in verdict.reason
    assert "gradient" in verdict.reason
    assert asyncio.run(verdict_on("Leaving plateaus", text, literature, threshold=0.99)).novel
    other = asyncio.run(verdict_on("Birds", "Small birds migrate over mountains by night.", literature))
    assert other.novel
    assert other.compared == 1


def test_nothing_to_compare_with_is_said() -> None:
    verdict = asyncio.run(verdict_on("A title", "and a text", Literature()))
    assert verdict.novel
    assert verdict.compared == 0
    assert verdict.reason.startswith("unchecked")


def test_titles_alone_count_less_unless_they_are_the_same() -> None:
    bare = work("Sparse attention for long documents")
    same, near = (
        compared(title, "words of an idea", [bare])[0]
        for title in ("Sparse Attention for Long Documents!", "Sparse attention for long songs")
    )
    assert same.similarity == 1
    assert near.similarity < THRESHOLD
    assert near.why.startswith("titles only, shared: attention")


@settings(max_examples=60)
@given(st.lists(st.text(st.sampled_from("abc xyz"), min_size=1, max_size=30), min_size=1, max_size=6), st.text())
def test_similarity_stays_in_its_range(texts: list[str], idea: str) -> None:
    works = [work(f"t {text}", abstract=text) for text in texts]
    found = compared("an idea", idea, works)
    assert Counter(near.work.title for near in found) == Counter(w.title for w in works)
    assert [near.similarity for near in found] == sorted((near.similarity for near in found), reverse=True)
    own = compared("x", works[0].text, works[:1])[0]
    assert 0 <= own.similarity <= 1
