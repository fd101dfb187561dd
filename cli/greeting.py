"""What `peerassay` alone says: what it is, and the three next commands by what is there."""

from __future__ import annotations

import shlex
from pathlib import Path

from ..data.errors import InputError
from ..data.registry import BUNDLED, data_home, list_names, read_card

WHAT = "peerassay measures how well programs review papers, by human decisions, and how good AI scientists' papers are."
FIRST = (
    ("bench -d iclr2022-scores", "released GPT-4o reviews against real decisions; needs no key"),
    ("review paper.pdf", "review a paper of yours"),
    ("scientist run -t tabular -m offline", "from an idea to a reviewed paper; needs no key"),
)
AFTER = {
    "run.json": (
        ("compare {}", "test whether its reviewers differ"),
        ("triage {}", "what is lost when only a part is decided by them"),
        ("leaderboard add {}", "its rows as result files for the board"),
    ),
    "scientist.json": (
        ("scientist resume {}", "go on with what is not done"),
        ("score {}", "score its papers, failures counted"),
        ("scientist page {}", "what happened and why, as a page"),
    ),
    "score.json": (
        ("leaderboard add {}", "its groups as result files for the board"),
        ("leaderboard serve", "look at the boards"),
        ("doctor", "what is installed and ready"),
    ),
    "stress.json": (
        ("leaderboard add {}", "its cards as result files for the board"),
        ("stress --list", "the kinds of change of a paper"),
        ("leaderboard serve", "look at the boards"),
    ),
}
"""The next commands by the record of a run."""


def greeting() -> str:
    """One line on what it is, three commands, and where the others are."""
    title, commands = _next()
    lines = [(f"  peerassay {command}", why) for command, why in commands]
    width = max(len(line) for line, _ in lines) + 2
    told = "\n".join(f"{line:{width}}{why}" for line, why in lines)
    return f"{WHAT}\n\n{title}:\n{told}\n\nAll commands: peerassay --help. What is ready here: peerassay doctor."


def _next() -> tuple[str, tuple[tuple[str, str], ...]]:
    if (found := latest_run()) is not None:
        folder, record = found
        quoted = shlex.quote(str(folder))
        return f"Next, with the run in {folder}", tuple((line.format(quoted), why) for line, why in AFTER[record])
    if names := [name for name in list_names() if name not in BUNDLED]:
        newest = max(names, key=lambda name: (data_home() / name).stat().st_mtime)
        return f"Next, with the dataset {newest}", _with_dataset(newest)
    return "Next", FIRST


def latest_run(here: Path = Path()) -> tuple[Path, str] | None:
    """That of `run_folders` which was begun last."""
    found = run_folders(here)
    return max(found, key=lambda run: (run[0] / run[1]).stat().st_mtime) if found else None


def run_folders(here: Path = Path()) -> list[tuple[Path, str]]:
    """The runs of this folder, in it and in its `runs`; each with its record's name."""
    folders = [here, *here.glob("*/"), *here.glob("runs/*/")]
    return [(folder, name) for folder in folders for name in AFTER if (folder / name).is_file()]


def _with_dataset(name: str) -> tuple[tuple[str, str], ...]:
    if _is_undecided(name):
        return (
            (f"data info {name}", "what it holds"),
            (f"bench --seal -d {name} -r openai/MODEL --dry-run", "what a sealed forecast costs"),
            (f"bench --seal -d {name} -r learned:iclr2022", "seal one without a key"),
        )
    return (
        (f"data audit {name}", "what a reviewer could cheat with"),
        (f"bench -d {name}", "floors and a learned reviewer on it; needs no key"),
        (f"bench -d {name} -r openai/MODEL --dry-run", "what a language model would cost"),
    )


def _is_undecided(name: str) -> bool:
    folder = data_home() / name
    try:
        return (folder / "card.json").is_file() and read_card(folder).labels == "undecided"
    except InputError:
        return False
