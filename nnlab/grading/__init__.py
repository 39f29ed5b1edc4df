"""Exercises inside a notebook: what is asked, how an answer is checked at once, and what is remembered."""

from nnlab.grading.compare import Difference, compare
from nnlab.grading.exercise import Case, Check, Exercise, Prediction, SourceCheck, calls
from nnlab.grading.lesson import Lesson
from nnlab.grading.limits import Outcome, attempt
from nnlab.grading.mark import mark, mark_all, mark_function, not_attempted
from nnlab.grading.notebook.cells import check, open_lesson, predict
from nnlab.grading.notebook.session import OpenLesson
from nnlab.grading.result import CheckResult, Result
from nnlab.grading.steps import layer_step, with_gaps
