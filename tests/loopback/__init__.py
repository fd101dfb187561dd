"""A loopback server that speaks OpenAI's and Anthropic's protocols, with a scripted reviewer and faults on demand.

By hand: `python -m tests.loopback --port 8765 --latency 0.5 --faults '429:0.3,seed=7'`. From code: `Loopback`
(a thread of this process) and `spawn_loopback` (a process of its own). Nothing leaves the machine and nothing costs.
"""

from .running import Loopback, Peer, spawn_loopback

__all__ = ["Loopback", "Peer", "spawn_loopback"]
