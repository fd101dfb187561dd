"""The offline scientist: experiments and papers by rules, without a model and without a network."""
