"""A real Slurm cluster of two machines, both of them this one: munged, slurmctld and a slurmd for each."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Self

import pytest

NODES = ("n1", "n2")
PLACES = f"{os.environ['PATH']}:/usr/sbin:/sbin"
"""Daemons lie outside of an ordinary user's PATH."""
CONF = """\
ClusterName=peerassay
SlurmctldHost={host}(127.0.0.1)
SlurmUser={user}
SlurmdUser={user}
AuthInfo=socket={folder}/munge/socket,cred_expire=5
SlurmctldPort={ports[0]}
SlurmctldPidFile={folder}/slurmctld.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmdSpoolDir={folder}/spool-%n
StateSaveLocation={folder}/state
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=2,bf_interval=2
ReturnToService=2
SlurmdTimeout=15
KillWait=10
MailProg=/bin/true
NodeName=n[1-2] NodeHostname={host} NodeAddr=127.0.0.1 Port=[{ports[1]}-{ports[2]}] CPUs=2 RealMemory=1000
PartitionName=short Nodes=n[1-2] Default=YES State=UP
"""
needs_slurm = pytest.mark.skipif(
    not all(shutil.which(name, path=PLACES) for name in ("sbatch", "slurmctld", "slurmd", "munged")),
    reason="no Slurm here: apt-get install slurm-wlm",
)


class SlurmCluster:
    """It runs between `with` and the end of its block, which ends its daemons and what is left of its jobs."""

    def __enter__(self) -> Self:
        with ExitStack() as ends:
            self.folder = Path(ends.enter_context(tempfile.TemporaryDirectory(prefix="slurm-", dir="/tmp")))
            for name in ("state", "munge"):
                (self.folder / name).mkdir(mode=0o700)
            self.conf = self.folder / "slurm.conf"
            ports, host = _free_ports(), socket.gethostname()
            user = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
            self.conf.write_text(CONF.format(host=host, user=user, folder=self.folder, ports=ports))
            ends.enter_context(self._munge())
            ends.enter_context(self._daemon("slurmctld", "-D"))
            self.nodes: dict[str, subprocess.Popen[bytes]] = {}
            ends.callback(self._end_nodes)
            for node in NODES:
                self.start(node)
            until(lambda: self.asked("sinfo", "--noheader", "--format=%D %t") == "2 idle\n")
            self._ends = ends.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.close()

    @property
    def env(self) -> dict[str, str]:
        """The environment in which this cluster is meant."""
        return {**os.environ, "SLURM_CONF": str(self.conf), "PATH": PLACES}

    def asked(self, *command: str) -> str:
        """What a command of Slurm prints."""
        return subprocess.run(command, env=self.env, capture_output=True, text=True, check=True).stdout

    def start(self, node: str) -> None:
        """A machine comes up."""
        said = (self.folder / f"{node}.out").open("ab")
        self.nodes[node] = subprocess.Popen(["slurmd", "-D", "-N", node], env=self.env, stdout=said, stderr=said)

    def lose(self, node: str) -> int:
        """A machine loses its power: whatever of ours runs there is killed at once. How many processes ran for jobs."""
        self.nodes[node].kill()
        self.nodes[node].wait()
        jobs = self._jobs(node)
        for pid in (*_watchers(jobs), *jobs):  # first those which would tell how a job ended
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return len(jobs)

    def _jobs(self, node: str) -> list[int]:
        mine = {f"SLURM_CONF={self.conf}", f"SLURMD_NODENAME={node}"}
        found = []
        for place in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if mine <= {*(place / "environ").read_text(errors="replace").split("\0")}:
                    found.append(int(place.name))
        return found

    def _end_nodes(self) -> None:
        for node in self.nodes:
            self.lose(node)

    @contextmanager
    def _daemon(self, *command: str) -> Iterator[None]:
        said = (self.folder / f"{command[0]}.out").open("ab")
        process = subprocess.Popen(command, env=self.env, stdout=said, stderr=said)
        try:
            yield
        finally:
            process.terminate()
            process.wait(30)

    @contextmanager
    def _munge(self) -> Iterator[None]:
        """What tells one user of Slurm from another."""
        place = self.folder / "munge"
        (place / "key").touch(mode=0o600)
        (place / "key").write_bytes(secrets.token_bytes(128))
        files = {"socket": "socket", "key-file": "key", "pid-file": "pid", "log-file": "log", "seed-file": "seed"}
        with self._daemon(
            "munged", "--force", "--foreground", *(f"--{name}={place / file}" for name, file in files.items())
        ):
            until((place / "socket").exists)
            yield


def until(true: object, seconds: float = 60.0) -> None:
    """Wait until a function returns something true."""
    assert callable(true)
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"not within {seconds:.0f} s"
        time.sleep(0.2)


def _watchers(jobs: list[int]) -> set[int]:
    """The processes of Slurm that started these and wait for them."""
    found = set()
    for pid in jobs:
        with suppress(OSError):
            parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]
            if Path(f"/proc/{parent}/cmdline").read_text(errors="replace").startswith("slurmstepd"):
                found.add(int(parent))
    return found


def _free_ports() -> tuple[int, int, int]:
    """One, and two that follow each other."""
    for _ in range(100):
        with socket.create_server(("127.0.0.1", 0)) as first, suppress(OSError):
            port = first.getsockname()[1]
            with socket.create_server(("127.0.0.1", port + 1)), socket.create_server(("127.0.0.1", port + 2)):
                return port, port + 1, port + 2
    raise AssertionError("no three ports are free")
