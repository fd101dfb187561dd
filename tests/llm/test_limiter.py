"""The limiter: never more than its limit, fewer after refusals, first come first served."""

from __future__ import annotations

import asyncio
import time

import pytest
from peerassay.llm import limiter as module
from peerassay.llm.limiter import AdaptiveLimiter


async def turns(count: int = 5) -> None:
    """Let the other tasks go on."""
    for _ in range(count):
        await asyncio.sleep(0)


@pytest.fixture
def short_window(monkeypatch: pytest.MonkeyPatch) -> float:
    monkeypatch.setattr(module, "WINDOW", 0.05)
    monkeypatch.setattr(module, "PAUSE", 0.02)
    return 0.05


def test_no_more_calls_than_slots_and_all_come_through() -> None:
    limiter, most, done = AdaptiveLimiter(8), 0, 0

    async def call() -> None:
        nonlocal most, done
        async with limiter.slot():
            most = max(most, limiter.in_flight)
            await asyncio.sleep(0.001)
            done += 1

    async def scene() -> None:
        await asyncio.gather(*(call() for _ in range(200)))

    asyncio.run(scene())
    assert (most, done, limiter.in_flight) == (8, 200, 0)


def test_first_come_first_served() -> None:
    limiter, order = AdaptiveLimiter(2), []

    async def call(number: int) -> None:
        async with limiter.slot():
            order.append(number)
            await turns(number % 3)

    async def scene() -> None:
        await asyncio.gather(*(call(number) for number in range(50)))

    asyncio.run(scene())
    assert order == list(range(50))


def test_a_burst_of_refusals_halves_once_and_later_ones_again(short_window: float) -> None:
    limiter = AdaptiveLimiter(64)
    for _ in range(64):
        limiter.throttled(0)
    assert limiter.limit == 32
    time.sleep(short_window * 1.2)
    limiter.throttled(None)
    assert limiter.limit == 16
    for _ in range(10):
        time.sleep(short_window * 1.2)
        limiter.throttled(0)
    assert limiter.limit == 1


def test_refusals_that_keep_coming_go_on_halving(short_window: float) -> None:
    limiter, end = AdaptiveLimiter(64), time.monotonic() + 4.5 * short_window
    while time.monotonic() < end:
        limiter.throttled(0)
        time.sleep(short_window / 10)
    assert limiter.limit <= 8


def test_refusals_that_come_during_the_pause_are_of_the_same_burst(short_window: float) -> None:
    limiter = AdaptiveLimiter(64)
    limiter.throttled(10)
    time.sleep(short_window * 1.2)
    limiter.throttled(10)
    assert limiter.limit == 32


def test_successes_raise_the_limit_by_one_a_round_up_to_the_most() -> None:
    limiter = AdaptiveLimiter(8)
    limiter.throttled(0)
    grown = []
    for _ in range(4 + 5 + 6 + 7 + 100):
        limiter.succeeded()
        grown.append(limiter.limit)
    assert [grown.index(limit) + 1 for limit in (5, 6, 7, 8)] == [4, 9, 15, 22]
    assert grown[-1] == 8


def test_a_lower_limit_holds_although_more_are_in_flight() -> None:
    limiter, running = AdaptiveLimiter(4), []

    async def call(number: int, gate: asyncio.Event) -> None:
        async with limiter.slot():
            running.append(number)
            await gate.wait()

    async def scene() -> None:
        gates = [asyncio.Event() for _ in range(6)]
        tasks = [asyncio.create_task(call(number, gate)) for number, gate in enumerate(gates)]
        await turns()
        limiter.throttled(0)
        assert (limiter.limit, running) == (2, [0, 1, 2, 3])
        for gate in gates[:2]:
            gate.set()
        await turns()
        assert (limiter.in_flight, running) == (2, [0, 1, 2, 3])
        gates[2].set()
        await turns()
        assert running == [0, 1, 2, 3, 4]
        for gate in gates:
            gate.set()
        await asyncio.gather(*tasks)

    asyncio.run(scene())
    assert limiter.in_flight == 0


@pytest.mark.parametrize("waiting_first", [True, False])
def test_nothing_starts_before_the_pause_is_over(waiting_first: bool) -> None:
    limiter, started = AdaptiveLimiter(2), []

    async def call() -> None:
        async with limiter.slot():
            started.append(time.monotonic())

    async def scene() -> float:
        tasks = []
        async with limiter.slot(), limiter.slot():
            if waiting_first:
                tasks = [asyncio.create_task(call()) for _ in range(5)]
                await turns()
            begin = time.monotonic()
            limiter.throttled(0.05)
            limiter.throttled(0.15)
            limiter.throttled(0.01)
        tasks += [asyncio.create_task(call()) for _ in range(5)]
        await asyncio.gather(*tasks)
        return begin

    begin = asyncio.run(scene())
    assert len(started) == (10 if waiting_first else 5)
    assert 0.15 <= min(started) - begin < 0.5


def test_a_refusal_without_a_time_pauses_for_a_moment(short_window: float) -> None:
    async def scene() -> float:
        limiter, begin = AdaptiveLimiter(2), time.monotonic()
        limiter.throttled(None)
        async with limiter.slot():
            return time.monotonic() - begin

    assert 0.02 <= asyncio.run(scene()) < 0.5
    assert short_window > 0.02


def test_cancelled_calls_leave_no_trace() -> None:
    async def scene() -> None:
        limiter = AdaptiveLimiter(1)

        async def call() -> None:
            async with limiter.slot():
                await asyncio.sleep(10)

        running = asyncio.create_task(call())
        await turns()
        waiting = [asyncio.create_task(call()) for _ in range(3)]
        await turns()
        waiting[0].cancel()
        await turns()
        assert limiter.in_flight == 1
        running.cancel()
        await asyncio.sleep(0)
        waiting[1].cancel()
        await turns()
        assert [task.cancelled() for task in (running, *waiting)] == [True, True, True, False]
        assert limiter.in_flight == 1
        waiting[2].cancel()
        await turns()
        async with limiter.slot():
            assert limiter.in_flight == 1
        assert limiter.in_flight == 0

    asyncio.run(scene())


@pytest.mark.parametrize("steps", range(6))
def test_a_call_cancelled_around_its_turn_gives_the_slot_on(steps: int) -> None:
    async def scene() -> None:
        limiter = AdaptiveLimiter(1)

        async def call() -> None:
            async with limiter.slot():
                await turns(2)

        tasks = [asyncio.create_task(call()) for _ in range(3)]
        await turns(steps)
        tasks[1].cancel()
        await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 1)
        assert limiter.in_flight == 0

    asyncio.run(scene())


def test_a_call_that_raises_gives_its_slot_back() -> None:
    async def scene() -> None:
        limiter = AdaptiveLimiter(1)
        for _ in range(3):
            with pytest.raises(RuntimeError):
                async with limiter.slot():
                    raise RuntimeError
        assert limiter.in_flight == 0

    asyncio.run(scene())


def test_several_event_loops_in_turn() -> None:
    limiter = AdaptiveLimiter(1)

    async def leave_some_waiting_in_a_pause() -> None:
        async def call() -> None:
            async with limiter.slot():
                pass

        limiter.throttled(0.1)
        for _ in range(3):
            waiting = asyncio.create_task(call())
        await turns()
        assert not waiting.done()

    async def come_through() -> None:
        async def call() -> None:
            async with limiter.slot():
                await turns()

        await asyncio.wait_for(asyncio.gather(*(call() for _ in range(3))), 1)

    asyncio.run(leave_some_waiting_in_a_pause())
    asyncio.run(come_through())
    asyncio.run(come_through())
    assert limiter.in_flight == 0


def test_a_limiter_has_a_slot() -> None:
    with pytest.raises(ValueError, match="at least one"):
        AdaptiveLimiter(0)


def test_what_a_slot_costs(capsys: pytest.CaptureFixture[str]) -> None:
    """Printed, not asserted: the machine decides."""
    count, limiter = 20_000, AdaptiveLimiter(32)

    async def call() -> None:
        async with limiter.slot():
            await asyncio.sleep(0)

    async def bare() -> None:
        await asyncio.sleep(0)

    async def seconds(function: object) -> float:
        begin = time.process_time()
        await asyncio.gather(*(function() for _ in range(count)))  # type: ignore[operator]
        return time.process_time() - begin

    took = asyncio.run(seconds(call)) - asyncio.run(seconds(bare))
    with capsys.disabled():
        print(f"\n[limiter] {took / count * 1e6:.1f} us of CPU for a slot, with {count} waiting")
    assert limiter.in_flight == 0
