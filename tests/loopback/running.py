"""Starting the loopback server: in this process, in a process of its own, and talking to one that runs."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

from peerassay.data.errors import InputError

from .engine import LoopbackEngine, Options
from .faults import FaultPlan

NEEDS = "the loopback server needs aiohttp: make setup-dev"
LISTENING = re.compile(r"listening on (http://127\.0\.0\.1:\d+)")
CHECKOUT = Path(__file__).resolve().parents[2]
PATIENCE = 20.0
"""Seconds that a start or an end may take."""


class Peer:
    """A loopback server that runs, wherever it does."""

    def __init__(self, url: str) -> None:
        self.url = url

    @property
    def openai_url(self) -> str:
        """The base URL for OpenAI's SDK."""
        return f"{self.url}/v1"

    @property
    def anthropic_url(self) -> str:
        """The base URL for Anthropic's SDK."""
        return self.url

    def stats(self) -> dict[str, Any]:
        """The server's books, documented in `server`."""
        return self._ask("/_stats", None)

    def reset(self) -> None:
        """Begin new books, and the fault plan anew."""
        self._ask("/_reset", b"")

    def set_faults(self, plan: str | Mapping[str, Any] | FaultPlan) -> None:
        """Follow another fault plan from now on. Raises InputError for a wrong one."""
        if isinstance(plan, FaultPlan):
            plan = plan.model_dump(by_alias=True)
        self._ask("/_faults", (plan if isinstance(plan, str) else json.dumps(plan)).encode())

    def _ask(self, path: str, data: bytes | None) -> dict[str, Any]:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(urllib.request.Request(self.url + path, data=data), timeout=PATIENCE) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise InputError(error.read().decode()) from None


class Loopback(Peer):
    """A server in a thread of this process, with the fields of `Options`, between `with` and the end of its block.

    Raises InputError where aiohttp is missing, the port is taken or the fault plan is wrong.
    """

    def __init__(self, **options: Any) -> None:
        self.engine = LoopbackEngine(Options(**options))
        super().__init__("")

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True, name="loopback")
        self._thread.start()
        try:
            self._runner, port = self._run(_listening()(self.engine))
        except BaseException:
            self._end()
            raise
        self.url = f"http://127.0.0.1:{port}"
        return self

    def __exit__(self, *_: object) -> None:
        self._run(self._runner.cleanup())
        self._end()

    def _run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()


class Spawned(Peer):
    """A server in a process of its own."""

    def __init__(self, url: str, process: subprocess.Popen[str]) -> None:
        super().__init__(url)
        self.process = process


@contextmanager
def spawn_loopback(**options: Any) -> Iterator[Spawned]:
    """A server in a process of its own, with the fields of `Options`; it ends with the block.

    Raises InputError where it does not start.
    """
    command = [sys.executable, "-m", "tests.loopback", *_arguments(options)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=CHECKOUT)
    try:
        assert process.stdout is not None
        found = LISTENING.match(process.stdout.readline())
        if not found:
            raise InputError("the loopback server did not start; its own message is above")
        yield Spawned(found[1], process)
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _arguments(options: Mapping[str, Any]) -> list[str]:
    arguments = []
    for name, value in options.items():
        if isinstance(value, FaultPlan):
            value = value.model_dump_json(by_alias=True)
        if isinstance(value, bool):
            arguments += [f"--{name}"] if value else []
        else:
            written = json.dumps(value) if isinstance(value, Mapping) else str(value)
            arguments.append(f"--{name.replace('_', '-')}={written}")
    return arguments


def serve(options: Options, announce: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; `announce` gets the URL once the server listens. Raises InputError."""
    engine, listening = LoopbackEngine(options), _listening()

    async def running() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            with suppress(NotImplementedError):
                loop.add_signal_handler(number, stop.set)
        runner, port = await listening(engine)
        announce(f"http://127.0.0.1:{port}")
        await stop.wait()
        await runner.cleanup()

    asyncio.run(running())


def _listening() -> Callable[[LoopbackEngine], Any]:
    try:
        import aiohttp  # noqa: F401
    except ImportError:
        raise InputError(NEEDS) from None
    from .server import listening

    return listening
