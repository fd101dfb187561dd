"""Lines that stand around or above a paper without being of it: status lines, names of venues, addresses."""

from __future__ import annotations

import re

AFFILIATION = re.compile(r"^\d\s*(?=anonymous)", re.IGNORECASE)
BANNER = re.compile(
    r"""(?:manuscript\s|paper\s|currently\s)*(?:under|submitted\s(?:for|to))\s(?:double[- ]blind\s)?(?:peer\s)?review\b
      | (?:published|accepted|submitted|presented|appeared|to\sappear)\s(?:as|at|to|in|for|by)\s
      | preprint(?:\W*$|\W+(?:under|not|submitted|work|version)\b) | (?:[\w-]+\s){1,6}generated\spreprint$
      | arxiv:\s?\S | anonym(?:ous|ized|ised)(?:\s(?:authors?|submission|version|institution|affiliation)\b|\W*$)
      | workshop\strack | (?:in\s)?proceedings\sof\s
      | \d+(?:st|nd|rd|th)\s(?:\w+\s){0,3}(?:conference|workshop|symposium)
      | (?:[\w&,-]+\s){0,8}(?:conference|workshop|symposium|journal|transactions)\s(?:on|of)\s.*\b(?:19|20)\d\d\b
      | confidential\b | .*do\snot\sdistribute | draft\b\W*(?:version|of|\d|$)
      | (?:tech\w*|working)\s(?:report|paper)\W*[\w/-]*$
      | (?:original\s|research\s|review\s|short\s|long\s)?(?:article|paper|letter|communication)$ | open\saccess$
      | © | copyright\b | https?:// | www\. | doi\b | issn\b | vol(?:\.|ume)\s?\d | \W*\d*\W*$""",
    re.IGNORECASE | re.VERBOSE,
)
"""From the beginning of a line on."""


def is_banner(line: str) -> bool:
    """Whether the line is a status, a venue, an address or a number, none of which is a title."""
    words = line.strip().strip("#*_ ")
    return bool(BANNER.match(words) or BANNER.match(AFFILIATION.sub("", words)))
