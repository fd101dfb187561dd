"""People decide on the way: what waits, who wins, what is changed by hand, what model and reader are told."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from made_run import make_run
from offline_batch import gone_on
from peerassay.data.errors import InputError
from peerassay.data.files import read_json, write_json
from peerassay.generator.batch import IdeaBatch
from peerassay.generator.by_hand import show
from peerassay.generator.decisions import Decisions, guidance
from peerassay.generator.disclosure import disclosure
from peerassay.generator.ideas import Archive
from peerassay.generator.latex.document import Draft, render
from peerassay.generator.literature.search import Literature
from peerassay.generator.model_scientist.experiments import system_of
from peerassay.generator.page.write import write_pages
from peerassay.generator.people import decide, editable, waits_for
from peerassay.generator.state import StageState, State
from peerassay.generator.template import Template
from peerassay.reviewer.run_folder import locked
from test_model_scientist import batch_of, literature, template, told
from tiny_template import make_template

from tests.loopback.running import Loopback

__all__ = ["literature", "template"]


def asking(out: Path, server: Loopback, template: Template, literature: Literature, *what: str) -> IdeaBatch:
    """A run that asks; started again it goes on."""
    return batch_of(out, server, template, literature, runs=1, ask=what)


def test_an_idea_waits_is_changed_by_hand_and_goes_on(
    tmp_path: Path, server: Loopback, template: Template, literature: Literature
) -> None:
    out, folder = tmp_path / "out", tmp_path / "out" / "idea_01"
    batch = asking(out, server, template, literature, "idea", "draft")
    lines = told(batch)
    state = gone_on(batch, "writeup")
    assert state.next == "plan", "it went no further"
    assert waits_for(folder)[0] == "idea"
    idea = read_json(editable(folder))
    editable(folder).write_text(json.dumps(idea | {"title": "A Title by Hand"}))
    assert decide(folder, "approved", by="Ann Ho").changes == ("title",)
    assert [scored.idea.title for scored in Archive(out / "ideas.jsonl").read()] == ["A Title by Hand"]
    with pytest.raises(InputError, match="waits for no decision; Ann Ho has approved the idea"):
        decide(folder, "rejected", by="Bo Li")
    state = gone_on(asking(out, server, template, literature, "idea", "draft"), "writeup")
    assert state.stages["writeup"].status == "done"
    assert read_json(folder / "draft.json")["title"] == "A Title by Hand"
    assert waits_for(folder)[0] == "draft"
    (folder / "draft.json").write_text("{}")
    with pytest.raises(InputError, match=r"draft\.json"):
        decide(folder, "approved")
    assert not any("waits" in line and "experiments" in line for line in lines)
    assert disclosure(folder) == ("Ann Ho approved the idea after changing it by hand.",)


def test_a_note_has_the_idea_made_again_and_the_model_is_told(
    tmp_path: Path, server: Loopback, template: Template, literature: Literature
) -> None:
    out, folder = tmp_path / "out", tmp_path / "out" / "idea_01"
    gone_on(asking(out, server, template, literature, "idea"), "novelty")
    first = read_json(folder / "idea.json")
    decide(folder, "guided", note="Use fewer\nsteps.")
    assert not (folder / "idea.json").exists()
    batch = asking(out, server, template, literature, "idea")
    assert batch.archive() == [], "what is made again is no earlier idea"
    lab = batch.project(folder).lab
    assert f"On the idea ({first['title']}: {first['experiment']}): Use fewer steps." in system_of(lab)
    gone_on(batch, "experiments")
    assert waits_for(folder)[0] == "idea", "the new one is asked about again"
    assert decide(folder, "approved", note="Keep it short.").changes == ()
    assert [note.partition(": ")[2] for note in guidance(folder)][-1] == "Keep it short."
    assert len(disclosure(folder)) == 2


def test_what_is_rejected_ends_there(
    tmp_path: Path, server: Loopback, template: Template, literature: Literature
) -> None:
    out, folder = tmp_path / "out", tmp_path / "out" / "idea_01"
    gone_on(asking(out, server, template, literature, "experiments"), "writeup")
    assert waits_for(folder)[0] == "experiments"
    with pytest.raises(InputError, match="not changed by hand"):
        editable(folder)
    with locked(out), pytest.raises(InputError, match="another process is writing"):
        decide(folder, "approved")
    assert Decisions.read(folder).made == ()
    decide(folder, "rejected", note="Too noisy.")
    state = gone_on(asking(out, server, template, literature, "experiments"), "writeup")
    assert state.finished
    assert state.stages["writeup"].message == "rejected by a person after experiments: Too noisy."


def test_the_notice_says_whether_people_have_decided() -> None:
    draft = Draft(title="T", abstract="A.", sections={"Results": "R."})
    assert "no person has checked them" in render(draft)
    asked = render(draft.model_copy(update={"people": ("Dr. Ann Ho approved the idea.", "Bo rejected it.")}))
    assert "no person has checked them" not in asked
    assert "people had a part in it: Dr Ann Ho approved the idea; Bo rejected it." in asked


def test_the_commands_in_turn(
    tmp_path: Path, typed: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the offline scientist: shown, edited in an editor, approved once, refused a note, and gone on with."""
    template, run = make_template(tmp_path / "lines"), tmp_path / "run"
    idea = run / "idea_01"

    monkeypatch.setenv("EDITOR", "sed -i s/Matter/Count/")

    def scientist(*given: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(given, *typed("scientist", *given))

    options = ("--offline-literature", "--skip-novelty", "--no-pdf", "--runs", "1")
    wrong = scientist("run", "-t", template, "--out", run, "--ask", "idea,plot", *options)
    assert wrong.returncode == 2 and "plot" in wrong.stderr and not run.exists()
    begun = scientist("run", "-t", template, "--out", run, "--ask", "draft,idea", *options)
    assert begun.returncode == 0, begun.stderr
    assert f"waits for a decision on the idea: peerassay scientist show {idea}" in " ".join(begun.stderr.split())
    assert "waits for a decision on the idea" in scientist("show", idea).stdout
    assert "follows no note" in scientist("guide", idea, "--note", "shorter").stderr
    assert "was changed" in scientist("edit", idea).stdout
    approved = scientist("approve", idea, "--by", "Ann Ho")
    assert approved.stdout.startswith("approved the idea, as it was changed by hand")
    late = scientist("reject", idea)
    assert late.returncode == 2 and "Ann Ho has approved the idea" in late.stderr
    resumed = scientist("resume", run)
    assert "waits for a decision on the draft" in resumed.stderr, resumed.stderr
    assert " Count " in read_json(idea / "idea.json")["title"]
    assert not (idea / "paper.pdf").exists()


@pytest.fixture
def waits(tmp_path: Path) -> Path:
    """An idea by hand that waits for a decision on it."""
    run = make_run(tmp_path / "run", until="plan")
    folder = run / "idea_01"
    state = State.read(folder)
    state.stages["plan"] = StageState()
    state.scientist = "steady"
    state.write(folder)
    record = read_json(run / "scientist.json")
    record["paper"]["ask"] = ["idea"]
    write_json(run / "scientist.json", record)
    show(folder, "idea")
    return folder


def at_once(folder: Path, *commands: list[str], **environment: str) -> list[subprocess.CompletedProcess[str]]:
    """What commands said that began together, each in a process of its own."""
    env = os.environ | environment
    begun = [
        subprocess.Popen([sys.executable, "-m", "peerassay.cli.main", "scientist", *command, folder], env=env,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for command in commands
    ]  # fmt: skip
    said = [process.communicate() for process in begun]
    return [
        subprocess.CompletedProcess(process.args, process.returncode, *texts)
        for process, texts in zip(begun, said, strict=True)
    ]


def test_of_two_that_decide_at_once_one_wins_and_the_other_is_told(waits: Path) -> None:
    ended = at_once(waits, ["approve", "--by", "Ann"], ["reject", "--by", "Bo"])
    assert sorted(process.returncode for process in ended) == [0, 2]
    lost = next(process for process in ended if process.returncode)
    assert re.search(r"(Ann|Bo) has (approved|rejected) the idea|another process is writing", lost.stderr), lost.stderr
    assert len(Decisions.read(waits).made) == 1


def test_of_two_editors_at_once_one_wins_and_the_other_s_text_is_kept(waits: Path, tmp_path: Path) -> None:
    """Each editor waits until both have the file open, and then changes it in its own way."""
    editor = tmp_path / "editor.py"
    editor.write_text(
        "import os, pathlib, sys, time\n"
        f"meeting = pathlib.Path({str(tmp_path / 'open')!r})\n"
        "meeting.mkdir(exist_ok=True)\n"
        "(meeting / str(os.getpid())).touch()\n"
        "while len(list(meeting.iterdir())) < 2: time.sleep(0.01)\n"
        "path = pathlib.Path(sys.argv[-1])\n"
        "path.write_text(path.read_text().replace('plain', f'by {os.getpid()}', 1))\n"
        "os.utime(path, (time.time() + 9, time.time() + 9))\n"
    )
    ended = at_once(waits, ["edit"], ["edit"], EDITOR=f"{sys.executable} {editor}")
    assert sorted(process.returncode for process in ended) == [0, 2], [process.stderr for process in ended]
    lost = next(process for process in ended if process.returncode).stderr
    assert "somebody has changed it meanwhile" in lost or "another process is writing" in lost
    kept = Path(re.findall(r"your text is in (\S+)", lost)[0])
    assert "by " in kept.read_text() and kept.read_text() != (waits / "idea.json").read_text()
    assert "by " in read_json(waits / "idea.json")["title"]


def test_the_page_says_what_waits_for_whom_and_what_was_rejected(waits: Path) -> None:
    assert "for a person&#39;s decision on the idea" in write_pages(waits.parent, running=False).read_text()
    decide(waits, "rejected", by="Bo Li", note="Known since <1990>.")
    page = write_pages(waits.parent, running=False).read_text()
    assert "<strong>Rejected.</strong> rejected by a person after novelty: Known since &lt;1990&gt;." in page
    assert "Bo Li rejected the idea.</li>" in page
