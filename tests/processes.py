"""The program as a process of its own, as tests start it that are not about drawings."""

from __future__ import annotations

import sys

DRAWINGS_UNSEEN = """
import peerassay.presentation.drawing as drawing
drawing.BESIDE, drawing.encoded = (), lambda *_: b"<svg xmlns='http://www.w3.org/2000/svg'/>"
"""
"""Statements after which reports have all their drawings made, and none rendered: see the fixture of that name."""

PEERASSAY = [sys.executable, "-c", f"{DRAWINGS_UNSEEN}from peerassay.cli.main import main; main()"]
"""`peerassay`, its arguments to follow."""
