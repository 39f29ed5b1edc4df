"""The script that asks Keras is no test, and cannot be imported where Keras is not installed."""

collect_ignore = ["make_golden.py"]
