"""The reply cache: keys, damage, several processes at once, and kill -9."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from peerassay.data.errors import InputError
from peerassay.data.files import cache_home
from peerassay.llm import cache as module
from peerassay.llm.cache import ReplyCache, request_key
from peerassay.llm.messages import ContentPart, Message, Reply, Request, Tokens

IDENTITY = {"provider": "openai", "model": "gpt-4o", "base_url": "https://api.openai.com/v1"}
REPLY = Reply(text='{"Überall": 7} 中 \x00', model="gpt-4o-x", tokens=Tokens(uncached=9, output=3), usd=0.25, seconds=2)

WRITER = """
import sys
from pathlib import Path
from peerassay.llm.cache import ReplyCache
from peerassay.llm.messages import Reply

cache, name, count = ReplyCache(Path(sys.argv[1])), sys.argv[2], int(sys.argv[3])
print("open", flush=True)
for number in range(count):
    key = f"key-{number}"
    cache.put(key, Reply(text=f"{name} {number} " + "x" * 200))
    if (kept := cache.get(key)) is None or not kept.text.split()[1] == str(number):
        sys.exit(f"{key}: {kept}")
    if count > 100_000:
        print(number, flush=True)
"""


def request(text: str = "Review this.", **fields: Any) -> Request:
    return Request(messages=(Message(role="user", parts=(ContentPart(text=text),)),), **fields)


def writer(path: Path, name: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(path), name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def row_count(path: Path) -> int:
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    (count,) = connection.execute("SELECT count(*) FROM replies").fetchone()
    connection.close()
    return count


def test_the_key_depends_on_everything_but_the_stage() -> None:
    base = request()
    same = [request(stage="reflection"), Request.model_validate_json(base.model_dump_json())]
    assert {request_key(IDENTITY, r) for r in same} == {request_key(dict(reversed(IDENTITY.items())), base)}
    other = [
        base,
        request("Review that."),
        request(system="You review."),
        request(answer={"type": "object"}),
        request(answer={"properties": {"a": {}, "b": {}}}),
        request(answer={"properties": {"b": {}, "a": {}}}),
        request(temperature=0.0),
        request(temperature=0.1),
        request(effort="low"),
        request(max_tokens=99),
        request(sample=1),
        Request(messages=(Message(role="assistant", parts=(ContentPart(text="Review this."),)),)),
        Request(messages=(Message(role="user", parts=(ContentPart(text="Review "), ContentPart(text="this."))),)),
    ]
    keys = {request_key(IDENTITY, r) for r in other}
    assert len(keys) == len(other)
    assert not keys & {request_key(IDENTITY | {name: "else"}, base) for name in IDENTITY}
    assert all(len(key) == 64 for key in keys)


def test_the_key_of_a_known_request_stays_what_it_is() -> None:
    """Else all that users have paid for is lost: change this only when the words sent change."""
    assert request_key(IDENTITY, request()) == "11e45529ef6942b0993b1934e47bfe5c5ccaf4894e7859d1f0daa8d55df6e50d"


def test_a_reply_comes_back_as_it_was_but_reused(tmp_path: Path) -> None:
    path = tmp_path / "new" / "replies.sqlite"
    cache = ReplyCache(path)
    assert cache.get("a") is None
    cache.put("a", REPLY)
    assert cache.get("a") == REPLY.model_copy(update={"reused": True})
    cache.close()
    again = ReplyCache(path)
    assert again.get("a") == REPLY.model_copy(update={"reused": True})
    again.drop("a")
    again.drop("b")
    assert again.get("a") is None


def test_half_an_emoji_is_replaced(tmp_path: Path) -> None:
    cache = ReplyCache(tmp_path / "replies.sqlite")
    cache.put("k", Reply(text="cut \ud83d"))
    kept = cache.get("k")
    assert kept is not None
    assert kept.text == "cut \ufffd"
    assert request_key(IDENTITY, request("cut \ud83d")) == request_key(IDENTITY, request("cut \ufffd"))


def test_the_first_reply_of_a_key_stays(tmp_path: Path) -> None:
    cache = ReplyCache(tmp_path / "replies.sqlite")
    cache.put("a", REPLY)
    cache.put("a", Reply(text="another"))
    kept = cache.get("a")
    assert kept is not None
    assert kept.text == REPLY.text


def test_a_reused_reply_is_kept_as_a_fresh_one(tmp_path: Path) -> None:
    cache = ReplyCache(tmp_path / "replies.sqlite")
    cache.put("a", REPLY.model_copy(update={"reused": True}))
    assert '"reused":false' in cache.execute("SELECT reply FROM replies")[0][0]


def test_quirks_belong_to_an_endpoint(tmp_path: Path) -> None:
    cache = ReplyCache(tmp_path / "replies.sqlite")
    assert cache.quirks(IDENTITY) == frozenset()
    for quirk in ("no temperature", "no schema", "no temperature"):
        cache.add_quirk(IDENTITY, quirk)
    cache.add_quirk(IDENTITY | {"model": "o3"}, "no effort")
    assert cache.quirks(dict(reversed(IDENTITY.items()))) == {"no temperature", "no schema"}


def test_without_a_path_it_is_in_the_users_cache_folder() -> None:
    ReplyCache().put("a", REPLY)
    assert row_count(cache_home() / "replies.sqlite") == 1


@pytest.mark.parametrize("row", ['{"text": "half', "[]", '{"text": 3}', b"\xff\xfe", ""])
def test_a_nonsense_row_counts_as_absent_and_can_be_replaced(tmp_path: Path, row: str | bytes) -> None:
    cache = ReplyCache(tmp_path / "replies.sqlite")
    cache.execute("INSERT INTO replies VALUES ('a', CAST(? AS TEXT))", (row,))
    assert cache.get("a") is None
    cache.put("a", REPLY)
    assert cache.get("a") is not None


def test_other_modules_may_keep_tables_and_group_statements(tmp_path: Path) -> None:
    cache = ReplyCache(tmp_path / "replies.sqlite")
    cache.execute("CREATE TABLE IF NOT EXISTS batches (id TEXT)")
    with cache.transaction():
        cache.execute("INSERT INTO batches VALUES ('one')")
        cache.put("a", REPLY)
    with pytest.raises(RuntimeError), cache.transaction():
        cache.execute("INSERT INTO batches VALUES ('two')")
        cache.put("b", REPLY)
        raise RuntimeError
    assert cache.execute("SELECT id FROM batches") == [("one",)]
    assert cache.get("a") is not None
    assert cache.get("b") is None
    with pytest.raises(sqlite3.OperationalError):
        cache.execute("SELECT nothing FROM nowhere")
    ReplyCache(cache.path).close()


def test_threads_share_one_cache(tmp_path: Path) -> None:
    cache, wrong = ReplyCache(tmp_path / "replies.sqlite"), []

    def work(name: int) -> None:
        for number in range(100):
            cache.put(f"{name}-{number}", Reply(text=f"{name}-{number}"))
            with cache.transaction():
                kept = cache.get(f"{name}-{number}")
            if kept is None or kept.text != f"{name}-{number}":
                wrong.append((name, number))

    threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert row_count(cache.path) == 800


def test_two_processes_write_and_read_the_same_2000_keys(tmp_path: Path) -> None:
    path = tmp_path / "replies.sqlite"
    processes = [writer(path, name, 2000) for name in ("one", "two")]
    assert [process.communicate(timeout=60) for process in processes] == [("open\n", "")] * 2
    assert [process.returncode for process in processes] == [0, 0]
    assert row_count(path) == 2000
    cache = ReplyCache(path)
    kept = [cache.get(f"key-{number}") for number in range(2000)]
    assert [reply.text.split()[1] for reply in kept if reply] == [str(number) for number in range(2000)]


def test_many_processes_may_create_the_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "replies.sqlite"
    processes = [writer(path, str(name), 20) for name in range(6)]
    assert [process.communicate(timeout=60) for process in processes] == [("open\n", "")] * 6
    assert row_count(path) == 20


def test_what_was_put_is_there_after_kill_9(tmp_path: Path) -> None:
    path = tmp_path / "replies.sqlite"
    other = ReplyCache(path)
    with writer(path, "killed", 1_000_000) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(500)]
        process.kill()
        *_, last, _perhaps_torn = lines + process.stdout.readlines()
    last = int(last)
    assert last >= 497
    other.put("mine", REPLY)
    assert all(other.get(f"key-{number}") for number in range(last + 1))
    assert row_count(path) >= last + 2


def test_a_process_killed_within_a_transaction_leaves_nothing_of_it(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path\n"
        "from peerassay.llm.cache import ReplyCache; from peerassay.llm.messages import Reply\n"
        "cache = ReplyCache(Path(sys.argv[1])); cache.put('whole', Reply(text=''))\n"
        "with cache.transaction():\n"
        "    cache.put('half', Reply(text='')); print('in', flush=True); time.sleep(60)\n"
    )
    path = tmp_path / "replies.sqlite"
    with subprocess.Popen([sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "in\n"
        process.kill()
    cache = ReplyCache(path)
    assert cache.get("whole") is not None
    assert cache.get("half") is None


def test_a_lock_that_is_held_too_long_gives_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BUSY_SECONDS", 0.1)
    cache = ReplyCache(tmp_path / "replies.sqlite")
    holder = sqlite3.connect(cache.path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(InputError, match=r"replies.sqlite: another process has held the reply cache for 0.1 s"):
        cache.put("a", REPLY)
    assert cache.get("a") is None
    with pytest.raises(InputError, match="another process"):
        ReplyCache(cache.path)
    holder.execute("ROLLBACK")
    cache.put("a", REPLY)
    assert cache.get("a") is not None


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "replies.sqlite"
    path.write_text("Dear diary, " * 1000)
    with pytest.raises(InputError, match=r"replies.sqlite: damaged, or no reply cache .*; move it away"):
        ReplyCache(path)
    assert path.read_text() == "Dear diary, " * 1000


def test_another_programs_database_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "replies.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE bookmarks (url TEXT)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(InputError, match="another program's database"):
        ReplyCache(path)
    assert path.read_bytes() == before


def test_damage_within_the_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "replies.sqlite"
    cache = ReplyCache(path)
    for number in range(200):
        cache.put(str(number), Reply(text="x" * 500))
    cache.close()
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"replies.sqlite: damaged.*move it away"):
        ReplyCache(path).get("7")


def test_an_unusable_path_gives_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"the reply cache cannot be used \(unable to open"):
        ReplyCache(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="folder cannot be made"):
        ReplyCache(tmp_path / "file" / "replies.sqlite")


def test_an_empty_file_becomes_a_cache(tmp_path: Path) -> None:
    path = tmp_path / "replies.sqlite"
    path.touch()
    ReplyCache(path).put("a", REPLY)
    assert row_count(path) == 1


def test_how_fast_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Printed, not asserted: the machine decides."""
    cache, count = ReplyCache(tmp_path / "replies.sqlite"), 2000
    reply = REPLY.model_copy(update={"text": "A sentence of a review. " * 150})
    long = request("A sentence of a manuscript. " * 2500)
    begin = time.perf_counter()
    for number in range(count):
        cache.put(str(number), reply)
    put = time.perf_counter()
    assert all(cache.get(str(number)) for number in range(count))
    got = time.perf_counter()
    for _ in range(100):
        request_key(IDENTITY, long)
    keyed = (time.perf_counter() - got) / 100
    with capsys.disabled():
        print(
            f"\n[cache] {count / (put - begin):.0f} puts/s, {count / (got - put):.0f} gets/s of replies of 3.6 kB; "
            f"{keyed * 1000:.2f} ms for the key of a request of 70 kB"
        )
