"""A language model as a scientist: ideas, novelty, experiments, the write-up, each a few calls with checked answers."""
