"""A run of the scientist by several processes."""
