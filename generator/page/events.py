"""What a run told while it went on, a line each: kept, so that its page can show it also after another start."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from ...data.files import read_jsonl, repair_last_line, validated

FILE = "events.jsonl"
SHOWN = 40


class Event(BaseModel):
    """One line, when it was told, and of which idea."""

    model_config = ConfigDict(frozen=True)

    at: str
    idea: str
    line: str


@dataclass
class EventLog:
    """RUN/events.jsonl, append-only."""

    folder: Path
    _begun: bool = field(default=False, repr=False)

    def add(self, idea: str, line: str) -> None:
        """Append a line of now. Raises InputError or OSError where the file cannot be written."""
        path = self.folder / FILE
        if not self._begun:
            repair_last_line(path)
            self._begun = True
        event = Event(at=datetime.now(UTC).isoformat(timespec="seconds"), idea=idea, line=line)
        with path.open("ab") as stream:
            stream.write(event.model_dump_json().encode("utf-8", "replace") + b"\n")


def last_events(folder: Path, idea: str, most: int = SHOWN) -> list[Event]:
    """The last events of an idea, the oldest first. Raises InputError for a line that is none."""
    path = folder / FILE
    if not path.is_file():
        return []
    events = (validated(Event, value, f"{path}:{number}") for number, value in read_jsonl(path, torn_tail=True))
    return list(deque((event for event in events if event.idea == idea), maxlen=most))
