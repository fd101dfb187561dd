"""Importers: from what is on disk or on a server to a Dataset."""
