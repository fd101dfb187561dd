"""The first program inside a sandbox: sets limits, then becomes the command or waits for it.

It stands alone and imports nothing of the project, which cannot be seen from there. It runs as
`python -I -S -c THIS_TEXT PLAN COMMAND...`. PLAN is JSON:
`ready`: a file descriptor that gets one byte when the sandbox stands;
`limits`: names and values for setrlimit;
`loopback`: whether to start the loopback interface of a network of its own;
`stay`: whether to remain as the parent of the command, which then collects the orphans, takes what the command aims at
its parent, and gives up all privileges for the command.
"""

import fcntl
import json
import os
import resource
import signal
import socket
import struct
import sys

SET_DEATH_SIGNAL, DROP_FROM_BOUNDING_SET, COLLECT_ORPHANS, NO_NEW_PRIVILEGES = 1, 24, 36, 38
"""Codes of prctl(2)."""

SET_INTERFACE_FLAGS, INTERFACE_UP = 0x8914, 1
"""Code of ioctl(2) and its flag, see netdevice(7)."""

CAPABILITIES = 64
"""More than any kernel has; the rest is refused without harm."""


def main() -> None:
    """Set the limits and start the command; ends with its exit code, 128 + n after signal n."""
    plan, command = json.loads(sys.argv[1]), sys.argv[2:]
    set_limits(plan["limits"])
    if plan["loopback"]:
        raise_loopback()
    os.write(plan["ready"], b"!")
    os.close(plan["ready"])
    if plan["stay"]:
        stay(command)
    become(command)


def set_limits(limits: dict[str, int]) -> None:
    """Set soft and hard limits, never above the hard limit that is there."""
    for name, value in limits.items():
        kind = getattr(resource, name)
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))


def raise_loopback() -> None:
    """Start the loopback interface of a new network namespace, where a program may talk to itself."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SET_INTERFACE_FLAGS, struct.pack("16sH22x", b"lo", INTERFACE_UP))


def stay(command: list[str]) -> None:
    """Run the command as a child and end as it ends."""
    control(COLLECT_ORPHANS, 1)
    control(SET_DEATH_SIGNAL, signal.SIGKILL)
    child = os.fork()
    if child == 0:
        control(SET_DEATH_SIGNAL, signal.SIGKILL)
        for capability in range(CAPABILITIES):
            control(DROP_FROM_BOUNDING_SET, capability)
        control(NO_NEW_PRIVILEGES, 1)
        become(command)
    pid, status = os.wait()
    while pid != child:
        pid, status = os.wait()
    code = os.waitstatus_to_exitcode(status)
    os._exit(code if code >= 0 else 128 - code)


def control(code: int, value: int) -> None:
    """Call prctl(2), which other systems than Linux lack."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(code, value, 0, 0, 0)


def become(command: list[str]) -> None:
    """Turn into the command, or say why not and end with 127."""
    try:
        os.execvp(command[0], command)
    except OSError as error:
        print(f"cannot start {command[0]}: {error.strerror}", file=sys.stderr, flush=True)
        os._exit(127)


main()
