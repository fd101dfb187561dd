"""What a run may use, and what became of it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Status = Literal[
    "ok", "failed", "timeout", "cpu", "memory", "processes", "disk", "killed", "stopped", "sandbox", "not found"
]
"""How a run ended.

`ok`: exit code 0; `failed`: another exit code, or a crash; `timeout`, `cpu`, `memory`, `processes`, `disk`: ended
because it went over that limit; `killed`: somebody else killed it (the kernel, when memory is short); `stopped`: ended
because the caller asked; `sandbox`: the sandbox could not be set up, the command never ran; `not found`: there is no
such program inside the sandbox.
"""

SandboxName = Literal["bubblewrap", "sandbox-exec", "limits only"]


class Limits(BaseModel):
    """What a run may use at most; None is no limit. A megabyte is 2^20 bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seconds: float = Field(default=7200, gt=0)
    """Wall-clock time."""
    cpu_seconds: float | None = Field(default=None, gt=0)
    """CPU time of all processes together."""
    memory_mb: int | None = Field(default=None, gt=0)
    """Main memory of all processes together, pages that they share counted once. GPU memory is not limited."""
    processes: int = Field(default=64, gt=0)
    """Processes at one time, the sandbox's own two among them; threads do not count."""
    disk_mb: int = Field(default=10_000, gt=0)
    """Growth of the workspace, of temporary files and of shared memory together; also the size of any one file."""
    output_kb: int = Field(default=64, gt=0)
    """Of stdout and of stderr each, the last part that the outcome holds."""
    log_mb: int = Field(default=50, gt=0)
    """Size at which the log file is cut; the run goes on."""
    grace: float = Field(default=5, ge=0)
    """Seconds between the request to end (SIGTERM, after `seconds` or a cancel) and the kill."""


class RunOutcome(BaseModel):
    """What became of a run."""

    model_config = ConfigDict(frozen=True)

    status: Status
    code: int | None = None
    """The exit code, 128 + n after signal n; None where the command was ended by the sandbox or never ran."""
    reason: str
    """What happened, in one line."""
    seconds: float
    """Wall-clock time."""
    cpu_seconds: float = 0.0
    """CPU time seen, in samples: processes that live less than 0.2 s can be missing."""
    peak_memory_mb: float = 0.0
    """Largest resident memory seen, in samples; pages shared between processes count for each."""
    stdout_tail: str = ""
    stderr_tail: str = ""
    sandbox: SandboxName
    offline: bool
    """Whether the network was cut."""
