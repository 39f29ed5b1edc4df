"""What holds for every test: under NNLAB_NO_SKIP=1 a test that skips has failed.

`--hypothesis-profile=thorough` draws 1,000 configurations where 100 are the rule.
"""

import os

import hypothesis
import pytest

NO_SKIP = os.environ.get("NNLAB_NO_SKIP") == "1"

# Before NumPy is first imported, and for every process that a test starts: on arrays as small as the tests' a second
# thread of BLAS costs more than it gives, and on a busy machine many times more.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

hypothesis.settings.register_profile("thorough", max_examples=1000)


def refused(report):
    """The report of a skip, turned into that of a failure; expected failures are none of its business."""
    if NO_SKIP and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"NNLAB_NO_SKIP=1, but this was skipped: {reason}"
    return report


def pytest_runtest_setup(item):
    """Every test draws the same weights and masks in every run, whatever ran before it."""
    from nnlab.utils import set_random_seed  # here, after the number of threads is set

    set_random_seed(0)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    return refused((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    return refused((yield))
