"""Datasets: records, cards, registry, importers, the bundled sample."""
