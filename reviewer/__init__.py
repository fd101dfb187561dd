"""Paper -> Review: scrubbing, reviewers without a key, plug-ins, calibration."""
