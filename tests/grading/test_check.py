"""In the notebook: an answer is checked, predicted, tried inside the real layer, remembered and handed in."""

import contextlib
import io
import json
import os

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from nnlab import grading, lessons
from nnlab.core.errors import ArgumentError
from nnlab.grading import Case, Check, Exercise, Lesson, OpenLesson, Prediction
from nnlab.grading.notebook.report import CHECK


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    monkeypatch.delenv("NNLAB_HOME", raising=False)
    return grading.open_lesson(lessons.get("03_convolution"), tmp_path)


def padded(x, rows, columns):
    return np.pad(x, ((0, 0), rows, columns, (0, 0)))


def windows(padded, kernel_size, strides):
    views = np.lib.stride_tricks.sliding_window_view(padded, kernel_size, axis=(1, 2))
    return views[:, :: strides[0], :: strides[1]].transpose(0, 1, 2, 4, 5, 3)


def z(windows, kernel, bias):
    return np.tensordot(windows, kernel, 3) + bias


def grad_kernel(windows, grad_z):
    return np.tensordot(windows, grad_z, axes=[(0, 1, 2), (0, 1, 2)])


def named(name, function):
    function.__name__ = name
    return function


class TestCheck:
    def test_right_answer(self, lesson):
        feedback = grading.check(z)
        assert (feedback.points, feedback.passed) == (3, True)
        assert feedback.text().splitlines()[0] == "z: 3 of 3 points"

    def test_text_of_a_failure_says_shapes_before_values(self, lesson):
        feedback = grading.check(named("padded", lambda x, rows, columns: np.pad(x, ((0, 0), columns, rows, (0, 0)))))
        assert feedback.text() == (
            "padded: 1 of 2 points\n"
            "  passed         the same on all sides (1/1)\n"
            "  FAILED         different on each side, or none (0/1)\n"
            "                 the shape is (3, 6, 10, 2), expected (3, 8, 8, 2)\n"
            "  in the layer   Conv2D cannot run with padded: the patch of 'padded' returned shape (2, 8, 8, 2), "
            "expected (2, 10, 6, 2).\n"
            "  3 hints: .hint(1), .hint(2), ..."
        )

    def test_the_same_answer_shows_the_same_every_time(self, lesson):
        wrong = named("z", lambda windows, kernel, bias: np.tensordot(windows, kernel, 3))
        first, second = grading.check(wrong), grading.check(wrong)
        assert first._repr_mimebundle_() == second._repr_mimebundle_()

    def test_json_survives_a_round_trip(self, lesson):
        bundle = grading.check(z)._repr_mimebundle_()
        assert set(bundle) == {"text/plain", "text/html", CHECK}
        assert json.loads(json.dumps(bundle[CHECK])) == bundle[CHECK]
        assert bundle[CHECK]["points"] == 3

    def test_html_holds_no_script_and_escapes_what_the_answer_said(self, lesson):
        def z(windows, kernel, bias):
            print("<script>alert(1)</script>")
            raise ValueError("<img src=x>")

        html = grading.check(z).html()
        assert "<script" not in html
        assert "<img" not in html
        assert "&lt;img src=x&gt;" in html

    def test_html_shows_expected_beside_got_and_a_ladder_of_hints(self, lesson):
        html = grading.check(named("z", lambda windows, kernel, bias: np.tensordot(windows, kernel, 3))).html()
        assert html.count("<table") == 4  # expected and got, in two checks
        assert html.count("<details>") == 3
        assert html.index("Hint 1 of 3") < html.index("Hint 2 of 3") < html.index("Hint 3 of 3")

    def test_right_answer_shows_no_hint(self, lesson):
        assert "<details>" not in grading.check(z).html()

    def test_hint_on_demand(self, lesson):
        feedback = grading.check(z)
        assert "sum" in feedback.hint(1)
        assert feedback.hint(99) == feedback.hint(3)

    @pytest.mark.parametrize("value", [5, "padded", None, [1]])
    def test_something_that_is_no_function_is_refused_in_a_sentence(self, lesson, value):
        with pytest.raises(ArgumentError, match="not a function; pass the function itself"):
            grading.check(value)

    def test_a_notebook_shows_the_sentence_alone(self, lesson):
        shell = InteractiveShell(config=Config({"HistoryManager": {"enabled": False}}))
        shell.user_ns["check"] = grading.check
        with contextlib.redirect_stdout(io.StringIO()) as shown:
            shell.run_cell("padded = 5\ncheck(padded)")
        assert shown.getvalue().strip() == (
            "ArgumentError: grading.check was given 5, not a function; pass the function itself, as in "
            "grading.check(my_function)."
        )

    def test_unknown_function_is_refused_with_the_nearest_name(self, lesson):
        with pytest.raises(ArgumentError, match="no exercise called 'paded'; did you mean 'padded'"):
            grading.check(named("paded", lambda: None))

    def test_without_a_lesson_the_way_to_open_one_is_told(self, monkeypatch):
        monkeypatch.setattr("nnlab.grading.notebook.cells._open", [])
        with pytest.raises(ArgumentError, match="No lesson is open: run the first code cell"):
            grading.check(z)


HOSTILE = {
    "raises": ("raise ValueError('no')", "raised ValueError: no (line 2 of z)"),
    "loops for ever": ("while True: pass", "still running after 0.2 s: does a loop never end?"),
    "returns a list": ("return (np.tensordot(windows, kernel, 3) + bias).tolist()", "returned a list, expected"),
    "changes its input": (
        "result = np.tensordot(windows, kernel, 3) + bias; bias[...] = 0; return result",
        "changed its input bias in place; work on a copy",
    ),
    "prints a lot": ("for _ in range(1000): print('x' * 100)", "and 99,000 characters more"),
    "leaves": ("raise SystemExit", "tried to leave Python (exit); return the result instead"),
    "returns nothing": ("pass", "returned None, expected a NumPy array: is a return missing?"),
    "returns a scalar": ("return 0.0", "returned a float, expected a NumPy array"),
    "returns objects": ("return np.array([object()])", "the dtype is object"),
    "recurs": ("return z(windows, kernel, bias)", "RecursionError"),
    "returns itself": ("return z", "returned a function, expected a NumPy array"),
    "takes all memory": ("return np.ones((1 << 24, 1 << 24))", "MemoryError"),
    "returns far too much": ("return np.broadcast_to(0.0, (1 << 20, 1 << 20))", "the shape is (1048576, 1048576)"),
    "uses the layer": ("import nnlab; return nnlab", "uses nnlab: write it with NumPy"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_answer_is_told_in_a_sentence_and_the_check_stays_usable(name, lesson, monkeypatch):
    from lessons.answers import function

    body, sentence = HOSTILE[name]
    monkeypatch.setattr("nnlab.grading.notebook.session.SECONDS", 0.2)
    monkeypatch.setattr("nnlab.grading.notebook.together.SECONDS", 0.2)
    feedback = grading.check(function("z", f"def z(windows, kernel, bias):\n    {body}\n"))
    assert feedback.points == 0
    assert sentence in feedback.text()
    assert feedback.html()
    assert grading.check(z).points == 3


class TestTogether:
    def test_right_steps_take_the_layers_place(self, lesson):
        grading.check(padded)
        grading.check(windows)
        assert grading.check(z).together.sentence == (
            "with padded, windows and z in place of its own, Conv2D computes the same y."
        )

    def test_first_wrong_step_is_named_with_its_index_and_the_error_at_y(self, lesson):
        def flipped(windows, kernel, bias):
            return np.tensordot(windows, kernel[::-1], 3) + bias

        grading.check(padded)
        grading.check(windows)
        together = grading.check(named("z", flipped)).together
        layer, x, _ = lesson.lesson.assemble()
        own = layer.trace(x)
        wrong = np.tensordot(own["windows"].value, own["kernel"].value[::-1], 3) + own["bias"].value
        largest = np.abs(wrong - own["y"].value).max()
        assert together.first == "z"
        assert "the value at [0, 0, 0, 0] is" in together.sentence
        assert f"Alone it changes y by {largest:.5g} at most." in together.sentence

    @pytest.mark.parametrize("name", ["z", "grad_kernel"])
    def test_an_error_that_is_no_number_is_said_in_words(self, lesson, name):
        right = {"z": z, "grad_kernel": grad_kernel}[name]
        answer = {
            "z": lambda windows, kernel, bias: right(windows, kernel, bias) * np.nan,
            "grad_kernel": lambda windows, grad_z: right(windows, grad_z) * np.nan,
        }[name]
        said = grading.check(named(name, answer)).together.sentence
        assert "to nan or infinity." in said
        assert "by nan" not in said

    def test_a_right_step_is_not_blamed_for_an_earlier_wrong_one(self, lesson):
        grading.check(
            named("windows", lambda padded, kernel_size, strides: windows(padded[:, ::-1], kernel_size, strides))
        )
        feedback = grading.check(z)
        assert feedback.passed
        assert feedback.together.first == "windows"

    def test_wrong_gradient_is_named_with_what_it_spoils(self, lesson):
        together = grading.check(
            named("grad_kernel", lambda windows, grad_z: 2 * grad_kernel(windows, grad_z))
        ).together
        assert together.first == "grad_kernel"
        assert "y stays as it is; alone it changes the gradient of kernel by" in together.sentence

    def test_mended_step_is_no_longer_blamed(self, lesson):
        grading.check(named("z", lambda windows, kernel, bias: np.tensordot(windows, kernel, 3)))
        z.__name__ = "z"
        assert grading.check(z).together.first is None

    def test_step_that_cannot_run_is_named(self, lesson):
        grading.check(named("windows", lambda padded, kernel_size, strides: padded))
        feedback = grading.check(z)
        assert feedback.together.first == "windows"
        assert "Conv2D cannot run with windows" in feedback.together.sentence

    def test_step_that_raises_is_named_and_not_the_one_checked_last(self, lesson):
        def windows(padded, kernel_size, strides):
            raise ValueError("no")

        grading.check(windows)
        together = grading.check(z).together
        assert (together.first, "ValueError: no" in together.sentence) == ("windows", True)

    def test_step_that_never_ends_does_not_stand_in(self, lesson, monkeypatch):
        def windows(padded, kernel_size, strides):
            while True:
                pass

        monkeypatch.setattr("nnlab.grading.notebook.session.SECONDS", 0.2)
        assert grading.check(windows).together is None
        assert grading.check(z).together.exercises == ("z",)

    def test_stub_does_not_stand_in(self, lesson):
        def z(windows, kernel, bias):
            raise NotImplementedError

        assert grading.check(z).together is None

    def test_exercise_that_is_no_step_is_not_tried(self, lesson):
        assert grading.check(named("output_size", lambda n, k, s: (n - k) // s + 1)).together is None

    def test_nothing_is_printed_by_the_steps(self, lesson, capsys):
        def prints(windows, kernel, bias):
            print("hello")
            return z(windows, kernel, bias)

        feedback = grading.check(named("z", prints))
        assert capsys.readouterr().out == ""
        assert feedback.result.printed == "hello\n"


class TestPredict:
    def test_value_is_shown_only_after_an_answer(self, lesson):
        def valid_size():
            raise NotImplementedError

        revealed = grading.predict(valid_size)
        assert not revealed.committed
        assert "3" not in revealed.text()
        assert revealed.text().startswith("valid_size: 0 of 1 point\n  Write your answer")
        assert "<code>raise NotImplementedError()</code>" in revealed.html()
        assert "`" not in revealed.html()

    def test_nothing_returned_is_told_in_one_sentence(self, lesson):
        revealed = grading.predict(named("stride_two", lambda: None))
        assert revealed.text().endswith("expected a whole number: is a return missing?")

    def test_right_answer_earns_its_point(self, lesson):
        revealed = grading.predict(named("valid_size", lambda: (3, 3)))
        assert revealed.points == 1
        assert "You predicted (3, 3); it is (3, 3): right." in revealed.text()

    def test_first_answer_counts(self, lesson):
        assert grading.predict(named("valid_size", lambda: (4, 4))).points == 0
        again = grading.predict(named("valid_size", lambda: (3, 3)))
        assert again.points == 0
        assert "You predicted (4, 4); it is (3, 3): not what happens." in again.text()
        assert "Your first answer counts." in again.text()

    def test_right_first_answer_is_not_lost_by_a_later_wrong_one(self, lesson):
        grading.predict(named("stride_two", lambda: 13))
        assert grading.predict(named("stride_two", lambda: 14)).points == 1

    @pytest.mark.parametrize("value", [(3, object(), 3), (3, [4], 5), ((3, 3), 3, 3)])
    def test_answer_that_cannot_be_kept_is_not_committed(self, lesson, value):
        revealed = grading.predict(named("valid_size", lambda: value))
        assert not revealed.committed
        assert "expected" not in revealed.text()
        assert grading.predict(named("valid_size", lambda: (3, 3))).points == 1

    @pytest.mark.parametrize("value", ["13", 13.5, None, [13], ...])
    def test_answer_of_another_type_is_not_committed(self, lesson, value):
        revealed = grading.predict(named("stride_two", lambda: value))
        assert not revealed.committed
        assert "Nothing is committed yet: it returned" in revealed.text()
        assert grading.predict(named("stride_two", lambda: 13)).points == 1

    def test_answer_that_raises_is_not_committed(self, lesson):
        assert "raised ZeroDivisionError" in grading.predict(named("stride_two", lambda: 1 // 0)).text()

    def test_list_is_as_good_as_a_tuple(self, lesson):
        assert grading.predict(named("valid_size", lambda: [3, 3])).points == 1

    def test_check_and_predict_find_the_right_kind(self, lesson):
        assert "You predicted" in grading.check(named("stride_two", lambda: 13)).text()
        assert grading.predict(z).points == 3

    def test_every_answer_of_the_lesson_is_computed(self, lesson):
        answers = {e.name: e.answer() for e in lesson.lesson.exercises if e.is_prediction}
        assert answers == {
            "valid_size": (3, 3),
            "stride_two": 13,
            "dilated_reach": 5,
            "same_five": (2, 2),
            "rgb_shape": (4, 26, 26, 2),
            "first_layer": 896,
            "bias_gradient": 2704,
        }


class TestProgress:
    def test_marks_are_remembered_by_a_new_kernel(self, lesson, tmp_path):
        grading.check(z)
        grading.predict(named("stride_two", lambda: 14))
        restarted = OpenLesson(lesson.lesson, tmp_path)
        assert restarted.progress().points == 3
        assert restarted.predict(named("stride_two", lambda: 13)).points == 0

    def test_progress_counts_the_last_check(self, lesson):
        grading.check(z)
        grading.check(named("z", lambda windows, kernel, bias: windows))
        assert lesson.progress().points == 0
        z.__name__ = "z"

    def test_reset_gives_the_stub_back_and_forgets(self, lesson):
        grading.check(z)
        notice = lesson.reset("z")
        assert notice.code == lesson.lesson.exercise("z").stub + "\n\ngrading.check(z)"
        assert "raise NotImplementedError()" in notice.text()
        assert lesson.progress().points == 0

    def test_reset_keeps_the_first_answer_of_a_prediction(self, lesson):
        grading.predict(named("stride_two", lambda: 14))
        assert "first answer still counts" in lesson.reset("stride_two").text()
        assert grading.predict(named("stride_two", lambda: 13)).points == 0

    def test_starting_over_forgets_everything_and_keeps_a_copy(self, lesson, tmp_path):
        grading.predict(named("stride_two", lambda: 14))
        lesson.reset()
        assert grading.predict(named("stride_two", lambda: 13)).points == 1
        assert len(list((tmp_path / ".nnlab").glob("*.json"))) == 2

    def test_reset_of_an_unknown_exercise_is_refused(self, lesson):
        with pytest.raises(ArgumentError, match="no exercise called 'zz'"):
            lesson.reset("zz")

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "{",
            "[]",
            '{"format": 1}',
            '{"format": 1, "exercises": 3}',
            '{"format": 2, "exercises": {}}',
            '{"format": 1, "exercises": {"z": 4}}',
            "\x00",
        ],
    )
    def test_unreadable_progress_is_put_aside(self, lesson, tmp_path, text):
        path = tmp_path / ".nnlab" / "03_convolution.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        assert OpenLesson(lesson.lesson, tmp_path).progress().points == 0
        assert (tmp_path / ".nnlab" / "03_convolution.1.json").read_text() == text

    def test_folder_that_cannot_be_written_is_told_and_nothing_is_lost(self, lesson, tmp_path):
        (tmp_path / "file").write_text("")
        opened = OpenLesson(lesson.lesson, tmp_path / "file")
        opened.check(z)
        assert opened.progress().points == 3
        assert "progress lasts until the kernel stops" in opened.progress().text()

    def test_nnlab_home_holds_the_progress(self, lesson, tmp_path, monkeypatch):
        monkeypatch.setenv("NNLAB_HOME", str(tmp_path / "home"))
        OpenLesson(lesson.lesson, tmp_path / "elsewhere").check(z)
        assert (tmp_path / "home" / ".nnlab" / "03_convolution.json").exists()

    def test_progress_says_no_time_and_no_path(self, lesson, tmp_path):
        grading.check(z)
        text = (tmp_path / ".nnlab" / "03_convolution.json").read_text()
        assert str(tmp_path) not in text
        assert set(json.loads(text)["exercises"]["z"]) == {"attempts", "result", "source"}

    def test_overview_lists_every_exercise(self, lesson):
        lines = lesson.progress().text().splitlines()
        assert len(lines) == 1 + len(lesson.lesson.exercises)
        assert all("not attempted" in line for line in lines[1:])


class TestReport:
    def test_report_is_written_for_people_and_for_programs(self, lesson, tmp_path):
        grading.check(z)
        notice = lesson.report()
        assert notice.text().startswith("Report written, 3 of 37 points.")
        data = json.loads((tmp_path / "03_convolution-report.json").read_text())
        assert (data["points"], data["maximum"], len(data["exercises"])) == (3, 37, 19)
        by_name = {exercise["exercise"]: exercise for exercise in data["exercises"]}
        assert "np.tensordot" in by_name["z"]["source"]
        page = (tmp_path / "03_convolution-report.html").read_text()
        assert "np.tensordot" in page
        assert "<script" not in page

    def test_report_is_the_same_when_written_again(self, lesson, tmp_path):
        grading.check(z)
        lesson.report()
        first = (tmp_path / "03_convolution-report.json").read_bytes()
        lesson.report()
        assert (tmp_path / "03_convolution-report.json").read_bytes() == first

    def test_report_that_cannot_be_written_is_told(self, lesson, tmp_path):
        (tmp_path / "file").write_text("")
        assert "cannot be written" in OpenLesson(lesson.lesson, tmp_path / "file").report().text()


def test_an_exercise_of_ones_own_needs_few_lines(tmp_path):
    double = Exercise("double", "Twice x.", ("x",), (Check("twice", 2, lambda rng: [Case({"x": 3}, 6)]),))
    guess = Prediction("guess", "1 + 1?", lambda: 1 + 1, "One and one.")
    opened = OpenLesson(Lesson("01_mine", "Mine", (guess, double)), tmp_path)
    assert opened.check(named("double", lambda x: 2 * x)).points == 2
    assert opened.text() == "Mine: 1 prediction and 1 step to write, 3 points."


def test_checking_draws_nothing_from_the_random_state(lesson):
    from nnlab import layers, utils

    def draw():
        layer = layers.Dense(2)
        layer.build((1, 3))
        return layer.kernel.numpy()

    utils.set_random_seed(1)
    expected = draw()
    utils.set_random_seed(1)
    grading.check(z)
    grading.predict(named("first_layer", lambda: 896))
    assert np.array_equal(draw(), expected)


def test_cases_are_made_anew_and_alike(lesson):
    for exercise in lesson.lesson.exercises:
        for check in exercise.checks:
            if not isinstance(check, Check):
                continue
            for one, two in zip(check.cases(), check.cases(), strict=True):
                assert one.arguments.keys() == two.arguments.keys()
                for a, b in zip(one.arguments.values(), two.arguments.values(), strict=True):
                    assert np.array_equal(a, b)
                    assert a is not b or not isinstance(a, np.ndarray)


def test_another_seed_gives_other_inputs(lesson):
    check = lesson.lesson.exercise("z").checks[0]
    assert not np.array_equal(check.cases(1)[0].arguments["windows"], check.cases(2)[0].arguments["windows"])


def test_importing_grading_loads_no_jupyter_package():
    import subprocess
    import sys

    code = "import sys, nnlab.grading, nnlab.lessons; nnlab.lessons.get('03_convolution')\n"
    code += "assert not {'matplotlib', 'ipywidgets', 'IPython', 'anywidget'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ})


class TestFolder:
    def test_work_stays_where_the_lesson_was_opened(self, tmp_path, monkeypatch):
        monkeypatch.delenv("NNLAB_HOME", raising=False)
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.chdir(tmp_path)
        lesson = grading.open_lesson(lessons.get("03_convolution"))
        monkeypatch.chdir(tmp_path / "elsewhere")
        grading.check(z)
        lesson.report()
        assert not list((tmp_path / "elsewhere").iterdir())
        assert (tmp_path / "03_convolution-report.json").exists()
