"""Results of experiments that somebody else has run: read, put in order, and made ready for a paper on them."""
