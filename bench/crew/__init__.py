"""A bench by several workers: one gives the work out, any number review, each on any machine that sees the folder."""
