"""The online sources as a user has them: keys from the environment, answers in the user's cache."""

from __future__ import annotations

import os

from .answers import AnswerCache
from .arxiv import ArXiv
from .openalex import OpenAlex
from .semantic_scholar import SemanticScholar
from .source import LiteratureSource


def online_sources(cache: AnswerCache | None = None) -> list[LiteratureSource]:
    """Semantic Scholar, OpenAlex and arXiv, with the user's own keys where there are any.

    Raises InputError where the cache file cannot be used.
    """
    cache = cache or AnswerCache()
    environment = os.environ
    key = environment.get("SEMANTIC_SCHOLAR_API_KEY") or environment.get("S2_API_KEY") or ""
    return [
        SemanticScholar(key.strip(), cache=cache),
        OpenAlex(
            environment.get("OPENALEX_API_KEY", "").strip(), environment.get("OPENALEX_EMAIL", "").strip(), cache=cache
        ),
        ArXiv(cache=cache),
    ]
