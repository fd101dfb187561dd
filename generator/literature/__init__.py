"""Finding related work: online sources asked at a steady pace, a local index, BibTeX, and a verdict on novelty."""
