"""Reviewers against human decisions: runs, metrics, statistics, audits, reports."""
