"""Small faults put into a right answer one at a time, as a slip of the hand would: each mutant is a new source."""

import ast
import copy

SWAPPED = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Div,
    ast.Div: ast.Mult,
    ast.MatMult: ast.Mult,
}
CALLS = {"sum": "mean", "zeros": "ones", "max": "min"}


def mutants(source):
    """Yield (what was changed, mutated source), each once."""
    tree = ast.parse(source)
    seen = {ast.unparse(tree)}
    count = sum(1 for _ in ast.walk(tree))
    for place in range(count):
        for change in range(8):
            mutated = copy.deepcopy(tree)
            node = list(ast.walk(mutated))[place]
            said = _change(node, change, mutated)
            if said is None:
                continue
            try:
                text = ast.unparse(ast.fix_missing_locations(mutated))
            except (ValueError, AttributeError):
                continue
            if text not in seen:
                seen.add(text)
                yield f"line {getattr(node, 'lineno', 0)}: {said}", text + "\n"


def _change(node, number, tree):
    """Apply the change of this number to the node in place, and say what it was; None if there is none."""
    options = list(_changes(node, tree))
    if number >= len(options):
        return None
    said, apply = options[number]
    apply()
    return said


def _changes(node, tree):
    match node:
        case ast.BinOp() if type(node.op) in SWAPPED:
            new = SWAPPED[type(node.op)]
            yield f"{_said(node)} with {new.__name__}", lambda: setattr(node, "op", new())
            yield f"{_said(node)} without its right side", lambda: _become(tree, node, node.left)
            yield f"{_said(node)} without its left side", lambda: _become(tree, node, node.right)
        case ast.UnaryOp(op=ast.USub()):
            yield f"{_said(node)} without its sign", lambda: _become(tree, node, node.operand)
        case ast.AugAssign():
            yield f"{_said(node)} assigned", lambda: _become(tree, node, ast.Assign([node.target], node.value))
            yield f"{_said(node)} subtracted", lambda: setattr(node, "op", ast.Sub())
        case ast.Constant(value=int()) if not isinstance(node.value, bool):
            yield f"{node.value} one more", lambda: setattr(node, "value", node.value + 1)
            yield f"{node.value} one less", lambda: setattr(node, "value", node.value - 1)
        case ast.Constant(value=str()) if "->" in node.value:
            for new in _subscripts(node.value):
                yield f"{node.value} as {new}", lambda new=new: setattr(node, "value", new)
        case ast.Tuple(elts=[_, _, *_]) if isinstance(node.ctx, ast.Load):
            yield f"{_said(node)} in reverse", lambda: node.elts.reverse()
            yield f"{_said(node)} without its last", lambda: node.elts.pop()
        case ast.Call(func=ast.Attribute(attr=name)) if name in CALLS:
            yield f"{name} as {CALLS[name]}", lambda: setattr(node.func, "attr", CALLS[name])
        case ast.Call(func=ast.Name(id=name)) if name in CALLS:
            yield f"{name} as {CALLS[name]}", lambda: setattr(node.func, "id", CALLS[name])
        case ast.Slice(lower=lower, upper=upper):
            if lower is not None:
                yield f"{_said(node)} from the start", lambda: setattr(node, "lower", None)
            if upper is not None:
                yield f"{_said(node)} to the end", lambda: setattr(node, "upper", None)
        case ast.IfExp():
            yield f"{_said(node)} the other way", lambda: _swap(node, "body", "orelse")
            yield f"{_said(node)} always", lambda: _become(tree, node, node.body)
            yield f"{_said(node)} never", lambda: _become(tree, node, node.orelse)


def _subscripts(formula):
    """A formula of einsum with two letters of its result exchanged, or with one of them left out."""
    inputs, result = formula.split("->")
    for k in range(len(result) - 1):
        yield f"{inputs}->{result[:k]}{result[k + 1]}{result[k]}{result[k + 2 :]}"
    for k in range(len(result)):
        yield f"{inputs}->{result[:k]}{result[k + 1 :]}"


def _said(node):
    return f"`{ast.unparse(node)}`"


def _become(tree, node, other):
    """Put `other` where `node` is."""
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if value is node:
                setattr(parent, field, other)
            elif isinstance(value, list) and any(part is node for part in value):
                setattr(parent, field, [other if part is node else part for part in value])


def _swap(node, a, b):
    first, second = getattr(node, a), getattr(node, b)
    setattr(node, a, second)
    setattr(node, b, first)
