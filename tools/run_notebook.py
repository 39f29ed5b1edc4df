"""Run notebooks from top to bottom and save them with their outputs, the same bytes each time.

    python tools/run_notebook.py notebooks/*.ipynb

A lesson is written in JupyterLab; this is what is run before it is committed. Nothing that changes from one run to
the next, or with the machine, is kept: times, the state of widgets, versions of the language. Each notebook runs
in a folder of its own, so that neither somebody's progress nor their reports have a part in it.
"""

import os
import sys
import tempfile
from pathlib import Path

import nbclient
import nbformat

SECONDS_A_CELL = 120
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"  # a view without its state opens as an error


def run(path: Path) -> None:
    """Execute the notebook at `path` and write it back in its lasting form."""
    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        client = nbclient.NotebookClient(
            notebook,
            timeout=SECONDS_A_CELL,
            kernel_name="python3",
            resources={"metadata": {"path": folder}},
            record_timing=False,
        )
        client.execute(env=os.environ | {"PYTHONPATH": os.pathsep.join([str(Path.cwd()), *sys.path])})
    lasting(notebook)
    nbformat.validate(notebook)
    nbformat.write(notebook, path)


def lasting(notebook: nbformat.NotebookNode) -> None:
    """Take out of a notebook what would differ after the next run."""
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            output.get("data", {}).pop(WIDGET_VIEW, None)


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        run(Path(argument))
        print(argument)
