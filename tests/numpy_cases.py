"""THE table of NumPy's operations in a custom `call`: for each operation ways to use it, as functions of x and w.

`ANY` holds functions for x of any shape of two axes or more and a w that broadcasts with it; `SHAPED` those that need
shapes of their own. Every rule of `nnlab.core.gradients` has its row (`test_numpy_gradients.py`), and
`docs/custom-layers.md` lists the same operations.
"""

import numpy as np

from nnlab.core.gradients import astype, index

window = np.lib.stride_tricks.sliding_window_view


def each(*functions, of=lambda x, w: x):
    """A row for each operation of one array, at `of(x, w)`."""
    return {f: [lambda x, w, f=f: f(of(x, w))] for f in functions}


def both(*functions):
    """A row for each operation of two arrays, either one recorded first."""
    return {f: [f, lambda x, w, f=f: f(w, x), lambda x, w, f=f: f(x, 0.7) + f(0.7, x)] for f in functions}


def reduced(*functions):
    """A row for each reduction: of everything, of one axis and of two, as a function and as a method."""
    return {
        f: [
            lambda x, w, f=f: f(x),
            lambda x, w, f=f: f(x, axis=0),
            lambda x, w, f=f: f(x, 1, keepdims=True),
            lambda x, w, f=f: f(x, axis=(0, -1), keepdims=True),
            lambda x, w, f=f: getattr(x, f.__name__)(-1),
        ]
        for f in functions
    }


def compared(*functions):
    """A row for each comparison, which chooses and has no gradient itself."""
    return {f: [lambda x, w, f=f: np.where(f(x, w + 0.0013), x * w, w)] for f in functions}


def logical(*functions):
    return {f: [lambda x, w, f=f: np.where(f(x > 0.1, w < 0.2), x * w, w)] for f in functions}


ANY = {
    # ---- element by element
    **each(np.negative, np.positive, np.absolute, np.square, np.reciprocal, np.exp, np.exp2, np.expm1, np.cbrt),
    **each(np.sin, np.cos, np.arctan, np.sinh, np.cosh, np.tanh, np.arcsinh, np.sinc),
    **each(np.tan, np.arcsin, np.arccos, np.arctanh, of=lambda x, w: x * 0.5),
    **each(np.sqrt, np.log, np.log2, np.log10, np.log1p, of=lambda x, w: np.absolute(x)),
    **each(np.arccosh, of=lambda x, w: 1.1 + x * x),
    **both(np.add, np.subtract, np.multiply, np.divide, np.maximum, np.minimum, np.logaddexp, np.hypot, np.arctan2),
    np.power: [
        lambda x, w: np.abs(x) ** w,
        lambda x, w: x**0 + x**1 + x**2 + x**3.0 + x**-1,
        lambda x, w: 2**x * 3.0**w,
    ],
    np.remainder: [lambda x, w: x % 0.413 + np.remainder(x, w) + 1.7 % w],
    np.clip: [
        lambda x, w: np.clip(x, -0.501, 0.723) + x.clip(None, 0.3011) + np.clip(x, w, None),
        lambda x, w: x.clip(min=-0.501) + np.clip(x, None, np.abs(w)) + x.clip(-0.2, max=0.6011),
    ],
    np.nan_to_num: [lambda x, w: np.nan_to_num(x) * w],
    np.full_like: [lambda x, w: np.full_like(x, np.sum(w)) * x],
    **compared(np.greater, np.greater_equal, np.less, np.less_equal, np.equal, np.not_equal),
    **logical(np.logical_and, np.logical_or, np.logical_xor, np.bitwise_and, np.bitwise_or, np.bitwise_xor),
    **{f: [lambda x, w, f=f: np.where(~f(x), 0.5, x * w)] for f in (np.isnan, np.isinf, np.isfinite, np.signbit)},
    np.logical_not: [lambda x, w: np.where(np.logical_not(x > 0), 0.5, x * w)],
    np.invert: [lambda x, w: np.where(~(x > w), 0.5, x * w)],
    **{
        f: [lambda x, w, f=f: f(x * 0.777) * x]
        for f in (np.sign, np.floor, np.ceil, np.rint, np.trunc, np.round, np.around)
    },
    np.floor_divide: [lambda x, w: x * (x // 0.3137)],
    np.heaviside: [lambda x, w: x * np.heaviside(x, 0.5)],
    # ---- along axes
    **reduced(np.sum, np.mean, np.prod, np.max, np.min, np.var, np.std),
    **{f: [lambda x, w, f=f: f(x, -1, keepdims=True)] for f in (np.amax, np.amin)},
    **{f: [lambda x, w, f=f: x * f(x, axis=-1, keepdims=True) * f(x) * f(x, 0)] for f in (np.argmax, np.argmin)},
    **{f: [lambda x, w, f=f: np.where(f(x > 0.5, -1, keepdims=True) | f(x > -9), x, 0)] for f in (np.any, np.all)},
    np.cumsum: [lambda x, w: np.cumsum(x, -1) * w, lambda x, w: np.cumsum(x) * 2, lambda x, w: x.cumsum(axis=0)],
    np.diff: [lambda x, w: np.diff(np.tile(x, 4)), lambda x, w: np.diff(np.concatenate([x, x * w, x], 0), n=2, axis=0)],
    np.sort: [
        lambda x, w: np.sort(x) * np.arange(x.shape[-1]),
        lambda x, w: np.sort(x, 0) * w + np.sort(x, axis=None)[0],
    ],
    np.argsort: [lambda x, w: x * np.argsort(x), lambda x, w: np.take_along_axis(x, np.argsort(-x, 0), 0) * x],
    # ---- products of everything, and of rows
    np.outer: [lambda x, w: np.outer(x, w), lambda x, w: np.outer(w, x[0])],
    np.inner: [lambda x, w: np.inner(x, x * 2), lambda x, w: np.inner(x[0], x) * np.inner(w, 0.5).sum()],
    np.vdot: [lambda x, w: np.vdot(x, x.T * np.ones(x.T.shape)) * w],
    # ---- elsewhere
    np.reshape: [
        lambda x, w: np.reshape(x, (-1, x.shape[0])) * x.reshape(-1, x.shape[0]) * x.reshape((-1, x.shape[0])),
        lambda x, w: x.reshape(-1, order="F") * np.reshape(x, -1),
    ],
    np.ravel: [lambda x, w: np.ravel(x) * x.ravel() * x.flatten()],
    np.copy: [lambda x, w: x.copy() * np.copy(w)],
    **{f: [lambda x, w, f=f: f(x) * f(w)] for f in (np.atleast_1d, np.atleast_2d, np.atleast_3d)},
    astype: [lambda x, w: x.astype("float64") * (x > 0).astype(float) * x.astype(int)],
    np.expand_dims: [lambda x, w: np.expand_dims(x, (0, -1)) * np.expand_dims(x, 0)[..., None]],
    np.squeeze: [lambda x, w: np.squeeze(x[:1]) * np.squeeze(x[None, :1], axis=(0, 1)).squeeze()],
    np.transpose: [
        lambda x, w: np.transpose(x) * x.T * x.transpose(),
        lambda x, w: np.transpose(x, (1, *range(2, x.ndim), 0)) * x.transpose(1, *range(2, x.ndim), 0),
    ],
    np.matrix_transpose: [lambda x, w: np.matrix_transpose(x) * x.mT],
    np.swapaxes: [lambda x, w: np.swapaxes(x, 0, -1) * x.swapaxes(-1, 0)],
    np.moveaxis: [lambda x, w: np.moveaxis(x, 0, -1) * 2, lambda x, w: np.moveaxis(x, [0, 1], [-1, 0]) * 2],
    np.broadcast_to: [lambda x, w: np.broadcast_to(x[:, :1], (4, *x[:, :1].shape)) * np.sum(w)],
    np.concatenate: [
        lambda x, w: np.concatenate([x, x * w, np.ones(x.shape)], axis=-1),
        lambda x, w: np.concatenate((x, np.ones(2), w), axis=None),
    ],
    np.stack: [lambda x, w: np.stack([x, x * w], axis=1) * np.stack([x, np.ones(x.shape)], -x.ndim)],
    **{f: [lambda x, w, f=f: f((x, np.ones(x.shape), x * w))] for f in (np.vstack, np.hstack, np.dstack)},
    np.column_stack: [lambda x, w: np.column_stack([x[0].ravel(), np.ones(x[0].size), x[0].ravel() * 2])],
    np.pad: [
        lambda x, w: np.pad(x, [(1, 0)] * (x.ndim - 1) + [(0, 2)], constant_values=2.0),
        lambda x, w: np.pad(x, 1) * np.pad(x, (1, 1), mode="constant"),
        lambda x, w: np.pad(x, 2, mode="edge") * np.pad(x, 2, "symmetric") * np.pad(x, 2, mode="wrap"),
        lambda x, w: np.pad(x, ((0, 0),) * (x.ndim - 1) + ((0, x.shape[-1] - 1),), mode="reflect"),
    ],
    np.repeat: [
        lambda x, w: np.repeat(x, 3),
        lambda x, w: x.repeat(2, axis=-1),
        lambda x, w: np.repeat(x, [2] * len(x), 0),
    ],
    np.tile: [lambda x, w: np.tile(x, 2) * 2, lambda x, w: np.tile(x, (2, 1, 2, 1))],
    np.roll: [lambda x, w: np.roll(x, 1) * x, lambda x, w: np.roll(x, (1, -1), axis=(0, 1)) * w],
    np.rot90: [lambda x, w: np.rot90(x) * 2, lambda x, w: np.rot90(x, 2) * w],
    np.flip: [lambda x, w: np.flip(x, 1) * np.flip(x) * x[::-1]],
    **each(np.fliplr, np.flipud),
    np.resize: [lambda x, w: np.resize(x, (2, 5))],
    np.tril: [lambda x, w: np.tril(x) * w + np.tril(x, -1)],
    np.triu: [lambda x, w: np.triu(x) * w + np.triu(x, k=1)],
    np.diag: [lambda x, w: np.diag(x[0].ravel()), lambda x, w: np.diag(x.reshape(len(x), -1), 0)],
    np.diagonal: [lambda x, w: np.diagonal(x) * 2, lambda x, w: x.diagonal(0, -1, 0) * 2],
    np.trace: [lambda x, w: np.trace(x) * 2, lambda x, w: x.trace(0, -1, 0)],
    np.delete: [lambda x, w: np.delete(x, 0, axis=-1)],
    window: [lambda x, w: window(np.pad(x, 1), 2, axis=0) * 2, lambda x, w: window(x, (1, 1), axis=(0, 1))],
    # ---- some of them
    index: [
        lambda x, w: x[0, ..., ::2] * x[-1, ..., :1],
        lambda x, w: x[:, [0, 0, -1]],
        lambda x, w: x[[0, 0], [-1, 0]] * x[np.array([[0], [0]]), 0],
        lambda x, w: np.concatenate([x[x > 0], x[x <= 0] * 2]) * np.sum(w),
        lambda x, w: x[np.argmax(x.reshape(len(x), -1)[:, 0])] * x[np.int64(0)],
        lambda x, w: np.stack([row * 2 for row in x]),
    ],
    np.take: [
        lambda x, w: np.take(x, [0, 0, -1], axis=1) * 2,
        lambda x, w: np.take(x, [[0, -1], [-1, 0]]),
        lambda x, w: x.take(0, -1),
    ],
    np.take_along_axis: [lambda x, w: np.take_along_axis(x, np.zeros(x.shape, int), -1) * x],
    np.where: [lambda x, w: np.where(x > w, x, w) * np.where(np.ones(x.shape) > 0, 2.0, x)],
    np.select: [lambda x, w: np.select([x > 0.3, x > -0.3], [x * w, w], x * 3), lambda x, w: np.select([x > 0], [x])],
    np.split: [lambda x, w: np.multiply(*np.split(np.tile(x, 2), 2, axis=-1)), lambda x, w: np.split(x, [1], 0)[0]],
    np.array_split: [lambda x, w: np.concatenate(np.array_split(x, 2, axis=-1)[::-1], -1) * w],
    np.vsplit: [lambda x, w: np.vsplit(x, [1])[0]],
    np.hsplit: [lambda x, w: np.hsplit(x, [1])[0]],
    np.dsplit: [lambda x, w: np.dsplit(x[..., None], 1)[0]],
    # ---- linear algebra
    np.linalg.norm: [
        lambda x, w: np.linalg.norm(x[0].ravel()) * x,
        lambda x, w: np.linalg.norm(x, axis=-1, keepdims=True) * np.linalg.norm(x, 1, axis=0),
        lambda x, w: np.linalg.norm(x, axis=(0, 1)) + np.linalg.norm(x, np.inf, axis=1).sum(),
    ],
    np.linalg.inv: [lambda x, w: np.linalg.inv(x @ x.mT + np.eye(x.shape[-2]))],
    np.linalg.det: [lambda x, w: np.linalg.det(x @ x.mT + np.eye(x.shape[-2]))],
    np.linalg.solve: [
        lambda x, w: np.linalg.solve(x @ x.mT + np.eye(x.shape[-2]), x * 2),
        lambda x, w: np.linalg.solve(
            (x @ x.mT).reshape(-1, x.shape[-2], x.shape[-2])[0] + np.eye(x.shape[-2]), x.T.ravel()[: x.shape[-2]]
        ),
    ],
}

PRODUCTS = [((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4)), ((2, 2, 3), (3, 4)), ((2, 3), (2, 3, 2))]
MATMULS = [*PRODUCTS, ((2, 1, 2, 3), (4, 3, 2)), ((3,), (2, 3, 2)), ((2, 2, 3), (3,)), ((1, 2, 3), (2, 3, 1))]
DOTS = [*PRODUCTS, ((2, 3), ()), ((2, 2, 3), (2, 3, 2)), ((3,), (2, 3, 2))]
EINSUMS = [
    *[("ij,jk->ik", (2, 3), (3, 4)), ("ij,jk", (2, 3), (3, 4)), ("bij, bkj -> bik", (2, 3, 4), (2, 2, 4))],
    *[("...i,ij->...j", (2, 2, 3), (3, 4)), ("...ij,...jk", (2, 1, 2, 3), (3, 3, 2)), ("ij,k->i", (2, 3), (4,))],
    *[("ij,ij->", (2, 3), (2, 3)), ("i,j->ji", (2,), (3,)), ("bii,i->b", (2, 3, 3), (3,)), ("ii,i->i", (3, 3), (3,))],
    *[("...,...", (2, 3), (3,)), ("ij,kk->ji", (2, 3), (2, 2)), ("i...,i->...", (2, 3, 2), (2,))],
    *[("bi,bj->bij", (1, 3), (2, 3)), ("...ii,i...->...i", (2, 3, 3), (3, 2))],
]
SHAPED = {
    np.matmul: [(f, *shapes) for shapes in MATMULS for f in (np.matmul, lambda x, w: x @ w)],
    np.dot: [(f, *shapes) for shapes in DOTS for f in (np.dot, lambda x, w: x.dot(w))],
    np.tensordot: [
        (np.tensordot, (2, 3, 4), (3, 4, 2)),
        (lambda x, w: np.tensordot(x, w, 1), (2, 3), (3, 2, 2)),
        (lambda x, w: np.tensordot(x, w, 0), (2, 3), (3, 2)),
        (lambda x, w: np.tensordot(x, w, axes=([0, 2], [-1, 0])), (2, 3, 4), (4, 3, 2)),
        (lambda x, w: np.tensordot(x, w, axes=(1, 0)), (2, 3, 2), (3, 2)),
    ],
    np.einsum: [
        *[(lambda x, w, s=s: np.einsum(s, x, w), one, other) for s, one, other in EINSUMS],
        (lambda x, w: np.einsum("ii", x) * np.einsum("ij->j", x * w) * np.einsum("ij->", x), (3, 3), (3,)),
        (lambda x, w: np.einsum("ij,jk,kl->il", x, w, w.T, optimize=True), (2, 3), (3, 4)),
    ],
    np.sum: [(lambda x, w: np.sum(x, -1, where=x > 0) + np.sum(x, where=[True, False, True]), (2, 3), ())],
    np.mean: [(lambda x, w: np.mean(x, -1, where=[True, False, True]) + x.mean(0, where=x < 9)[0], (2, 3), ())],
    np.var: [(lambda x, w: np.var(x, 0, ddof=1) + x.var(ddof=1, where=[True, False, True]), (2, 3), ())],
    np.std: [(lambda x, w: np.std(x, 0, ddof=1) + x.std(-1, ddof=0.5)[0], (2, 3), ())],
    np.prod: [
        (lambda x, w: np.prod(x * [0.0, 1, 2], -1), (2, 3), ()),
        (lambda x, w: x.prod((2, 0)) * 2, (2, 3, 2), ()),
    ],
}
