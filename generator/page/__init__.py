"""The page of a run: what happened and why, in one look."""
