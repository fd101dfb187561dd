"""The budget: never exceeded, in the order of asking, whatever is cancelled."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

import pytest
from peerassay.data.errors import InputError
from peerassay.llm.budget import Budget
from peerassay.llm.errors import BudgetReached


async def turns(count: int = 5) -> None:
    """Let the other tasks go on."""
    for _ in range(count):
        await asyncio.sleep(0)


@pytest.mark.parametrize("seed", range(20))
def test_many_calls_at_once_never_exceed_the_limit(seed: int) -> None:
    chance = random.Random(seed)
    budget = Budget(1.0, spent=0.1)
    refused = made = 0

    async def call(bound: float, usd: float) -> None:
        nonlocal refused, made
        try:
            await budget.reserve(bound)
        except BudgetReached:
            refused += 1
            return
        made += 1
        assert budget.spent + budget.reserved <= 1.0 + 1e-9
        await asyncio.sleep(chance.random() / 1000)
        budget.settle(bound, usd)
        assert budget.spent <= 1.0 + 1e-9

    async def all_calls() -> None:
        bounds = [chance.uniform(0.01, 0.2) for _ in range(200)]
        gate = asyncio.Semaphore(32)

        async def one(bound: float) -> None:
            async with gate:
                await call(bound, bound * chance.random() ** 2)

        await asyncio.gather(*(one(bound) for bound in bounds))

    asyncio.run(all_calls())
    assert refused + made == 200
    assert made > 10
    assert budget.reserved == 0
    assert refused == 0 or budget.spent > 1.0 - 0.2


def test_a_call_waits_for_room_and_later_ones_wait_behind_it() -> None:
    async def scene() -> list[str]:
        budget, order = Budget(10), []

        async def call(name: str, bound: float) -> None:
            await budget.reserve(bound)
            order.append(name)

        await call("first", 6)
        waiting = [asyncio.create_task(call("large", 8)), asyncio.create_task(call("small", 1))]
        await turns()
        assert order == ["first"]
        budget.settle(6, 1)
        await asyncio.gather(*waiting)
        assert (budget.spent, budget.reserved) == (1, 9)
        return order

    assert asyncio.run(scene()) == ["first", "large", "small"]


def test_what_can_never_fit_is_refused_at_once() -> None:
    async def scene() -> None:
        budget = Budget(10)
        await budget.reserve(6)
        with pytest.raises(BudgetReached, match="could cost 10.5000 USD; 0.0000 of the 10 USD"):
            await budget.reserve(10.5)

    asyncio.run(scene())


def test_a_waiting_call_is_refused_as_soon_as_it_cannot_fit_any_more() -> None:
    async def scene() -> None:
        budget = Budget(10)
        await budget.reserve(5)
        await budget.reserve(5)
        large, small = asyncio.create_task(budget.reserve(8)), asyncio.create_task(budget.reserve(4))
        await turns()
        budget.settle(5, 3)
        await turns()
        assert isinstance(large.exception(), BudgetReached)
        assert not small.done()
        budget.settle(5, 3)
        await small
        assert (budget.spent, budget.reserved) == (6, 4)

    asyncio.run(scene())


def test_the_limit_itself_may_be_spent_in_many_small_parts() -> None:
    async def scene() -> None:
        budget = Budget(1.0)
        for _ in range(10):
            await budget.reserve(0.1)
        for _ in range(10):
            budget.settle(0.1, 0.1)
        assert budget.spent == pytest.approx(1.0)
        assert budget.reserved == 0
        with pytest.raises(BudgetReached):
            await budget.reserve(0.001)

    asyncio.run(scene())


def test_a_limit_of_nothing_lets_only_free_calls_through() -> None:
    async def scene() -> None:
        budget = Budget(0)
        await budget.reserve(0.0)
        budget.settle(0.0, 0.0)
        with pytest.raises(BudgetReached):
            await budget.reserve(1e-6)

    asyncio.run(scene())


def test_without_a_limit_everything_passes_and_is_added_up() -> None:
    async def scene() -> None:
        budget = Budget(None, spent=2)
        await budget.reserve(1e9)
        await budget.reserve(None)
        budget.settle(1e9, 3)
        budget.settle(None, None)
        assert (budget.spent, budget.reserved) == (5, 0)

    asyncio.run(scene())


def test_an_unknown_bound_under_a_limit_is_an_error() -> None:
    with pytest.raises(ValueError, match="without a known price"):
        asyncio.run(Budget(1).reserve(None))
    with pytest.raises(BudgetReached):
        asyncio.run(Budget(1).reserve(float("nan")))


def test_an_unknown_cost_counts_as_the_bound() -> None:
    async def scene() -> None:
        budget = Budget(1)
        await budget.reserve(0.6)
        budget.settle(0.6, None)
        assert budget.spent == 0.6

    asyncio.run(scene())


@pytest.mark.parametrize("limit", [-1.0, float("nan")])
def test_a_limit_has_to_be_an_amount(limit: float) -> None:
    with pytest.raises(InputError, match="0 or more"):
        Budget(limit)


async def cancel_while_waiting(budget: Budget) -> None:
    task = asyncio.create_task(budget.reserve(8))
    await turns()
    task.cancel()
    await turns()
    assert task.cancelled()


async def cancel_when_just_granted(budget: Budget) -> None:
    task = asyncio.create_task(budget.reserve(8))
    await turns()
    budget.settle(5, 0)
    task.cancel()
    await turns()
    assert task.cancelled()
    await budget.reserve(5)


async def cancel_before_the_wake_up(budget: Budget) -> None:
    task = asyncio.create_task(budget.reserve(8))
    await turns()
    task.cancel()
    budget.settle(5, 0)
    await turns()
    assert task.cancelled()
    await budget.reserve(5)


async def cancel_when_just_refused(budget: Budget) -> None:
    task = asyncio.create_task(budget.reserve(8))
    await turns()
    budget.settle(5, 2.5)
    task.cancel()
    await turns()
    assert task.cancelled()
    await budget.reserve(5)


@pytest.mark.parametrize(
    "cancel", [cancel_while_waiting, cancel_when_just_granted, cancel_before_the_wake_up, cancel_when_just_refused]
)
def test_a_cancelled_call_leaves_no_trace(cancel: Callable[[Budget], Awaitable[None]]) -> None:
    async def scene() -> None:
        budget = Budget(10)
        await budget.reserve(5)
        await cancel(budget)
        assert budget.reserved == 5
        behind = asyncio.create_task(budget.reserve(2))
        await turns()
        assert behind.done()
        assert budget.reserved == 7

    asyncio.run(scene())


def test_a_cancelled_call_lets_those_behind_it_pass() -> None:
    async def scene() -> None:
        budget = Budget(10)
        await budget.reserve(5)
        large, small = asyncio.create_task(budget.reserve(8)), asyncio.create_task(budget.reserve(2))
        await turns()
        assert not small.done()
        large.cancel()
        await small
        assert budget.reserved == 7

    asyncio.run(scene())


def test_several_event_loops_in_turn() -> None:
    budget = Budget(10)

    async def leave_one_waiting() -> None:
        await budget.reserve(4)
        await budget.reserve(4)
        task = asyncio.create_task(budget.reserve(4))
        await turns()
        assert not task.done()

    asyncio.run(leave_one_waiting())
    assert budget.reserved == 8
    budget.settle(4, 1)
    asyncio.run(budget.reserve(5))
    assert (budget.spent, budget.reserved) == (1, 9)
