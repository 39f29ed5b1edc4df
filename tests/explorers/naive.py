"""Convolution and pooling by loops that know nothing but their definitions: the oracles of the explorers' tests."""

import itertools

import numpy as np


def sides(values):
    return tuple(np.broadcast_to(values, 2).tolist())


def amounts(padding, n, k, s, d):
    """How many cells go before and after one axis."""
    reach = (k - 1) * d + 1
    if padding == "valid":
        return 0, 0
    if padding == "full":
        return reach - 1, reach - 1
    if padding == "causal":
        return reach - 1, 0
    total = max((-(-n // s) - 1) * s + reach - n, 0)
    return total // 2, total - total // 2


def source(place, n, padding):
    """Which cell of an axis stands at a place that may lie outside of it; None for a zero."""
    if 0 <= place < n:
        return place
    if padding != "reflect":
        return None
    return -place if place < 0 else 2 * (n - 1) - place


class Convolution:
    """A convolution of one image (channels, rows, columns) with one filter: padding, outputs, and the uses of cells."""

    def __init__(self, x, kernel, bias, strides, padding, dilation_rate):
        self.x, self.kernel = np.atleast_3d(x), np.atleast_3d(kernel)  # channels last, as an explorer takes them
        shape, size, s, d = self.x.shape[:2], self.kernel.shape[:2], sides(strides), sides(dilation_rate)
        around = [amounts(padding, *each) for each in zip(shape, size, s, d, strict=True)]
        lengths = [n + sum(more) for n, more in zip(shape, around, strict=True)]
        self.is_padded = any(map(sum, around))
        self.from_x = {}  # the pixel that stands at each place of the padded input
        for place in itertools.product(*map(range, lengths)):
            at = [source(p - before, n, padding) for p, (before, _), n in zip(place, around, shape, strict=True)]
            self.from_x[place] = None if None in at else tuple(at)
        self.padded = np.zeros((*lengths, self.x.shape[2]))
        for place, pixel in self.from_x.items():
            if pixel:
                self.padded[place] = self.x[pixel]
        reach = [(k - 1) * r + 1 for k, r in zip(size, d, strict=True)]
        places = [range((n - r) // step + 1) for n, r, step in zip(lengths, reach, s, strict=True)]
        self.y = np.zeros(tuple(map(len, places)))
        self.used_padded, self.used = np.zeros(lengths, int), np.zeros(shape, int)
        self.terms = {}
        for i, j in itertools.product(*places):
            for c, u, v in itertools.product(range(self.x.shape[2]), *map(range, size)):
                place = i * s[0] + u * d[0], j * s[1] + v * d[1]
                self.terms[i, j, c, u, v] = place, self.padded[place][c] * self.kernel[u, v, c]
                self.used_padded[place] += c == 0
                if c == 0 and self.from_x[place]:
                    self.used[self.from_x[place]] += 1
            self.y[i, j] = bias + sum(
                self.terms[i, j, c, u, v][1] for c, u, v in itertools.product(range(self.x.shape[2]), *map(range, size))
            )

    def gradients(self, grad):
        """What a gradient of the output makes of x, kernel and bias."""
        to_x, to_kernel = np.zeros(self.x.shape), np.zeros(self.kernel.shape)
        for (i, j, c, u, v), (place, _) in self.terms.items():
            to_kernel[u, v, c] += grad[i, j] * self.padded[place][c]
            if self.from_x[place]:
                to_x[self.from_x[place]][c] += grad[i, j] * self.kernel[u, v, c]
        return to_x, to_kernel, np.sum(grad)


def sheets(array):
    """Channels last as channels first; one channel as rows and columns."""
    array = np.atleast_3d(array)
    return np.moveaxis(array, -1, 0) if array.shape[2] > 1 else array[..., 0]


def pooling(x, average, pool_size, strides, padding):
    """The output of pooling rows and columns, how many cells each window has, and which of them it reads."""
    size, step = sides(pool_size), sides(strides)
    around = [amounts(padding, n, k, s, 1) for n, k, s in zip(x.shape, size, step, strict=True)]
    out = [(n + sum(more) - k) // s + 1 for n, more, k, s in zip(x.shape, around, size, step, strict=True)]
    y, count, windows = np.zeros(out), np.zeros(out, int), {}
    for i, j in itertools.product(*map(range, out)):
        top, left = i * step[0] - around[0][0], j * step[1] - around[1][0]
        cells = [
            (h, w)
            for h, w in itertools.product(range(top, top + size[0]), range(left, left + size[1]))
            if 0 <= h < x.shape[0] and 0 <= w < x.shape[1]
        ]
        values = [x[cell] for cell in cells]
        windows[i, j], count[i, j] = cells, len(cells)
        y[i, j] = sum(values) / len(values) if average else max(values)
    return y, count, windows
