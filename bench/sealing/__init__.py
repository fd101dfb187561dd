"""Sealed forecasts: scores of papers that are not decided yet, committed to now and opened when decisions exist."""
