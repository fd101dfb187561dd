"""The sandbox against code that really tries to get out, use too much, or stay alive."""

from __future__ import annotations

import asyncio
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from peerassay.data.errors import InputError
from peerassay.generator.sandbox import find as finding
from peerassay.generator.sandbox.find import Bubblewrap, LimitsOnly, find_sandbox, namespaces_work, python_folders
from peerassay.generator.sandbox.guard import FileChange, Guard, links_outside
from peerassay.generator.sandbox.limits import Limits, RunOutcome
from peerassay.generator.sandbox.run import Sandbox

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the sandbox's tests need Linux")

KEY = "sk-stolen-4711"

DAEMON = """
import os, pathlib, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for _ in range(400):  # gives up after 20 s, should nobody end it
            pathlib.Path("beat").write_text(str(time.time()))
            time.sleep(0.05)
    os._exit(0)
while not pathlib.Path("beat").exists():
    time.sleep(0.01)
"""
"""Leaves a grandchild in a session of its own, whose parent is gone."""


def bubblewrap() -> Sandbox:
    try:
        return find_sandbox("bubblewrap")
    except InputError as error:
        pytest.skip(str(error))


def namespaces() -> Sandbox:
    if not namespaces_work():
        pytest.skip("unshare cannot make a network and process namespace here")
    return LimitsOnly(True)


@pytest.fixture(params=[bubblewrap, namespaces, lambda: LimitsOnly(False)], ids=["bubblewrap", "namespaces", "bare"])
def sandbox(request: pytest.FixtureRequest) -> Sandbox:
    return request.param()


@pytest.fixture(params=[bubblewrap, namespaces], ids=["bubblewrap", "namespaces"])
def isolated(request: pytest.FixtureRequest) -> Sandbox:
    return request.param()


@pytest.fixture(params=[bubblewrap, lambda: LimitsOnly(False)], ids=["bubblewrap", "bare"])
def either(request: pytest.FixtureRequest) -> Sandbox:
    return request.param()


@pytest.fixture(name="bubblewrap")
def bubblewrap_fixture() -> Sandbox:
    return bubblewrap()


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    folder.mkdir()
    return folder


def attack(
    sandbox: Sandbox,
    workspace: Path,
    code: str,
    *arguments: object,
    log: Path | None = None,
    read_only: tuple[Path, ...] = (),
    **limits: float,
) -> RunOutcome:
    chosen = Limits.model_validate({"seconds": 20, "grace": 0.3, **limits})
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return sandbox.run(command, workspace=workspace, limits=chosen, log=log, read_only=read_only)


def still_beats(workspace: Path) -> bool:
    beat = workspace / "beat"
    assert beat.exists(), "the process that should survive never started"
    before = beat.read_text()
    time.sleep(0.25)
    return beat.read_text() != before


# What it lets through


def test_runs_a_command_in_the_workspace_and_tells_how_it_ended(sandbox: Sandbox, workspace: Path) -> None:
    code = "import sys; open('result', 'w').write('7'); print('out'); print('err', file=sys.stderr); sys.exit(3)"
    outcome = attack(sandbox, workspace, code)
    assert (outcome.status, outcome.code) == ("failed", 3)
    assert (outcome.stdout_tail, outcome.stderr_tail) == ("out\n", "err\n")
    assert outcome.reason == "ended by itself with exit code 3"
    assert (outcome.sandbox, outcome.offline) == (sandbox.name, sandbox.offline)
    assert (workspace / "result").read_text() == "7"


def test_experiments_have_their_libraries_and_shared_memory(bubblewrap: Sandbox, workspace: Path) -> None:
    code = """
import multiprocessing as mp, numpy, tempfile
queue = mp.Queue(); lock = mp.Lock()
child = mp.Process(target=queue.put, args=(numpy.ones(1000).sum(),)); child.start()
print(queue.get(), tempfile.gettempdir()); child.join()
"""
    outcome = attack(bubblewrap, workspace, code)
    assert (outcome.status, outcome.stdout_tail) == ("ok", "1000.0 /tmp\n"), outcome


@pytest.mark.parametrize(
    ("code", "status", "reason"),
    [
        ("import os; os.abort()", "failed", "crashed with signal SIGABRT"),
        ("import os; os.kill(os.getpid(), 9)", "killed", "killed from outside (SIGKILL)"),
    ],
)
def test_crashes_are_told_by_their_signal(
    either: Sandbox, workspace: Path, code: str, status: str, reason: str
) -> None:
    outcome = attack(either, workspace, code)
    assert outcome.status == status
    assert reason in outcome.reason


def test_a_program_that_is_not_there_is_no_failure_of_the_code(sandbox: Sandbox, workspace: Path) -> None:
    outcome = sandbox.run(["no-such-program"], workspace=workspace)
    assert outcome.status == "not found"
    assert "cannot start no-such-program: No such file or directory" in outcome.stderr_tail


# Keys, files, network


def test_the_environment_holds_no_keys(sandbox: Sandbox, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "HF_TOKEN", "DB_PASSWORD", "INNOCENT_LOOKING"):
        monkeypatch.setenv(name, KEY)
    code = "import os, json; print(json.dumps(dict(os.environ)))"
    outcome = sandbox.run([sys.executable, "-c", code], workspace=workspace, env={"SEED": "5"})
    seen = json.loads(outcome.stdout_tail)
    assert KEY not in seen.values()
    assert seen["SEED"] == "5"
    assert seen["HOME"] == str(workspace / ".home")
    assert seen["MPLBACKEND"] == "Agg"


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "hf_token", "DB_PASSWORD", "GITHUB_TOKEN_2", "AWS_CREDENTIALS"])
def test_a_secret_is_not_even_passed_on_request(workspace: Path, name: str) -> None:
    with pytest.raises(InputError, match=f"{name} looks like a secret"):
        LimitsOnly(False).run(["true"], workspace=workspace, env={name: "x"})


def test_names_that_only_resemble_secrets_pass(workspace: Path) -> None:
    env = {"TOKENIZERS_PARALLELISM": "false", "AUTHOR": "x"}
    assert LimitsOnly(False).run(["true"], workspace=workspace, env=env).status == "ok"


def test_keys_of_other_processes_cannot_be_read(isolated: Sandbox, workspace: Path) -> None:
    code = """
import glob
text = b""
for name in glob.glob("/proc/[0-9]*/environ") + glob.glob("/proc/[0-9]*/cmdline"):
    try: text += open(name, "rb").read()
    except OSError: pass
print(b"PEERASSAY_RUN" in text, b"sk-stolen" b"-4711" in text)
"""
    holder = subprocess.Popen(["sleep", "20"], env={"OPENAI_API_KEY": KEY})
    try:
        while KEY.encode() not in Path(f"/proc/{holder.pid}/environ").read_bytes():
            time.sleep(0.01)
        assert attack(isolated, workspace, code).stdout_tail == "True False\n"
    finally:
        holder.kill()
        holder.wait()


def test_no_connection_leaves_the_sandbox(isolated: Sandbox, workspace: Path) -> None:
    code = """
import socket, sys
for family, address in ((socket.AF_INET, ("127.0.0.1", int(sys.argv[1]))), (socket.AF_INET, ("1.1.1.1", 53)),
                        (socket.AF_UNIX, "\\0" + sys.argv[2])):
    with socket.socket(family) as s:
        s.settimeout(2)
        try: s.connect(address); print("connected")
        except OSError as error: print(error.strerror)
"""
    hidden = f"peerassay-test-{os.getpid()}"
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as local:
        local.bind(f"\0{hidden}")
        local.listen()
        server.settimeout(0.05)
        outcome = attack(isolated, workspace, code, server.getsockname()[1], hidden)
        with pytest.raises(TimeoutError):
            server.accept()
    assert outcome.offline
    assert outcome.stdout_tail.splitlines() == ["Connection refused", "Network is unreachable", "Connection refused"]


def test_without_namespaces_the_open_network_is_said(workspace: Path) -> None:
    sandbox = LimitsOnly(False)
    assert "use the network" in sandbox.warning
    assert not attack(sandbox, workspace, "pass").offline


def test_foreign_files_are_not_to_be_seen(bubblewrap: Sandbox, workspace: Path, tmp_path: Path) -> None:
    home = Path(pwd.getpwuid(os.getuid()).pw_dir)
    secret = tmp_path / "secret.txt"
    secret.write_text(KEY)
    (workspace / "by-link").symlink_to(secret)
    code = """
import os, sys, json
def look(path):
    try: return sorted(os.listdir(path)) if os.path.isdir(path) else open(path).read()
    except OSError as error: return error.strerror
print(json.dumps([look(path) for path in sys.argv[1:]]))
"""
    paths = [secret, "by-link", "/etc/shadow", "/var/run", "/boot", f"/proc/1/root{secret}", home, tmp_path]
    *hidden, at_home, beside = json.loads(attack(bubblewrap, workspace, code, *paths).stdout_tail)
    assert hidden == ["No such file or directory"] * len(hidden)
    assert beside == ["workspace"]
    python = {path.relative_to(home).parts[0] for path in python_folders() if path.is_relative_to(home)}
    assert at_home == "No such file or directory" or set(at_home) <= python


def test_nothing_outside_the_workspace_can_be_written(bubblewrap: Sandbox, workspace: Path, tmp_path: Path) -> None:
    name = f"peerassay-escape-{os.getpid()}"
    home = pwd.getpwuid(os.getuid()).pw_dir
    folders = ["/", "/tmp", "/etc", "/usr", "/var", "/dev", "/proc/sys", home, sys.prefix, sys.base_prefix, tmp_path]
    code = """
import os, sys
for folder in sys.argv[2:]:
    try: open(os.path.join(folder, sys.argv[1]), "w").write("x")
    except OSError: continue
    print(folder)
kernel = [os.path.join(folder, name) for top in os.listdir("/proc") if not top.isdigit() and "self" not in top
          for folder, _, names in os.walk(f"/proc/{top}") for name in names]
kernel += [f"/proc/{name}" for name in os.listdir("/proc") if os.path.isfile(f"/proc/{name}")]
for path in (sys.executable, "/usr/bin/env", "/proc/self/oom_score_adj", *kernel):
    try: os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
    except OSError: continue
    print("could open", path)
print(len(kernel) > 100, file=sys.stderr)
"""
    outcome = attack(bubblewrap, workspace, code, name, *folders)
    written = outcome.stdout_tail.split()
    assert outcome.status == "ok", outcome
    assert "could" not in written, written
    assert outcome.stderr_tail == "True\n", "the kernel's settings were there to be tried"
    assert set(written) <= {"/tmp", str(tmp_path)}, "only the private temporary folder takes files"
    assert not [folder for folder in folders if Path(folder, name).exists()]


def test_a_read_only_path_in_the_workspace_cannot_be_changed(bubblewrap: Sandbox, workspace: Path) -> None:
    (workspace / "run_0").mkdir()
    files = [workspace / "evaluation.py", workspace / "run_0" / "final_info.json"]
    for file in files:
        file.write_text("true")
    code = """
import os, shutil
for act in (lambda: open("evaluation.py", "w"), lambda: os.remove("evaluation.py"),
            lambda: os.rename("own", "evaluation.py"), lambda: shutil.rmtree("run_0"),
            lambda: os.rename("run_0", "run_x"), lambda: open("run_0/final_info.json", "w"),
            lambda: os.chmod("evaluation.py", 0o777)):
    open("own", "w").write("mine")
    try: act(); print("done")
    except OSError: print("refused")
"""
    outcome = attack(bubblewrap, workspace, code, read_only=(workspace / "run_0", workspace / "evaluation.py"))
    assert outcome.stdout_tail.split() == ["refused"] * 7, outcome
    assert [file.read_text() for file in files] == ["true", "true"]


def test_capabilities_and_new_namespaces_are_gone(bubblewrap: Sandbox, workspace: Path) -> None:
    code = """
import ctypes
print([line.split()[1] for line in open("/proc/self/status") if line.startswith(("CapEff", "CapBnd", "NoNewPrivs"))])
libc = ctypes.CDLL(None, use_errno=True)
print(libc.mount(b"none", b"/tmp", b"tmpfs", 0, None), libc.sethostname(b"x", 1))
"""
    outcome = attack(bubblewrap, workspace, code)
    assert outcome.stdout_tail == "['0000000000000000', '0000000000000000', '1']\n-1 -1\n"


# Limits


def test_a_fork_bomb_is_ended(sandbox: Sandbox, workspace: Path) -> None:
    code = (
        f"import os\nfor _ in range(7): os.fork()\nif os.fork() == 0:\n    {DAEMON.replace(chr(10), chr(10) + '    ')}"
    )
    outcome = attack(sandbox, workspace, code + "\nimport time; time.sleep(20)", processes=40)
    assert outcome.status == "processes"
    assert "40 are allowed" in outcome.reason
    assert outcome.seconds < 15
    assert not (workspace / "beat").exists() or not still_beats(workspace)


def test_memory_of_all_processes_counts(sandbox: Sandbox, workspace: Path) -> None:
    code = "import os, time\nos.fork(); os.fork()\nhog = b'x' * (50 << 20)\ntime.sleep(20)"
    outcome = attack(sandbox, workspace, code, memory_mb=150)
    assert outcome.status == "memory"
    assert "150 MB are allowed" in outcome.reason
    assert outcome.peak_memory_mb > 150
    assert outcome.code is None


def test_memory_that_processes_share_counts_once(sandbox: Sandbox, workspace: Path) -> None:
    code = "import os, time\nhog = b'x' * (60 << 20)\nos.fork(); os.fork()\ntime.sleep(0.5)"
    outcome = attack(sandbox, workspace, code, memory_mb=150)
    assert outcome.status == "ok", outcome
    assert outcome.peak_memory_mb > 240


FILL = {
    "many files": "for i in range(8): open(f'f{i}', 'wb').write(b'x' * (1 << 20))",
    "empty files": "for i in range(1200): open(f'f{i}', 'w')",
    "deleted file": "import os; f = open('f', 'wb', 0); os.remove('f'); f.write(b'x' * (3 << 20)); "
    "g = open('g', 'wb', 0); g.write(b'x' * (2 << 20))",
    "locked folder": "import os; os.mkdir('d'); open('d/f', 'wb').write(b'x' * (3 << 20)); os.chdir('d'); "
    "open('g', 'wb').write(b'x' * (2 << 20)); os.chmod('.', 0)",
    "deep folder": "import os\nfor i in range(25): os.mkdir('d' * 200); os.chdir('d' * 200)",
    "temporary folder": "import tempfile; kept = [tempfile.TemporaryFile() for _ in range(6)]\n"
    "for f in kept: f.write(b'x' * (1 << 20)); f.flush()",
}


@pytest.mark.parametrize("way", FILL)
def test_filling_the_disk_is_ended_wherever_it_happens(either: Sandbox, workspace: Path, way: str) -> None:
    outcome = attack(either, workspace, f"{FILL[way]}\nimport time; time.sleep(20)", disk_mb=4)
    assert outcome.status == "disk", outcome
    assert outcome.seconds < 15
    subprocess.run(["rm", "-rf", workspace], check=False)


@pytest.mark.parametrize(
    "code",
    [
        "[open(f'/dev/shm/{i}', 'wb').write(b'x' * (2 << 20)) for i in range(6)]",
        "import os; [os.write(f, b'x' * (2 << 20)) for f in [os.memfd_create(str(i)) for i in range(6)]]",
    ],
    ids=["shared memory", "memory files"],
)
def test_memory_cannot_be_hidden_in_files(bubblewrap: Sandbox, workspace: Path, code: str) -> None:
    outcome = attack(bubblewrap, workspace, f"{code}\nimport time; time.sleep(20)", disk_mb=10)
    assert outcome.status == "disk", outcome


def test_one_file_stops_growing_at_the_limit(sandbox: Sandbox, workspace: Path) -> None:
    code = "f = open('big', 'wb', 0)\nfor _ in range(100): f.write(b'x' * (1 << 20))"
    outcome = attack(sandbox, workspace, code, disk_mb=5)
    assert outcome.status == "disk", outcome
    assert (workspace / "big").stat().st_size <= 5 << 20


def test_what_was_there_before_does_not_count(sandbox: Sandbox, workspace: Path) -> None:
    (workspace / "data").write_bytes(b"x" * (6 << 20))
    assert attack(sandbox, workspace, "open('own', 'wb').write(b'x' * (3 << 20))", disk_mb=5).status == "ok"


def test_cpu_time_is_limited(sandbox: Sandbox, workspace: Path) -> None:
    outcome = attack(sandbox, workspace, "while True: pass", cpu_seconds=0.4)
    assert outcome.status == "cpu", outcome
    assert outcome.cpu_seconds > 0.4


def test_endless_output_is_cut_in_the_log_and_kept_at_its_end(
    sandbox: Sandbox, workspace: Path, tmp_path: Path
) -> None:
    code = "import os\nos.write(2, b'\\xff\\xfe bad')\nwhile True: os.write(1, b'y' * 65536)"
    log = tmp_path / "logs" / "run.log"
    outcome = attack(sandbox, workspace, code, log=log, seconds=0.6, output_kb=8, log_mb=1)
    assert (outcome.status, outcome.reason) == ("timeout", "did not end within 0.6 seconds")
    assert outcome.stdout_tail == "y" * 8192
    assert outcome.stderr_tail == "\ufffd\ufffd bad"
    written = log.read_bytes()
    assert len(written) < (1 << 20) + 100
    assert written.startswith((b"\xff\xfe bad", b"y"))
    assert written.endswith(b"[the log is cut here: it reached its limit]\n")


def test_time_is_up_with_a_request_first(sandbox: Sandbox, workspace: Path) -> None:
    code = """
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: (open("saved", "w").write("1"), sys.exit(0)))
time.sleep(20)
"""
    outcome = attack(sandbox, workspace, code, seconds=0.5, grace=5)
    assert outcome.status == "timeout"
    assert outcome.seconds < 3
    assert (workspace / "saved").exists()


def test_who_ignores_the_request_is_killed(sandbox: Sandbox, workspace: Path) -> None:
    ignore = "import signal; [signal.signal(s, signal.SIG_IGN) for s in (1, 2, 15)]\n"
    outcome = attack(sandbox, workspace, f"{ignore}{DAEMON}\ntime.sleep(20)", seconds=0.5)
    assert outcome.status == "timeout"
    assert 0.8 <= outcome.seconds < 3
    assert not still_beats(workspace)


# Staying alive, and ending others


def test_a_daemon_does_not_outlive_the_run(sandbox: Sandbox, workspace: Path) -> None:
    assert attack(sandbox, workspace, DAEMON).status == "ok"
    assert not still_beats(workspace)


def test_who_kills_the_parent_dies_with_it(sandbox: Sandbox, workspace: Path) -> None:
    code = f"{DAEMON}\nimport signal\nos.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(20)"
    outcome = attack(sandbox, workspace, code, seconds=4)
    assert outcome.status == ("killed" if not sandbox.offline else "timeout"), "in a namespace, nothing happens"
    assert not still_beats(workspace)


def test_killing_everybody_reaches_only_the_sandbox(isolated: Sandbox, workspace: Path) -> None:
    code = """
import os, signal
assert os.getpid() < 20, "not in a process namespace: do not try this here"
if os.fork() == 0:
    os.kill(-1, signal.SIGKILL)
os.wait()
"""
    bystander = subprocess.Popen(["sleep", "20"])
    try:
        outcome = attack(isolated, workspace, code)
        assert outcome.status == "killed", outcome
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_runs_side_by_side_leave_each_other_alone(sandbox: Sandbox, tmp_path: Path) -> None:
    async def both() -> list[RunOutcome]:
        runs = []
        for name, seconds in (("short", 0.3), ("long", 10)):
            (tmp_path / name).mkdir()
            command = [sys.executable, "-c", "import time; time.sleep(0.8)"]
            limits = Limits(seconds=seconds, grace=0.2)
            runs.append(sandbox.arun(command, workspace=tmp_path / name, limits=limits))
        return await asyncio.gather(*runs)

    assert [outcome.status for outcome in asyncio.run(both())] == ["timeout", "ok"]


def test_cancelling_ends_the_run(sandbox: Sandbox, workspace: Path) -> None:
    async def cancelled() -> None:
        command = [sys.executable, "-c", f"{DAEMON}\ntime.sleep(20)"]
        task = asyncio.create_task(sandbox.arun(command, workspace=workspace, limits=Limits(grace=0.2)))
        while not (workspace / "beat").exists():
            await asyncio.sleep(0.02)
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancelled())
    assert not still_beats(workspace)


SUPERVISOR = """
import signal
import sys
from pathlib import Path
from peerassay.generator.sandbox.find import LimitsOnly, find_sandbox
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background begins without it
kinds = {"bubblewrap": find_sandbox, "namespaces": lambda: LimitsOnly(True), "bare": lambda: LimitsOnly(False)}
sandbox = kinds[sys.argv[1]]()
sandbox.run([sys.executable, "-c", sys.argv[3]], workspace=Path(sys.argv[2]))
"""


def test_a_kill_of_ours_is_their_end(sandbox: Sandbox, workspace: Path) -> None:
    end_the_supervisor(sandbox, workspace, signal.SIGKILL)


def test_an_interrupt_of_ours_is_their_end(either: Sandbox, workspace: Path) -> None:
    end_the_supervisor(either, workspace, signal.SIGINT)


def end_the_supervisor(sandbox: Sandbox, workspace: Path, number: signal.Signals) -> None:
    kind = "bubblewrap" if sandbox.name == "bubblewrap" else "namespaces" if sandbox.offline else "bare"
    code = "import pathlib, time\nfor i in range(400): pathlib.Path('beat').write_text(str(i)); time.sleep(0.05)"
    supervisor = subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, kind, workspace, code],
        env={**os.environ, "TMPDIR": str(workspace.parent)},
        stderr=subprocess.DEVNULL,
    )
    try:
        while not (workspace / "beat").exists():
            assert supervisor.poll() is None
            time.sleep(0.02)
        supervisor.send_signal(number)
        assert supervisor.wait(10) != 0
    finally:
        supervisor.kill()
    assert not still_beats(workspace)


# Wrong use


@pytest.mark.parametrize("at", ["missing", "file"])
def test_a_workspace_has_to_be_a_folder(tmp_path: Path, at: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=at):
        LimitsOnly(False).run(["true"], workspace=tmp_path / at)


def test_the_home_folder_is_no_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ann").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "ann"))
    for folder in (tmp_path, tmp_path / "ann"):
        with pytest.raises(InputError, match="holds your home folder"):
            LimitsOnly(False).run(["true"], workspace=folder)


def test_a_link_is_no_log(workspace: Path, tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("whole")
    (workspace / "log").symlink_to(tmp_path / "victim")
    with pytest.raises(InputError, match="the log cannot be written"):
        LimitsOnly(False).run(["true"], workspace=workspace, log=workspace / "log")
    assert (tmp_path / "victim").read_text() == "whole"


def test_a_home_that_a_run_turned_into_a_link_is_made_anew(workspace: Path, tmp_path: Path) -> None:
    (workspace / ".home").symlink_to(tmp_path)
    assert LimitsOnly(False).run(["true"], workspace=workspace).status == "ok"
    assert not (workspace / ".home").is_symlink()


@pytest.fixture
def probed_anew() -> Iterator[None]:
    finding._bubblewrap_problem.cache_clear()
    yield
    finding._bubblewrap_problem.cache_clear()


@pytest.mark.usefixtures("probed_anew")
def test_without_bubblewrap_the_second_choice_warns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for program in ("unshare", "setpriv", "true"):
        if found := shutil.which(program):
            (tmp_path / program).symlink_to(found)
    monkeypatch.setenv("PATH", str(tmp_path))
    sandbox = find_sandbox()
    assert sandbox.name == "limits only"
    assert sandbox.warning.startswith("bubblewrap (bwrap) is not installed: model-written code can read and change")
    with pytest.raises(InputError, match="not installed; install or mend it"):
        find_sandbox("bubblewrap")


@pytest.mark.usefixtures("probed_anew")
def test_a_bubblewrap_that_fails_is_told_from_code_that_fails(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n")
    broken.chmod(0o755)
    outcome = Bubblewrap(str(broken)).run(["true"], workspace=workspace)
    assert (outcome.status, outcome.code) == ("sandbox", None)
    assert outcome.reason.endswith("bwrap: setting up uid map: Permission denied")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert "bwrap: setting up uid map: Permission denied" in find_sandbox().warning


# The guard


@pytest.fixture
def guarded(workspace: Path) -> Path:
    (workspace / "run_0" / "deep").mkdir(parents=True)
    for name in ("evaluation.py", "run_0/final_info.json", "run_0/deep/log.txt"):
        (workspace / name).write_text(name)
    return workspace


TAMPER = {
    "alter": ("Path('evaluation.py').write_text('#')", [FileChange("evaluation.py", "altered")]),
    "delete": ("os.remove('evaluation.py')", [FileChange("evaluation.py", "deleted")]),
    "link": (
        "os.rename('evaluation.py', 'x'); os.symlink('x', 'evaluation.py')",
        [FileChange("evaluation.py", "replaced")],
    ),
    "pipe": ("os.remove('evaluation.py'); os.mkfifo('evaluation.py')", [FileChange("evaluation.py", "replaced")]),
    "folder": ("os.remove('evaluation.py'); os.makedirs('evaluation.py/x')", [FileChange("evaluation.py", "replaced")]),
    "linked folder": (
        "os.rename('run_0', 'x'); os.symlink('x', 'run_0')",
        [FileChange("run_0/deep/log.txt", "replaced"), FileChange("run_0/final_info.json", "replaced")],
    ),
    "moved folder": (
        "os.rename('run_0', 'x')",
        [FileChange("run_0/deep/log.txt", "deleted"), FileChange("run_0/final_info.json", "deleted")],
    ),
    "file for folder": (
        "os.rename('run_0', 'x'); Path('run_0').touch()",
        [FileChange("run_0/deep/log.txt", "deleted"), FileChange("run_0/final_info.json", "deleted")],
    ),
    "add": ("Path('run_0/more.json').touch()", [FileChange("run_0/more.json", "added")]),
    "same content": ("file = Path('evaluation.py'); file.write_text(file.read_text())", []),
}


@pytest.mark.parametrize("way", TAMPER)
def test_the_guard_tells_and_undoes_what_a_run_changed(
    guarded: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, expected = TAMPER[way]
    guard = Guard.of(guarded, ["evaluation.py", "run_0"])
    assert guard.changed() == []
    monkeypatch.chdir(guarded)
    exec(code, {"os": os, "Path": Path})
    found = [change for change in guard.changed() if change.path != "run_0"]
    assert found == expected
    guard.restore()
    assert guard.changed() == []
    for name in guard.hashes:
        assert (guarded / name).read_text() == name
    assert not (guarded / "run_0").is_symlink()
    assert not (guarded / "run_0" / "more.json").exists()


def test_restoring_follows_no_link_to_the_outside(guarded: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "final_info.json").write_text("precious")
    guard = Guard.of(guarded, ["run_0/final_info.json", "evaluation.py"])
    shutil.rmtree(guarded / "run_0")
    (guarded / "run_0").symlink_to(outside)
    (guarded / "evaluation.py").unlink()
    (guarded / "evaluation.py").symlink_to(outside / "final_info.json")
    guard.restore()
    assert (outside / "final_info.json").read_text() == "precious"
    assert guard.changed() == []


def test_a_continued_run_keeps_the_first_standard(guarded: Path, tmp_path: Path) -> None:
    Guard.of(guarded, ["evaluation.py"], tmp_path / "kept")
    (guarded / "evaluation.py").write_text("cheat")
    assert Guard.of(guarded, ["evaluation.py"], tmp_path / "kept").changed() == [FileChange("evaluation.py", "altered")]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("../other", "relative to the workspace"),
        ("/etc/passwd", "relative to the workspace"),
        (".", "relative to the workspace"),
        ("absent.py", "is missing"),
        ("linked.py", "is a link"),
    ],
)
def test_what_cannot_be_protected_is_refused(guarded: Path, path: str, message: str) -> None:
    (guarded / "linked.py").symlink_to("evaluation.py")
    with pytest.raises(InputError, match=message):
        Guard.of(guarded, [path])


def test_copies_are_not_kept_in_reach(guarded: Path) -> None:
    with pytest.raises(InputError, match="where the run cannot reach them"):
        Guard.of(guarded, ["evaluation.py"], guarded / "keep")


def test_links_that_lead_outside_are_told(bubblewrap: Sandbox, guarded: Path) -> None:
    code = """
import os
os.symlink("/etc/passwd", "run_0/final.json"); os.symlink("../..", "up"); os.symlink("/no/where", "run_0/deep/dead")
os.symlink("evaluation.py", "inside"); os.symlink("up/x", "by-way"); os.symlink("loop", "loop")
os.symlink("/", "root")
"""
    assert attack(bubblewrap, guarded, code).status == "ok"
    assert links_outside(guarded) == ["by-way", "root", "run_0/deep/dead", "run_0/final.json", "up"]
