"""The ids of a file of reviews as a dataset spells them: "papers/ab12.PDF" is the paper ab12."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable

QUERY = re.compile(r"^https?://\S*?[?&](?:id|forum|noteId)=(?P<id>[^&#\s]+)")
ENDING = re.compile(r"(?:\.(?:pdf|txt|text|md|markdown|tex|ltx|json|docx|html?))+$", re.IGNORECASE)
UNSEEN = re.compile("[\u200b-\u200d\u2060\ufeff]")


def id_key(paper_id: str) -> str:
    """The id without folder, ending of a file, case, and what Excel and pandas do to numbers (007 as 7 or 7.0)."""
    text = UNSEEN.sub("", unicodedata.normalize("NFKC", paper_id)).strip()
    query = QUERY.match(text)
    text = query["id"] if query else re.split(r"[\\/]", text.rstrip("\\/"))[-1]
    text = ENDING.sub("", text).casefold()
    number = re.fullmatch(r"0*(\d+)(?:\.0)?", text)
    return number[1] if number else text


def match_ids(theirs: Iterable[str], ours: Collection[str]) -> dict[str, str]:
    """The dataset's id by the file's, for those that are the same paper: exactly, else by `id_key` on both sides.

    A key that two ids of one side share says nothing, and is not used.
    """
    theirs = list(theirs)
    found = {one: one for one in theirs if one in ours}
    left, open_ = [one for one in theirs if one not in found], [one for one in ours if one not in found]
    counts, by_key = Counter(map(id_key, left)), _unique(open_)
    return found | {one: by_key[key] for one in left if counts[key := id_key(one)] == 1 and key in by_key}


def _unique(ids: Iterable[str]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for one in ids:
        found.setdefault(id_key(one), []).append(one)
    return {key: there[0] for key, there in found.items() if len(there) == 1}
