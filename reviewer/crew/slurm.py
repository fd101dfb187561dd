"""A script for Slurm: an array of workers of one run, each in the queue again when its time is over."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from ...data.errors import InputError

TIME = re.compile(r"\d+|\d+:\d{2}(:\d{2})?|\d+-\d{1,2}(:\d{2}){0,2}")
"""As sbatch takes it: minutes, minutes:seconds, hours:minutes:seconds, days-hours and so on."""
EARLY = 60
"""Seconds by which Slurm may send a signal too early, see sbatch's manual."""
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

    @model_validator(mode="after")
    def _has_time_to_work(self) -> SlurmJob:
        """One that is told to stop as it starts would be put into the queue again and again."""
        if 0 < self.seconds <= self.ending + EARLY:
            raise ValueError(
                f"time {self.time} is over before any work is sure to be done: a worker stops {self.ending} s before "
                f"its end (ending), and Slurm may tell it {EARLY} s too early"
            )
        return self

    @property
    def seconds(self) -> int:
        """The time of each worker; 0 where it has no limit."""
        days, dash, rest = self.time.rpartition("-")
        parts = [int(part) for part in rest.split(":")]
        if not dash:  # without days it begins with minutes, or with hours where it has three parts
            parts = parts if len(parts) == 3 else [0, *parts]
        hours, minutes, seconds = [*parts, 0, 0][:3]
        return ((int(days or 0) * 24 + hours) * 60 + minutes) * 60 + seconds

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

    `run` is the folder, `place` that from where its paths count, `python` the interpreter of each worker. Raises
    InputError for a folder that Slurm cannot name.
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
        "output": _log_in(run),
        "open-mode": "append",
    }
    lines = ["#!/bin/bash", *(f"#SBATCH --{name}={value}" for name, value in options.items() if value is not None)]
    lines += ["#SBATCH --requeue", *(f"#SBATCH {option}" for option in job.more)]
    setup = "".join(f"{line}\n" for line in job.setup)
    body = BODY.format(
        place=shlex.quote(str(place)), setup=setup, python=shlex.quote(python), run=shlex.quote(str(run))
    )
    return "\n".join(lines) + "\n" + body


def _log_in(folder: Path) -> str:
    """The log of each element, as sbatch reads it in a comment: `%` is doubled, and what ends a word stands in quotes.

    A backslash would have sbatch take `%A` and `%a` as they are written.
    """
    if re.search(r"[\\\n]", str(folder)):
        raise InputError(
            f"{str(folder)!r}: Slurm cannot write to a folder with a backslash or a line break in its name"
        )
    path = str(folder).replace("%", "%%").replace('"', '\\"') + "/slurm-%A_%a.log"
    return path if re.fullmatch(r"[\w./%+-]+", path) else f'"{path}"'


def _plain(name: str) -> str:
    return re.sub(r"[^\w.-]", "-", name)[:40]
