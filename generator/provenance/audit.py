"""The audit of one paper: its numbers, figures and citations traced to the results folder."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from ...data.errors import InputError
from ...data.files import read_json
from ...data.papers.tex.commands import citations
from ...data.papers.tex.document import TexDocument, read_tex
from ..literature.search import Literature
from .count_claims import wrong_counts
from .direction import Contradicted, contradicted
from .extremes import with_wrong_extremes
from .learnt import learnt_labels
from .match import Matcher, TracedNumber
from .method import Stated, check_method
from .multiple_claims import wrong_multiples
from .pairs import with_wrong_pairs
from .passages import PaperPassage
from .records import Audit, CitationCheck, Contradiction, FigureCheck, MethodCheck, Supported, Unsupported
from .references import check_references, pdf_references
from .results import read_list, read_logged
from .row_names import with_mixed_rows
from .settings import code_files
from .signs import with_wrong_signs
from .sources import Fetched, bibliography_in, check_citations, check_figures
from .table_means import with_table_means
from .tex import tex_passages

LITERATURE = "literature.json"
METRICS = "metrics.json"


def audit_paper(
    tex: Path | None,
    pdf: Path | None,
    results: Path,
    *,
    bib: Path | None = None,
    fetched: Sequence[str] | None = None,
    statistics: Path | None = None,
    labels: Mapping[str, str] | None = None,
    metrics: Mapping[str, str] | None = None,
) -> Audit:
    """Trace every number, figure and citation of a paper to its origin, and hold words of direction against the means.

    The LaTeX source is read where there is one: it has file and line, and tables with their heads. Files of its folder
    and of the folder above are read; one that it asks for and that cannot be read is a problem. From a PDF alone only
    numbers can be checked.

    results: the folder that the experiment wrote, of a kind that `results` reads; in it the figures and, where there
        are, `statistics.json`, `figures.json` (path to SHA-256), `literature.json` (works fetched), `labels.json` (run
        to its name), `metrics.json` (metric to its name).
    bib: the bibliography; else what the source names or carries.
    fetched: keys or titles of the works that were fetched; else what `literature.json` lists.
    statistics: values that the pipeline computed, elsewhere than in `results`.
    labels: what the paper calls the runs, `{"run_1": "wider"}`; else what `labels.json` or `plot.py` say, else what the
        paper's tables show.

    Raises InputError where neither source nor PDF is given, or one of the files cannot be read.
    """
    source = read_tex(tex, root=tex.absolute().parent.parent) if tex is not None else None
    passages, notes = _passages(source, pdf)
    logged = read_logged(results, statistics, labels)
    logged.labels |= learnt_labels(passages, logged)
    known = metrics if metrics is not None else _metrics(results)
    logged.metric_labels = {name.removesuffix("_mean"): label for name, label in known.items()}
    matcher = Matcher(logged)
    traced = with_table_means([finding for passage in passages for finding in matcher.check(passage)])
    signed = with_wrong_extremes(with_wrong_signs(traced, matcher.names), matcher.names, logged)
    findings = with_mixed_rows(with_wrong_pairs(signed, matcher.names), matcher.names)
    claims = [check(passages, logged, logged.better) for check in (contradicted, wrong_multiples, wrong_counts)]
    method = check_method(passages, logged, [*code_files(results), *logged.codes])
    figures: list[FigureCheck] = []
    cited: list[CitationCheck] = []
    problems: list[str] = []
    if source is not None:
        figures = check_figures(source, results)
        bibliography = bibliography_in(source, bib)
        cited = check_citations(source, bibliography, _fetched(fetched, results))
        notes += [*source.notes, *bibliography.notes]
        problems += [*source.problems, *bibliography.problems]
    return _audit(str(tex or pdf), findings, claims, method, figures, cited, notes, problems)


def with_references(audit: Audit, tex: Path | None, pdf: Path | None, literature: Literature) -> Audit:
    """The audit with each work of the bibliography looked for in the literature; of a PDF alone, of its list.

    Raises InputError where the paper cannot be read.
    """
    if tex is not None:
        source = read_tex(tex, root=tex.absolute().parent.parent)
        bibliography = bibliography_in(source, None)
        keys = [key for citation in citations(source.text[: source.stop]) for key in citation.keys]
        known = {key: entry for key in keys if (entry := bibliography.entry(key)) is not None}
    else:
        known = pdf_references(pdf) if pdf is not None else {}
    checks = asyncio.run(check_references(known, literature))
    note = () if known else ("no reference was found in the paper's list",)
    return audit.model_copy(update={"references": tuple(checks), "notes": (*audit.notes, *note)})


def _metrics(results: Path) -> dict[str, str]:
    """What the paper calls the metrics, from metrics.json where there is one."""
    path = results / METRICS
    known = read_json(path) if path.is_file() else {}
    return {name: label for name, label in known.items() if isinstance(label, str)}


def _passages(source: TexDocument | None, pdf: Path | None) -> tuple[list[PaperPassage], list[str]]:
    if source is not None:
        return tex_passages(source), []
    if pdf is None:
        raise InputError("nothing to audit: give the paper's LaTeX source or its PDF")
    from .pdf import pdf_passages

    return pdf_passages(pdf), ["from the PDF alone: figures and citations were not checked"]


def _fetched(given: Sequence[str] | None, results: Path) -> list[Fetched] | None:
    if given is not None:
        return [work for word in given for work in (Fetched(word, ""), Fetched("", word))]
    path = results / LITERATURE
    if not path.is_file():
        return None
    return [Fetched(str(work.get("key") or ""), str(work.get("title") or "")) for work in read_list(path)]


def _audit(
    paper: str,
    findings: list[TracedNumber],
    claims: list[tuple[list[Contradicted], int]],
    method: list[Stated],
    figures: list[FigureCheck],
    citations: list[CitationCheck],
    notes: list[str],
    problems: list[str],
) -> Audit:
    checked = [finding for finding in findings if finding.status != "exempt"]
    traced = [finding for finding in checked if finding.status == "supported"]
    lost = [finding for finding in checked if finding.status == "unsupported"]
    return Audit(
        paper=paper,
        numbers_checked=sum(not finding.setup for finding in checked),
        supported=sum(not finding.setup for finding in traced),
        unsupported=tuple(_unsupported(finding) for finding in lost if not finding.setup),
        matches=tuple(_supported(finding) for finding in traced),
        settings_checked=sum(finding.setup for finding in checked),
        settings_unmatched=tuple(_unsupported(finding) for finding in lost if finding.setup),
        exempt=dict(Counter(finding.reason for finding in findings if finding.status == "exempt")),
        claims_checked=sum(count for _, count in claims),
        contradicted=tuple(_contradiction(claim) for found, _ in claims for claim in found),
        method=tuple(_method(stated) for stated in method),
        figures=tuple(figures),
        citations=tuple(citations),
        notes=tuple(notes),
        problems=tuple(problems),
    )


def _place(finding: TracedNumber) -> dict[str, str | float]:
    number, passage = finding.number, finding.passage
    return {
        "text": number.text,
        "value": number.value,
        "context": passage.context(number.start, number.end),
        "where": passage.where(number.start),
        "section": passage.section,
    }


def _contradiction(claim: Contradicted) -> Contradiction:
    passage, start = claim.passage, claim.start
    return Contradiction(
        word=claim.word,
        context=passage.context(start, start + len(claim.word)),
        where=passage.where(start),
        section=passage.section,
        reason=claim.reason,
    )


def _method(stated: Stated) -> MethodCheck:
    passage, start = stated.passage, stated.start
    return MethodCheck(
        what=stated.what,
        stated=stated.stated,
        status=stated.status,
        found=stated.found,
        context=passage.context(start, start + len(stated.stated)),
        where=passage.where(start),
    )


def _unsupported(finding: TracedNumber) -> Unsupported:
    return Unsupported.model_validate(
        {
            **_place(finding),
            "reason": finding.reason,
            "looked_for": finding.looked_for,
            "nearest": finding.nearest,
        }
    )


def _supported(finding: TracedNumber) -> Supported:
    return Supported.model_validate(
        {**_place(finding), "how": finding.how, "kind": finding.kind, "chance": finding.chance}
    )
