"""Running model-written code without trusting it."""
