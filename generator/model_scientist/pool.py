"""The works that searches have brought so far, each once, under keys that stay."""

from __future__ import annotations

from collections.abc import Iterable

from ..literature.record import Work, identities, unique_keys


class Pool:
    """Works by key, in the order in which they came."""

    def __init__(self, works: Iterable[Work] = ()) -> None:
        self.works: list[Work] = []
        self._known: dict[str, Work] = {}
        self.add(works)

    @property
    def by_key(self) -> dict[str, Work]:
        """The works by the keys to cite them by."""
        return {work.key: work for work in self.works}

    def add(self, works: Iterable[Work]) -> list[Work]:
        """Take the works in, and return them as the pool has them, each once."""
        found: dict[str, Work] = {}
        for work in works:
            known = next((self._known[name] for name in sorted(identities(work)) if name in self._known), None)
            if known is None:
                known = unique_keys([work], self.by_key)[0]
                self.works.append(known)
                self._known |= dict.fromkeys(identities(known), known)
            found[known.key] = known
        return list(found.values())
