"""Papers named by their arXiv number or address: the PDF is fetched once and kept in the cache folder."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from ..errors import InputError
from ..files import cache_home, make_folder, write_atomic
from ..http_client import RateLimitedClient, RequestFailed, RequestPolicy
from .source import MOST_BYTES

BASE_URL = "https://export.arxiv.org"
"""The host that arXiv asks programs to use; the environment's PEERASSAY_ARXIV_URL takes its place."""
POLICY = RequestPolicy(interval=3.0, attempts=3, max_wait=60.0, timeout=120.0)
ARCHIVES = (
    "acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|comp-gas|cond-mat|cs|dg-ga"
    "|econ|eess|funct-an|gr-qc|hep-(?:ex|lat|ph|th)|math|math-ph|mtrl-th|nlin|nucl-(?:ex|th)|patt-sol|physics|plasm-ph"
    "|q-alg|q-bio|q-fin|quant-ph|solv-int|stat|supr-con"
)
NUMBER = rf"(?:\d{{4}}\.\d{{4,5}}|(?:{ARCHIVES})(?:\.[a-z]{{2}})?/\d{{7}})(?:v\d+)?"
NAMED = re.compile(
    rf"""(?:arxiv:\s?)?(?P<plain>{NUMBER})
      | (?:https?://)?(?:(?:www|export)\.)?(?:arxiv|alphaxiv)\.org/(?:abs|pdf|html|format|e-print|ps|src)/(?P<page>{NUMBER})
        (?:\.pdf)?/?(?:[?\#].*)?
      | (?:https?://)?(?:dx\.)?doi\.org/10\.48550/arxiv\.(?P<doi>{NUMBER})""",
    re.VERBOSE | re.IGNORECASE,
)
MEANT = re.compile(r"arxiv:", re.IGNORECASE)
ADDRESS = re.compile(r"https?://", re.IGNORECASE)
PDF_HEAD = 1024


def arxiv_number(name: str) -> str | None:
    """The number, with its version where one is named, of "2408.06292", "arXiv:cs/0101001v1", an address; else None."""
    found = NAMED.fullmatch(name.strip())
    return found["plain"] or found["page"] or found["doi"] if found else None


def on_disk(names: Sequence[str], tell: Callable[[str], None]) -> list[str]:
    """The names with those of arXiv in place of a file replaced by the path of the PDF, which is fetched where needed.

    A file of such a name goes first. `tell` is given a line for each PDF.

    Raises InputError for a number that arXiv does not know, where it cannot be reached or sends no PDF, and for other
    addresses.
    """
    wanted = {name: arxiv_number(name) for name in names if not Path(name).exists()}
    other = next((name for name in wanted if ADDRESS.match(name) and wanted[name] is None), None)
    if other:
        raise InputError(f"{other}: only addresses of arXiv are fetched; download the paper and name the file")
    unread = next((name for name, number in wanted.items() if number is None and MEANT.match(name)), None)
    if unread:
        raise InputError(f"{unread}: no number of arXiv; write it as 2408.06292, 2408.06292v2 or cs/0101001")
    numbers = {number for number in wanted.values() if number}
    paths = asyncio.run(_fetched(sorted(numbers), tell)) if numbers else {}
    return [str(paths[number]) if (number := wanted.get(name)) else name for name in names]


async def _fetched(numbers: Sequence[str], tell: Callable[[str], None]) -> dict[str, Path]:
    base = os.environ.get("PEERASSAY_ARXIV_URL", "").rstrip("/") or BASE_URL
    client = RateLimitedClient("arXiv", base, POLICY, follows=True, most_bytes=MOST_BYTES)
    folder = cache_home() / "papers" / "arxiv"
    paths = {}
    for number in numbers:
        path = folder / f"{number.replace('/', '-')}.pdf"
        if path.is_file():
            tell(f"arXiv:{number}: kept from before in {path} (remove the file to fetch it again)")
        else:
            content = await _pdf(client, base, number)
            make_folder(folder)
            write_atomic(path, content)
            tell(f"arXiv:{number}: fetched to {path}")
        paths[number] = path
    return paths


async def _pdf(client: RateLimitedClient, base: str, number: str) -> bytes:
    try:
        content = await client.download(f"{base}/pdf/{number}")
    except RequestFailed as failure:
        if failure.status in (400, 404):
            raise InputError(f"arXiv:{number}: unknown to {base}; look at https://arxiv.org/abs/{number}") from None
        raise InputError(f"arXiv:{number}: not fetched from {base}: {failure}; download the PDF and name it") from None
    if b"%PDF-" not in content[:PDF_HEAD]:
        raise InputError(
            f"arXiv:{number}: {base} sent no PDF, so there may be none; look at https://arxiv.org/abs/{number}"
        )
    return content
