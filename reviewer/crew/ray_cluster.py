"""Workers of a run on the machines of a Ray cluster: each a process as `peerassay worker` starts it."""

from __future__ import annotations

import importlib
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ...data.errors import InputError

REACH = 10.0
"""Seconds to reach the cluster."""
LAST = 400
"""Characters that are told of what a failed worker said last."""


class Ended(NamedTuple):
    """A worker that has ended."""

    node: str
    code: int
    said: str
    """The end of what it wrote to stderr."""


def work_on_cluster(
    run: Path,
    workers: int,
    *,
    address: str | None = None,
    cpus: float = 1.0,
    told: Callable[[str], None] = lambda _: None,
) -> Iterator[Ended]:
    """Start so many workers of a run's folder on a cluster, and yield each as it ends.

    `address` is that of the cluster, None: the one around, else one of this machine alone. Each worker has `cpus`. The
    folder has to be seen under the same path, and peerassay installed, on all machines. A machine that is lost ends its
    workers with code 1: their papers go to others.

    Raises InputError where Ray is not installed, and where there is no cluster at the address.
    """
    ray = _ray()
    _reach(address)
    try:
        ray.init(address=address, ignore_reinit_error=True, log_to_driver=False, logging_level="ERROR")
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise InputError(f"Ray: no cluster at {address or 'this machine'} ({_line(error)})") from None
    try:
        nodes = sum(bool(node["Alive"]) for node in ray.nodes())
        told(f"{workers} workers on a cluster of {nodes} {'machine' if nodes == 1 else 'machines'}")
        begin = ray.remote(num_cpus=cpus, max_retries=0, scheduling_strategy="SPREAD")(_work)
        waiting = [begin.remote(str(run)) for _ in range(workers)]
        while waiting:
            [done], waiting = ray.wait(waiting)
            try:
                yield Ended(*ray.get(done))
            except ray.exceptions.RayError as error:
                yield Ended("a lost machine", 1, _line(error))
    finally:
        ray.shutdown()


def _work(run: str) -> tuple[str, int, str]:
    """What runs on the cluster: one worker, to its end. Returns the machine, the exit code, and its last words."""
    command = [sys.executable, "-m", "peerassay", "worker", run, "--with-parent"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    return socket.gethostname(), done.returncode, done.stderr.strip()[-LAST:]


def _reach(address: str | None) -> None:
    """Raises InputError where nobody listens at an address with a port: Ray itself tries for minutes."""
    host, _, port = (address or "").removeprefix("ray://").rpartition(":")
    if not host or not port.isdigit():
        return
    try:
        socket.create_connection((host, int(port)), timeout=REACH).close()
    except OSError as error:
        raise InputError(f"Ray: no cluster at {address} ({error.strerror or error})") from None


def _ray() -> Any:
    try:
        return importlib.import_module("ray")
    except ImportError:
        raise InputError("Ray is not installed: pip install 'peerassay[ray]'") from None


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:LAST]
