"""Reviews of a paper by people: the form, what they said, and how it stands beside the machine's review."""
