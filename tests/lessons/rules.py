"""The rules that a lesson's notebook keeps, so that its outputs can be compared and its answers found."""

import ast
import re

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
UNCOMPARABLE = {  # what shows in a notebook but is not compared, or never the same twice
    "interact": "use an explorer, whose traits can be set and read",
    "interactive_output": "use an explorer, whose traits can be set and read",
    "Output": "print in the cell itself",
    "clear_output": "show a thing once",
    "display_id": "show a thing once",
    "input": "nobody can type into a lesson that is compared",
    "now": "the time is never the same",
    "time": "the time is never the same",
}
UNSTABLE = {
    r"0x[0-9a-f]{6,}": "an address in memory",
    r"/(home|root|tmp|work|opt|usr|Users)/": "a path",
    r"\b20\d\d-\d\d-\d\d\b": "a date",
    r"ipykernel_\d+": "a process",
}
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def broken_rules(notebook, lesson):
    """Every rule that the solution notebook of `lesson` breaks, as sentences; none for a good one."""
    cells = notebook.cells
    return [
        *_of_the_notebook(notebook),
        *(f"{cell.id}: {said}" for cell in cells for said in _of_a_cell(cell)),
        *_of_the_exercises(cells, lesson),
        *_of_the_predictions(cells, lesson),
    ]


def _of_the_notebook(notebook):
    cells = notebook.cells
    if not 20 <= len(cells) <= 60:
        yield f"{len(cells)} cells; a lesson has 20 to 60"
    if notebook.metadata.get("kernelspec", {}).get("name") != "python3":
        yield "the kernel is not python3"
    if set(notebook.metadata) - {"kernelspec", "language_info"}:
        yield f"metadata that no reader needs: {sorted(set(notebook.metadata) - {'kernelspec', 'language_info'})}"
    if "version" in notebook.metadata.get("language_info", {}):
        yield "the version of Python is kept"
    if len({cell.id for cell in cells}) < len(cells):
        yield "two cells share an id"
    counts = [cell.execution_count for cell in cells if cell.cell_type == "code"]
    if counts != list(range(1, len(counts) + 1)):
        yield "not run from top to bottom in a new kernel: nbval compares nothing where a count is missing"


def _of_a_cell(cell):
    if not SLUG.fullmatch(cell.id):
        yield "its id is not made of words, so it changes with each build"
    if not cell.source.strip():
        yield "is empty"
    if cell.cell_type != "code":
        return
    if "execution" in cell.metadata:
        yield "keeps the time of its run"
    if cell.source.rstrip().endswith(";"):
        yield "ends with a semicolon, which nbval does not know"
    if re.search(r"^\s*[%!]", cell.source, re.MULTILINE):
        yield "uses a magic or the shell"
    else:
        for name in _names(cell.source) & set(UNCOMPARABLE):
            yield f"uses {name}: {UNCOMPARABLE[name]}"
    for output in cell.outputs:
        yield from _of_an_output(output)


def _of_an_output(output):
    if output.output_type == "error":
        yield f"shows an error: {output.ename}"
    if output.get("name") == "stderr":
        yield "writes to stderr"
    data = output.get("data", {})
    if WIDGET_VIEW in data:
        yield "keeps the view of a widget, which opens as an error"
    if "image/png" in data and data.get("text/plain", "").startswith(("<Figure", "<IPython")):
        yield "shows a picture with no words for what is in it; a picture is never compared"
    text = output.get("text", "") + data.get("text/plain", "") + data.get("text/html", "")
    for pattern, what in UNSTABLE.items():
        if re.search(pattern, text):
            yield f"shows {what}"


def _of_the_exercises(cells, lesson):
    if not 8 <= len(lesson.exercises) <= 20:
        yield f"{len(lesson.exercises)} exercises; a lesson has 8 to 20"
    if f"{lesson.points} in all" not in cells[0].source:
        yield f"the first cell does not state the points: {lesson.points} in all"
    answered = [tag.removeprefix("answer:") for cell in cells for tag in _answer_tags(cell)]
    expected = [exercise.name for exercise in lesson.exercises]
    if answered != expected:
        yield f"the answers are {answered}, but the exercises are {expected}"
        return
    for cell in cells:
        for tag in _answer_tags(cell):
            yield from (f"{cell.id}: {said}" for said in _of_an_answer(cell, lesson.exercise(tag[7:])))
    for cell in cells[:-5]:
        if cell.cell_type == "code" and re.search(r"\blesson\.(progress|report|reset)\(", cell.source):
            yield f"{cell.id}: shows the progress before the end, where it differs from one run to the next"
    marks = cells[-1].metadata.get("nbgrader", {})
    if not (marks.get("grade") and marks.get("locked") and marks.get("points") == lesson.points):
        yield "the last cell does not give nbgrader the points"


def _of_an_answer(cell, exercise):
    verb = "predict" if exercise.is_prediction else "check"
    head = exercise.stub.split("    # YOUR CODE HERE")[0]
    if not cell.source.startswith(head + "    ### BEGIN SOLUTION\n"):
        yield "does not begin as the exercise's empty cell does"
    if not cell.source.endswith(f"    ### END SOLUTION\n\n\ngrading.{verb}({exercise.name})"):
        yield f"does not end with grading.{verb}({exercise.name})"
    flags = cell.metadata.get("nbgrader", {})
    if flags.get("grade_id") != exercise.name or not flags.get("solution") or flags.get("grade"):
        yield "its nbgrader metadata does not say that it is the solution of the exercise"


def _of_the_predictions(cells, lesson):
    """What is to be predicted must not stand above the prediction, in a source or in an output."""
    above = ""
    for cell in cells:
        for exercise in lesson.exercises:
            predicted = exercise.is_prediction and f"answer:{exercise.name}" in _answer_tags(cell)
            value = str(exercise.answer()) if predicted else ""
            if len(value) > 2 and re.search(rf"(?<![\w(]){re.escape(value)}(?!\w)", above):
                yield f"{cell.id}: its answer {value} can be read above it"
        if not _answer_tags(cell):
            above += cell.source + "".join(str(output) for output in cell.get("outputs", ()))


def _answer_tags(cell):
    return [tag for tag in cell.metadata.get("tags", ()) if tag.startswith("answer:")]


def _names(source):
    tree = ast.parse(source)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    names |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return names | {keyword.arg for node in ast.walk(tree) if isinstance(node, ast.Call) for keyword in node.keywords}
