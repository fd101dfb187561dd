"""What moves a reviewer that should not, and what should move it and does not."""
