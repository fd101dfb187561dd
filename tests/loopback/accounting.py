"""What the loopback server has done: attempts, answers, tokens, and what the providers' prompt caches would hold.

Requests are kept as hashes only, and only so many of them.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Iterable
from typing import Any

from peerassay.llm.messages import Tokens

from .calls import ModelCall, tokens_of

STEP = 128 * 4
"""Characters in one step of the automatic cache (128 tokens)."""
LEAST = 1024 * 4
"""Characters of the shortest prefix that is cached (1024 tokens)."""


class Remembered:
    """A set of hashes with a count each, which forgets the oldest beyond `most`."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.counts: dict[bytes, int] = {}

    def __contains__(self, key: bytes) -> bool:
        return key in self.counts

    def __len__(self) -> int:
        return len(self.counts)

    def add(self, key: bytes) -> int:
        """Count the key once more; how often it has been added before."""
        before = self.counts.get(key, 0)
        self.counts[key] = before + 1
        if len(self.counts) > self.most:
            del self.counts[next(iter(self.counts))]
        return before


class PromptCache:
    """Which prefixes of prompts a provider would have in its cache.

    Without marks, as OpenAI does it: the longest prefix, in steps of 128 tokens and of at least 1024, of an earlier
    completed request. With marks, as Anthropic does it: the longest marked prefix of at least 1024 tokens that an
    earlier completed request had marked too; the rest up to the last mark is written.
    """

    def __init__(self, most: int = 250_000) -> None:
        self.prefixes = Remembered(most)

    def look_up(self, call: ModelCall) -> tuple[Tokens, list[bytes]]:
        """The input's tokens, and the prefixes to `keep` once the request is complete."""
        size = len(call.prompt)
        ends = range(LEAST, size + 1, STEP) if call.marks is None else [mark for mark in call.marks if mark >= LEAST]
        keys = prefix_keys(call, ends)
        known = [end for end, key in zip(ends, keys, strict=True) if key in self.prefixes]
        cached = tokens_of(known[-1]) if known else 0
        written = tokens_of(ends[-1]) - cached if call.marks is not None and ends else 0
        return Tokens(uncached=tokens_of(size) - cached - written, cached=cached, written=written), keys

    def keep(self, keys: Iterable[bytes]) -> None:
        """The request is complete: its prefixes can be read from now on."""
        for key in keys:
            if key not in self.prefixes:
                self.prefixes.add(key)


def prefix_keys(call: ModelCall, ends: Iterable[int]) -> list[bytes]:
    """Eight bytes for the model, the answer's schema and each prefix of the prompt; `ends` rise."""
    running = hashlib.sha1(f"{call.model} {call.schema}".encode("utf-8", "surrogatepass"), usedforsecurity=False)
    keys, start = [], 0
    for end in ends:
        running.update(call.prompt[start:end].encode("utf-8", "surrogatepass"))
        keys.append(running.digest()[:8])
        start = end
    return keys


class Accounts:
    """The server's books since its start or the last reset."""

    def __init__(self, most: int = 1_000_000) -> None:
        self.attempts = 0
        self.by_status: Counter[str] = Counter()
        self.by_endpoint: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.finished = Remembered(most)
        self.repeated = 0
        self.lost = 0
        self.in_flight = 0
        self.max_in_flight = 0
        self.tokens: Counter[str] = Counter()
        self.batch: Counter[str] = Counter(dict.fromkeys(("batches", "requests", "finished", "repeated", "errors"), 0))
        self.second = 0
        self.this_second = 0
        self.peak = 0
        self.cpu_before = time.process_time()

    def enter(self) -> None:
        """A call has come in."""
        self.attempts += 1
        self.in_flight += 1
        self.max_in_flight = max(self.max_in_flight, self.in_flight)

    def leave(self) -> None:
        """It has gone, answered or not."""
        self.in_flight -= 1

    def bill(self, tokens: Tokens) -> None:
        """Work was done."""
        for name in ("uncached", "cached", "written", "output"):
            self.tokens[name] += getattr(tokens, name)

    def finish(self, call: ModelCall) -> None:
        """A live call is answered in full."""
        self.by_endpoint[call.endpoint] += 1
        self.repeated += bool(self.finished.add(call.key))
        second = int(time.monotonic())
        self.this_second = self.this_second + 1 if second == self.second else 1
        self.second = second
        self.peak = max(self.peak, self.this_second)

    def finish_batched(self, call: ModelCall) -> None:
        """A request of a batch is answered."""
        self.batch["finished"] += 1
        self.batch["repeated"] += bool(self.finished.add(call.key))

    def report(self) -> dict[str, Any]:
        """The books as JSON, documented in `server`."""
        return {
            "calls": self.by_endpoint.total(),
            "by_endpoint": dict(self.by_endpoint),
            "attempts": self.attempts,
            "by_status": dict(self.by_status),
            "faults": dict(self.faults),
            "finished": len(self.finished),
            "repeated": self.repeated,
            "lost": self.lost,
            "in_flight": self.in_flight,
            "max_in_flight": self.max_in_flight,
            "tokens": {name: self.tokens[name] for name in ("uncached", "cached", "written", "output")},
            "batch": dict(self.batch),
            "peak_calls_per_second": self.peak,
            "cpu_seconds": time.process_time() - self.cpu_before,
        }
