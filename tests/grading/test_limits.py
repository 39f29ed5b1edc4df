"""Whatever an answer does, calling it gives one sentence, and the next call works."""

import builtins
import signal
import sys
import threading

import numpy as np
import pytest

from nnlab.grading import limits
from nnlab.grading.limits import attempt


def called(function, seconds=0.2, **arguments):
    return attempt(function, arguments, seconds)


def stub(x):
    # YOUR CODE HERE
    raise NotImplementedError()


def needs_stub(x):
    return stub(x) + 1


def test_value_comes_back():
    outcome = called(lambda x: x + 1, x=2)
    assert (outcome.kind, outcome.value, outcome.problem, outcome.changed) == ("returned", 3, "", ())


def test_parameters_may_have_other_names():
    assert called(lambda a, b: a - b, x=5, y=2).value == 3


def test_stub_is_not_attempted_and_what_needs_it_says_so():
    assert called(stub, x=1).kind == "not attempted"
    outcome = called(needs_stub, x=1)
    assert (outcome.kind, outcome.problem) == ("raised", "calls stub, which is not written yet")


def test_error_is_told_with_its_line():
    def divide(x):
        y = x
        return 1 / y

    assert called(divide, x=0).problem == "raised ZeroDivisionError: division by zero (line 3 of divide)"


def test_error_that_cannot_be_printed_is_told_by_its_name():
    class Mute(Exception):
        def __str__(self):
            raise ValueError

    def fails(x):
        raise Mute

    assert called(fails, x=0).problem == "raised Mute (line 2 of fails)"


@pytest.mark.parametrize("leave", [sys.exit, quit, SystemExit])
def test_leaving_python_is_told(leave):
    def leaves(x):
        raise leave()

    assert called(leaves, x=0).kind == "exit"


def test_error_outside_exception_is_told():
    def fails(x):
        raise GeneratorExit

    assert called(fails, x=0).kind == "raised"


def test_interrupt_by_the_person_passes():
    def interrupted(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        called(interrupted, x=0)


def test_endless_recursion_is_told():
    def again(x):
        return again(x)

    assert "RecursionError" in called(again, x=0, seconds=5).problem


def test_wrong_number_of_parameters_is_told_before_the_call():
    outcome = called(lambda x: x, x=1, y=2)
    assert (outcome.kind, outcome.problem) == ("arguments", "takes (x), but is called with (x, y)")


def forever(x):
    while True:
        pass


def forever_catching(x):
    while True:
        try:  # noqa: SIM105
            pass
        except BaseException:
            pass


def forever_asleep(x):
    threading.Event().wait()


@pytest.mark.parametrize("function", [forever, forever_catching, forever_asleep])
def test_endless_loop_is_stopped(function):
    before = signal.getsignal(signal.SIGALRM)
    outcome = called(function, x=0)
    assert (outcome.kind, outcome.problem) == ("time", "still running after 0.2 s: does a loop never end?")
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    assert called(lambda x: x, x=1).value == 1


def test_endless_loop_is_stopped_where_there_is_no_timer(monkeypatch):
    monkeypatch.setattr(limits, "_has_timer", lambda: False)
    before = sys.gettrace()
    assert called(forever, x=0).kind == "time"
    assert sys.gettrace() is before


def test_endless_loop_is_stopped_in_another_thread():
    outcomes = []
    thread = threading.Thread(target=lambda: outcomes.append(called(forever, x=0)))
    thread.start()
    thread.join(20)
    assert [outcome.kind for outcome in outcomes] == ["time"]


def test_change_in_place_is_named():
    def changes(x, y, shape):
        x += 1
        shape.append(3)
        return x

    outcome = called(changes, x=np.zeros(2), y=np.ones(2), shape=[1])
    assert outcome.changed == ("x", "shape")


def test_printing_is_kept_short(capsys):
    def prints(x):
        for _ in range(10_000):
            print("0123456789")

    outcome = called(prints, x=0, seconds=10)
    assert len(outcome.printed) == limits.PRINTED
    assert outcome.printed_characters == 110_000
    assert capsys.readouterr().out == ""


def test_question_to_the_keyboard_is_refused_and_the_notebook_s_own_is_back():
    own = builtins.input
    outcome = called(lambda x: float(input("how many?")), x=1)
    assert outcome.problem == "asks with input(); what it needs to know are its arguments"
    assert builtins.input is own
