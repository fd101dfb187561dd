"""The scientist: ideas, experiments, plots, write-up."""
