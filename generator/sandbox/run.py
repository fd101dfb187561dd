"""What every sandbox is: a way to run a command on a workspace, within limits, to the very end."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen

from ...data.errors import InputError
from .environment import HOME, MARKER, clean_environment
from .limits import Limits, RunOutcome, SandboxName, Status
from .output import StreamCapture, open_log
from .processes import Unmeasurable, folder_bytes, give_up_first
from .watch import MB, Watch

LAUNCHER = Path(__file__).with_name("launch.py").read_text(encoding="utf-8")

THREADS_EACH = 32
"""Threads that a process is taken to have, where the kernel limits both together."""


@dataclass(frozen=True)
class RunFolders:
    """Where a run happens: resolved paths. `scratch` holds its `tmp` and `shm` and is removed afterwards."""

    workspace: Path
    read_only: tuple[Path, ...]
    scratch: Path


class Sandbox(ABC):
    """Runs commands that are not trusted. `warning` says what it does not keep from them, empty where nothing."""

    name: SandboxName
    offline: bool
    """Whether it cuts the network."""
    warning: str = ""

    own_processes: bool
    """Whether the run has numbers and counts of processes of its own."""
    stay: bool
    """Whether our launcher remains as the parent of the command."""

    @abstractmethod
    def wrap(self, command: Sequence[str], place: RunFolders) -> list[str]:
        """The command line that runs `command` inside."""

    @abstractmethod
    def temporary(self, place: RunFolders) -> Path:
        """The temporary folder as the run sees it."""

    def run(
        self,
        command: Sequence[str],
        *,
        workspace: Path,
        read_only: Sequence[Path] = (),
        limits: Limits | None = None,
        env: Mapping[str, str] | None = None,
        log: Path | None = None,
    ) -> RunOutcome:
        """Run the command in the workspace, the one folder that it may change, and return when nothing of it is left.

        `read_only` are further files or folders that it may read; one inside the workspace cannot be changed then
        (in bubblewrap). `env` comes on top of the clean environment. `log` gets stdout and stderr as they come.

        Raises InputError for a workspace or path that is missing or unsuitable, and a variable that looks like a
        secret. An interrupt ends the run and is passed on.
        """
        return self._run(command, workspace, read_only, limits or Limits(), env or {}, log, threading.Event())

    async def arun(
        self,
        command: Sequence[str],
        *,
        workspace: Path,
        read_only: Sequence[Path] = (),
        limits: Limits | None = None,
        env: Mapping[str, str] | None = None,
        log: Path | None = None,
    ) -> RunOutcome:
        """As `run`, beside other work; cancelling ends the run first (SIGTERM, then after the grace SIGKILL)."""
        stop = threading.Event()
        arguments = (command, workspace, read_only, limits or Limits(), env or {}, log, stop)
        with ThreadPoolExecutor(1, "sandbox") as thread:
            running = asyncio.get_running_loop().run_in_executor(thread, self._run, *arguments)
            try:
                return await asyncio.shield(running)
            finally:
                stop.set()
                if not running.done():
                    await asyncio.wait([running])

    def _run(
        self,
        command: Sequence[str],
        workspace: Path,
        read_only: Sequence[Path],
        limits: Limits,
        env: Mapping[str, str],
        log: Path | None,
        stop: threading.Event,
    ) -> RunOutcome:
        began = time.monotonic()
        with scratch_folder() as scratch, open_log(log) if log else nullcontext() as stream:
            place = RunFolders(suitable_workspace(workspace), tuple(map(existing, read_only)), scratch)
            environment = clean_environment(place.workspace, self.temporary(place), env)
            size_before = measured(place.workspace)
            ready, tell = os.pipe()
            with os.fdopen(ready, "rb", 0) as ready_stream:
                try:
                    process = self._start(launch_command(command, limits, tell, self), place, environment, tell)
                finally:
                    os.close(tell)
                watch = Watch(
                    process,
                    limits=limits,
                    folders=[place.workspace, scratch],
                    output=StreamCapture(
                        process, keep=limits.output_kb * 1024, log=stream, log_bytes=limits.log_mb * MB
                    ),
                    marker=f"{MARKER}={environment[MARKER]}",
                    stop=stop,
                    began=began,
                    size_before=size_before,
                )
                with process:
                    watch.run()
                started = ready_stream.read(1) == b"!"
        return self._outcome(watch, started, time.monotonic() - began)

    def _start(self, launch: list[str], place: RunFolders, environment: dict[str, str], tell: int) -> Popen[bytes]:
        command = self.wrap(launch, place)
        try:
            process = Popen(
                command,
                cwd=place.workspace,
                env=environment,
                stdin=DEVNULL,
                stdout=PIPE,
                stderr=PIPE,
                pass_fds=(tell,),
                start_new_session=True,
            )
        except OSError as error:
            raise InputError(f"{command[0]}: the sandbox cannot be started ({error.strerror})") from None
        give_up_first(process.pid)
        return process

    def _outcome(self, watch: Watch, started: bool, seconds: float) -> RunOutcome:
        code = watch.process.returncode
        stderr = watch.output.tail("stderr")
        status, reason = watch.verdict or (ending(code) if started else no_start(stderr))
        return RunOutcome(
            status=status,
            code=None if watch.verdict or not started else code,
            reason=reason,
            seconds=round(seconds, 3),
            cpu_seconds=round(watch.tree.cpu, 2),
            peak_memory_mb=round(watch.peak_memory / MB, 1),
            stdout_tail=watch.output.tail("stdout"),
            stderr_tail=stderr,
            sandbox=self.name,
            offline=self.offline,
        )


def launch_command(command: Sequence[str], limits: Limits, ready: int, sandbox: Sandbox) -> list[str]:
    """The launcher with its plan, in front of the command."""
    kernel = {"RLIMIT_CORE": 0, "RLIMIT_FSIZE": limits.disk_mb * MB}
    if limits.cpu_seconds is not None:
        kernel["RLIMIT_CPU"] = int(limits.cpu_seconds) + 2
    if sandbox.own_processes:
        kernel["RLIMIT_NPROC"] = limits.processes * THREADS_EACH
    plan = {"ready": ready, "limits": kernel, "stay": sandbox.stay, "loopback": sandbox.stay and sandbox.offline}
    return [sys.executable, "-I", "-S", "-c", LAUNCHER, json.dumps(plan), *command]


def ending(code: int) -> tuple[Status, str]:
    """Status and reason for an exit code; 128 + n and -n stand for signal n."""
    if code == 0:
        return "ok", "ended by itself with exit code 0"
    if code == 127:
        return "not found", "the program could not be started inside the sandbox (exit code 127)"
    number = -code if code < 0 else code - 128
    if number == signal.SIGKILL:
        return "killed", "killed from outside (SIGKILL); the machine may have run out of memory"
    if number in set(signal.Signals):
        return "failed", f"crashed with signal {signal.Signals(number).name}"
    return "failed", f"ended by itself with exit code {code}"


def no_start(stderr: str) -> tuple[Status, str]:
    """Status and reason where the command never ran."""
    lines = stderr.strip().splitlines()
    return "sandbox", f"the sandbox could not be set up: {lines[-1] if lines else 'no reason given'}"


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A private folder with `tmp` and `shm`, removed afterwards whatever the code left there."""
    folder = Path(tempfile.mkdtemp(prefix="peerassay-"))
    try:
        for name in ("tmp", "shm"):
            (folder / name).mkdir()
        yield folder.resolve()
    finally:
        for command in (["chmod", "-R", "u+rwX"], ["rm", "-rf"]):  # of any depth, which shutil.rmtree does not manage
            subprocess.run([*command, "--", folder], stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL, check=False)


def suitable_workspace(path: Path) -> Path:
    """The resolved workspace with its home folder. Raises InputError where it is missing or holds the user's home."""
    workspace = existing(path)
    if not workspace.is_dir():
        raise InputError(f"{path}: not a folder; the workspace has to be one")
    if Path.home().resolve().is_relative_to(workspace):
        raise InputError(f"{path}: holds your home folder; give model-written code a workspace of its own")
    home = workspace / HOME
    if home.is_symlink():
        home.unlink()
    home.mkdir(exist_ok=True)
    return workspace


def measured(workspace: Path) -> int:
    """Bytes in the workspace. Raises InputError where a folder in it cannot be read."""
    try:
        return folder_bytes([workspace])
    except Unmeasurable as error:
        raise InputError(f"{error}; mend or remove this folder of the workspace") from None


def existing(path: Path) -> Path:
    """The resolved path. Raises InputError where it is missing."""
    try:
        return path.resolve(strict=True)
    except OSError as error:
        raise InputError(f"{path}: cannot be used in a sandbox ({error.strerror})") from None
