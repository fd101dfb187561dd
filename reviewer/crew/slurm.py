"""A script for Slurm: an array of workers of one run, each in the queue again when its time is over."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, field_validator

TIME = re.compile(r"\d+|\d+:\d{2}(:\d{2})?|\d+-\d{1,2}(:\d{2}){0,2}")
"""As sbatch takes it: minutes, minutes:seconds, hours:minutes:seconds, days-hours and so on."""
BODY = """\
# Each element of the array is a worker of the run. Before its time is over it lets its work go, and is queued again.
set -u
cd {place} || exit 2
{setup}{python} -m peerassay worker {run} &
worker=$!
again=
trap 'again=yes; kill -TERM "$worker" 2> /dev/null' USR1
trap 'kill -TERM "$worker" 2> /dev/null' TERM
wait "$worker"
code=$?
while kill -0 "$worker" 2> /dev/null; do
  wait "$worker"
  code=$?
done
if [ -n "$again" ] && [ "$code" -ne 0 ]; then
  scontrol requeue "${{SLURM_ARRAY_JOB_ID}}_${{SLURM_ARRAY_TASK_ID}}"
fi
exit "$code"
"""


class SlurmJob(BaseModel):
    """What is asked of Slurm for each worker."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    workers: int = Field(default=8, ge=1, le=10_000)
    time: str = "4:00:00"
    cpus: int = Field(default=1, ge=1)
    memory: str = "4G"
    partition: str | None = None
    account: str | None = None
    ending: int = Field(default=120, ge=30, description="seconds before the end of its time at which a worker stops")
    more: tuple[str, ...] = Field(default=(), description="further options of sbatch, as --gres=gpu:1")
    setup: tuple[str, ...] = Field(default=(), description="lines of shell before the worker, as `module load python`")

    @field_validator("time")
    @classmethod
    def _is_time(cls, value: str) -> str:
        if not TIME.fullmatch(value):
            raise ValueError(f"{value!r} is no time of sbatch, such as 90 (minutes), 4:00:00 or 1-12")
        return value

    @field_validator("more")
    @classmethod
    def _are_options(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            if not value.startswith("-"):
                raise ValueError(f"{value!r} is no option of sbatch, such as --gres=gpu:1")
        return values

    @field_validator("memory", "partition", "account", "more", "setup")
    @classmethod
    def _one_line(cls, value: str | tuple[str, ...] | None) -> str | tuple[str, ...] | None:
        for line in (value,) if isinstance(value, str) else value or ():
            if "\n" in line or not line.strip():
                raise ValueError(f"{line!r} is not one line")
        return value


def slurm_script(run: Path, job: SlurmJob, *, place: Path, python: str = sys.executable) -> str:
    """The script for sbatch; it has no keys: the workers get the environment of whoever submits it.

    `run` is the folder, `place` that from where its paths count, `python` the interpreter of each worker.
    """
    options = {
        "job-name": f"peerassay-{_plain(run.name)}",
        "array": f"1-{job.workers}",
        "time": job.time,
        "cpus-per-task": job.cpus,
        "mem": job.memory,
        "partition": job.partition,
        "account": job.account,
        "signal": f"B:USR1@{job.ending}",
        "output": _quoted(f"{run}/slurm-%A_%a.log"),
        "open-mode": "append",
    }
    lines = ["#!/bin/bash", *(f"#SBATCH --{name}={value}" for name, value in options.items() if value is not None)]
    lines += ["#SBATCH --requeue", *(f"#SBATCH {option}" for option in job.more)]
    setup = "".join(f"{line}\n" for line in job.setup)
    body = BODY.format(
        place=shlex.quote(str(place)), setup=setup, python=shlex.quote(python), run=shlex.quote(str(run))
    )
    return "\n".join(lines) + "\n" + body


def _quoted(path: str) -> str:
    """As sbatch reads it in a comment: in double quotes where there is a space."""
    return f'"{path}"' if re.search(r"\s", path) else path


def _plain(name: str) -> str:
    return re.sub(r"[^\w.-]", "-", name)[:40]
