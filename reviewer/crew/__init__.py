"""Several processes, on one machine or on many, at one folder."""
