"""Scores of batches of generated papers: by template and configuration, with failures counted."""
