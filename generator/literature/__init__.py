"""Finding related work: online sources asked with manners, a local index, BibTeX, and a verdict on novelty."""
