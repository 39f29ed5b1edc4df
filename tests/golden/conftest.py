"""The scripts that ask Keras are no tests, and cannot be imported where Keras is not installed."""

collect_ignore = ["make_golden.py", "make_graphs.py", "make_models.py", "make_verdicts.py", "run_keras_lines.py"]
