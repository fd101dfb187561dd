"""The paper on results that somebody else has brought, put together from its parts."""

from __future__ import annotations

from datetime import UTC, datetime

from ..evidence import Evidence
from ..figures import captioned_figures
from ..given.record import GivenStudy
from ..lab import Lab
from ..latex.document import Draft
from ..literature.search import Literature
from ..result_tables import floats_of_paper
from . import given_prose, method, results
from .related import works_near
from .study import Study

NAME = "offline (rules, no language model)"


async def write_given_paper(lab: Lab, literature: Literature) -> Draft:
    """The paper; statistics.json is written on the way. Raises InputError where the lab's template has no results."""
    given = GivenStudy.read(lab.template.folder)
    nodes = lab.journal().nodes
    study = Study(**vars(Evidence.of(nodes, given.metrics)))
    full = {node.label: run.label for node, run in zip(nodes, given.runs, strict=True) if node.label != run.label}
    study.write_statistics(lab.folder / "statistics.json")
    told = given_prose.works_on_statistics(study)
    related = await works_near(given.title, f"{given.title}. {given.notes}", told, lab, literature)
    figures = captioned_figures(lab.template.captions, lab.workspace)
    floats = floats_of_paper(study, figures, pages=lab.page_limit)
    set_up = [given_prose.set_up(study, given), *given_prose.key(full)]
    if not given_prose.alone(study):
        set_up.append(method.statistics(study, given=True))
    return Draft(
        title=given.title,
        abstract=given_prose.abstract(study),
        sections={
            "Introduction": given_prose.introduction(study, given),
            "Related Work": related,
            "Experimental Set-up": "\n\n".join(set_up),
            "Results": results.results(study, floats),
            "Discussion": given_prose.discussion(study),
            "Limitations": given_prose.limitations(study, given),
            "Conclusion": given_prose.conclusion(study),
            "How This Paper Was Made": given_prose.how_made(given),
        },
        appendix=results.appendix(floats),
        writer=NAME,
        date=datetime.now(UTC).strftime("%-d %B %Y"),
    )
