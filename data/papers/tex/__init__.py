"""A paper from its LaTeX source: expanded as LaTeX prints it, then written as text."""
