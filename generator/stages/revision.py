"""The paper after people have reviewed it: a round of improvement by all reviews that have had none yet."""

from __future__ import annotations

from ...data.files import read_validated, write_json
from ..batch import latest_review_number
from ..human_reviews.record import HumanReviews, Round, together
from ..latex.document import Draft
from ..paper_source import audited
from ..project import REVIEWED_DRAFT, Project
from .pages import PagesSeen
from .paper import in_words, made_anew


async def revise_by_people(project: Project) -> str:
    """The round, compiled, audited and reviewed by the machine anew; the notice says who has reviewed.

    What people say goes to the scientist as a review does. A round that was cut off, or whose review failed, begins
    again with its own draft.
    """
    reviews = HumanReviews.read(project.folder)
    if not any(one.round == 0 for one in reviews.made) and all(one.done for one in reviews.rounds):
        return _so_far(reviews)
    number, reviews = _opened(project, reviews)
    now = [one for one in reviews.made if one.round == number]
    project.lab.tell(f"a round by {' and '.join(one.by for one in now)}")
    before = project.draft()
    pages = PagesSeen(project)
    seen = await pages.findings()
    draft = await project.scientist.improve(project.lab, before, together(now), audited(project.lab), seen)
    changed = draft is not None and draft != before
    if draft is not None and changed:
        project.keep_draft(draft)
    reviews = _with_round(project, reviews, number, changed=changed)
    made = await made_anew(project, reviews.rounds[number - 1].review)
    await pages.last_look()
    reviews = _with_round(project, reviews, number, done=True)
    return f"{_so_far(reviews)}; {'' if changed else 'nothing was changed; '}{in_words(made)}"


def _so_far(reviews: HumanReviews) -> str:
    if not reviews.rounds:
        return "no person has reviewed the paper"
    people = ", ".join(dict.fromkeys(one.by for one in reviews.made))
    return f"{len(reviews.rounds)} round{'s' * (len(reviews.rounds) > 1)} by reviews of people ({people})"


def _opened(project: Project, reviews: HumanReviews) -> tuple[int, HumanReviews]:
    """The number of the round to be made, which is on record with its reviews; the draft is that it begins with."""
    folder = project.folder
    number = len(reviews.rounds)
    if not reviews.rounds or reviews.rounds[-1].done:
        number += 1
        write_json(folder / f"round_{number}_draft.json", project.draft().model_dump(mode="json"))
        if not (folder / REVIEWED_DRAFT).exists():
            write_json(folder / REVIEWED_DRAFT, project.draft().model_dump(mode="json"))
        made = tuple(one if one.round else one.model_copy(update={"round": number}) for one in reviews.made)
        opened = Round(review=f"review_{latest_review_number(folder) + 1}.json")
        reviews = HumanReviews(made=made, rounds=(*reviews.rounds, opened), earlier=reviews.earlier)
        reviews.write(folder)
    path = folder / f"round_{number}_draft.json"
    project.keep_draft(read_validated(Draft, path))
    return number, reviews


def _with_round(project: Project, reviews: HumanReviews, number: int, **known: bool) -> HumanReviews:
    rounds = list(reviews.rounds)
    rounds[number - 1] = rounds[number - 1].model_copy(update=known)
    reviews = reviews.model_copy(update={"rounds": tuple(rounds)})
    reviews.write(project.folder)
    return reviews
