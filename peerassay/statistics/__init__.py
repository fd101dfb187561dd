"""Metrics, intervals, tests and fits: `f(y_true, y_score, *, ...)` on arrays, nothing of papers or reviewers."""
