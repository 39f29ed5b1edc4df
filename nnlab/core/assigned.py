"""What a line of source calls the value that it computes: in `gate = np.tanh(x @ w)` the call of tanh is `gate`.

Python keeps, for each instruction, where in the source its expression stands; an assignment whose right side stands
at the same place gives the name.
"""

import ast
import functools
import itertools
import linecache
from types import CodeType, FrameType

Place = tuple[int | None, int | None, int | None, int | None]


def assigned_name(frame: FrameType) -> str | None:
    """The name to which the expression that this frame is computing is assigned, if it is."""
    return _name(frame.f_code, frame.f_lasti)


@functools.lru_cache(4096)
def _name(code: CodeType, instruction: int) -> str | None:
    place = next(itertools.islice(code.co_positions(), instruction // 2, None), None)
    return None if place is None else _assignments(code).get((place[0], place[1], place[2], place[3]))


@functools.lru_cache(256)
def _assignments(code: CodeType) -> dict[Place, str]:
    try:
        tree = ast.parse("".join(linecache.getlines(code.co_filename)))
    except SyntaxError:
        return {}
    found: dict[Place, str] = {}
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if _single(node) else []
        value = getattr(node, "value", None)
        if len(targets) == 1 and isinstance(targets[0], ast.Name) and value is not None:
            found[(value.lineno, value.end_lineno, value.col_offset, value.end_col_offset)] = targets[0].id
    return found


def _single(node: ast.AST) -> bool:
    return isinstance(node, ast.AnnAssign | ast.NamedExpr)
