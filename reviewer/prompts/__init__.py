"""Prompts as data: templates, stances and examples in files, and what puts them together."""
