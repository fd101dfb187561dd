"""Released scores of generated papers, bundled as numbers: `peerassay score bundled:generated`."""

from __future__ import annotations

from ...data import iclr2022_scores

FOLDER = iclr2022_scores.FOLDER.parent / "generated"
