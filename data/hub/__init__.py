"""Folders as Hugging Face has them: parquet files beside a card, README.md."""
