"""The terms by which texts are compared: words without endings of the plural, and without words of no weight."""

from __future__ import annotations

from .record import SMALL_WORDS, words_of

OTHERS = """
    about above after again against all also although among another any approach approaches because been before being
    below between both but could demonstrate demonstrates each either et al even every few first found further given
    good had has have having here however if into introduce introduced introduces it its itself just large many may
    might more most much must new no nor not novel now off one only other others our out over own paper papers
    present presented presents problem problems propose proposed proposes recent recently result results same several
    shall should show shown shows since so some study such task tasks than that their them then there these they this
    those three through thus too two under until up upon us use used uses using various very was well were when where
    whether which while who whose why will within without work works would yet you your method methods model models
    existing based different
"""
NO_WEIGHT = SMALL_WORDS | frozenset(OTHERS.split())


def terms_of(text: str) -> list[str]:
    """The text's terms in their order, repeated as they stand."""
    return [term for word in words_of(text) if (term := TERMS[word])]


def _term(word: str) -> str:
    """The word without the ending of an English plural (the S-stemmer of Harman 1991), "" for one of no weight."""
    if word in NO_WEIGHT:
        return ""
    if len(word) > 4 and word.endswith("ies") and word[-4] not in "ae":
        return f"{word[:-3]}y"
    if len(word) > 3 and word.endswith("s") and word[-2] not in "us":
        return word[:-1]
    return word


class _Terms(dict[str, str]):
    """The term of each word seen so far: texts repeat their words, and a look-up is quicker than the rules."""

    def __missing__(self, word: str) -> str:
        if len(self) > 500_000:
            self.clear()
        return self.setdefault(word, _term(word))


TERMS = _Terms()
