"""Work shared out to all cores, in threads or processes; results are those of one core, in their order.

Processes are loky's, which need no `__main__` guard: a script or notebook that calls this package is not run again in
them. Where none can be started or one is killed, the work is done here.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

FEWEST = 8
"""Items below which threads are not worth their start."""
Item = TypeVar("Item")
Result = TypeVar("Result")


def cores() -> int:
    """How many cores this process may use; LOKY_MAX_CPU_COUNT in the environment sets a lower number."""
    from joblib import cpu_count

    return cpu_count()


def in_threads(function: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """The function of every item by a thread per core: for work that leaves the interpreter, as NumPy's does."""
    if len(items) < FEWEST or cores() < 2:
        return _of_all(function, items)
    with ThreadPoolExecutor(cores()) as pool:
        return [result for part in pool.map(partial(_of_all, function), _parts(items, cores())) for result in part]


def in_processes(function: Callable[[Item], Result], items: Sequence[Item], *, fewest: int) -> list[Result]:
    """The function of every item by a process per core, here where there are less than `fewest` items.

    `fewest` is where the second that processes take to start pays. Function, items and results have to be picklable.
    """
    if len(items) < fewest or cores() < 2:
        return _of_all(function, items)
    begun = [aside(_of_all, function, part, workers=cores()) for part in _parts(items, 4 * cores())]
    return [result for wait in begun for result in wait()]


def aside(function: Callable[..., Result], *arguments: Any, workers: int = 1) -> Callable[[], Result]:
    """Begin the work in one of so many other processes; returns what waits for its result, or does it where none is.

    Function and arguments have to be picklable; another process gets them as they are now.
    """

    def here() -> Result:
        return function(*arguments)

    if cores() < 2:
        return here
    try:
        future = _submitted(workers, function, arguments)
    except (OSError, ImportError, BrokenExecutor):
        return here

    def result() -> Result:
        try:
            return future.result()
        except BrokenExecutor:
            return here()

    return result


def _submitted(workers: int, function: Callable[..., Result], arguments: tuple[Any, ...]) -> Future[Result]:
    """The work, put in writing here: what it is done with may change as soon as this returns."""
    from joblib.externals.loky import get_reusable_executor

    return get_reusable_executor(max_workers=workers).submit(_call, pickle.dumps((function, arguments)))


def _call(written: bytes) -> Any:
    function, arguments = pickle.loads(written)
    return function(*arguments)


def _parts(items: Sequence[Item], count: int) -> list[Sequence[Item]]:
    size = -(-len(items) // count)
    return [[*items[start : start + size]] for start in range(0, len(items), size)]


def _of_all(function: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    return [function(item) for item in items]
