"""Assay paper reviewers against human decisions, and AI scientists against the reviewers."""

from importlib.metadata import version

__version__ = version("peerassay")
