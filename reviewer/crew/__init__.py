"""Several processes, on one machine or on many, at one folder."""

PATIENCE = 60.0
"""Seconds without a sign of life after which others take over."""
