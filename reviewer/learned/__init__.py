"""A reviewer fitted on human decisions: features, artefact, training."""
