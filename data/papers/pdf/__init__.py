"""A paper from a PDF file: its words in reading order, and what it hides."""
