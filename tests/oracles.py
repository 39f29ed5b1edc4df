"""What the layers compute, written as slowly and plainly as it can be: one number at a time, no windows, no folding.

These share nothing with the package. Arrays are (batch, *spatial, channels) with any number of spatial axes, in
float64.
"""

import itertools
import math

import numpy as np


def sides(length, size, stride, padding, dilation=1):
    """How many places there are along an axis, and at which input cell the first window begins."""
    reach = (size - 1) * dilation + 1
    if padding == "valid":
        return (length - reach) // stride + 1, 0
    places = math.ceil(length / stride)
    if padding == "causal":
        return places, 1 - reach
    return places, -(max((places - 1) * stride + reach - length, 0) // 2)


def grid(lengths):
    """Every place of a grid, row by row."""
    return itertools.product(*map(range, lengths))


def places(shape, size, strides, padding, dilation=None):
    """For each output place: the pairs (place in the kernel, input cell) of its window that lie inside the input."""
    dilation = dilation or (1,) * len(size)
    found = [sides(*axis) for axis in zip(shape[1:-1], size, strides, [padding] * len(size), dilation, strict=True)]
    for place in grid(count for count, _ in found):
        cells = []
        for offset in grid(size):
            axes = zip(found, place, strides, offset, dilation, strict=True)
            cell = tuple(first + i * stride + u * d for (_, first), i, stride, u, d in axes)
            if all(0 <= n < length for n, length in zip(cell, shape[1:-1], strict=True)):
                cells.append((offset, cell))
        yield place, cells


def output_shape(shape, size, strides, padding, dilation, channels):
    axes = zip(shape[1:-1], size, strides, [padding] * len(size), dilation or (1,) * len(size), strict=True)
    return shape[0], *(sides(*axis)[0] for axis in axes), channels


def read_by(f, filters, channels, groups):
    """Which channels a filter reads, each with its place in the kernel."""
    each = channels // groups
    return [(f // (filters // groups) * each + c, c) for c in range(each)]


def convolution(x, kernel, bias, strides, padding, dilation, groups=1):
    size, filters = kernel.shape[:-2], kernel.shape[-1]
    y = np.zeros(output_shape(x.shape, size, strides, padding, dilation, filters))
    for place, cells in places(x.shape, size, strides, padding, dilation):
        for b, f in grid((len(x), filters)):
            total = bias[f]
            for offset, cell in cells:
                for channel, c in read_by(f, filters, x.shape[-1], groups):
                    total += x[b, *cell, channel] * kernel[*offset, c, f]
            y[b, *place, f] = total
    return y


def convolution_gradients(x, kernel, strides, padding, dilation, dy, groups=1):
    """The gradients of x, kernel and bias."""
    filters = kernel.shape[-1]
    dx, dkernel, dbias = np.zeros(x.shape), np.zeros(kernel.shape), np.zeros(filters)
    for place, cells in places(x.shape, kernel.shape[:-2], strides, padding, dilation):
        for b, f in grid((len(x), filters)):
            dbias[f] += dy[b, *place, f]
            for offset, cell in cells:
                for channel, c in read_by(f, filters, x.shape[-1], groups):
                    dx[b, *cell, channel] += dy[b, *place, f] * kernel[*offset, c, f]
                    dkernel[*offset, c, f] += dy[b, *place, f] * x[b, *cell, channel]
    return dx, dkernel, dbias


def transposed_sides(length, size, stride, padding, dilation, output_padding):
    """How many output places there are along an axis, and at which of them the first stamp begins.

    As Keras tells its back ends: a convolution over the input with `pad` zeros around it and stride - 1 between.
    """
    reach = (size - 1) * dilation + 1
    if padding == "valid":
        more = max(reach, stride) - reach if output_padding is None else output_padding
        return (length - 1) * stride + reach + more, 0
    pad = stride + reach - 2 if output_padding is None else reach + reach % 2 - 2 + output_padding
    before = min(pad // 2 + pad % 2, reach - 1)
    return (length - 1) * stride + 2 - reach + pad, before - (reach - 1)


def transposed_convolution(x, kernel, bias, strides, padding, dilation, output_padding, dy):
    """The output, and the gradients of x and kernel, where dy(shape) is the gradient that arrives."""
    size, filters = kernel.shape[:-2], kernel.shape[-2]
    more = output_padding or (None,) * len(size)
    axes = zip(x.shape[1:-1], size, strides, [padding] * len(size), dilation, more, strict=True)
    found = [transposed_sides(*axis) for axis in axes]
    y = np.zeros((len(x), *(count for count, _ in found), filters)) + bias
    dy, dx, dkernel = dy(y.shape), np.zeros(x.shape), np.zeros(kernel.shape)
    for cell, offset in itertools.product(grid(x.shape[1:-1]), grid(size)):
        axes = zip(found, cell, strides, offset, dilation, strict=True)
        place = tuple(first + n * stride + u * d for (_, first), n, stride, u, d in axes)
        if not all(0 <= i < count for i, (count, _) in zip(place, found, strict=True)):
            continue
        for b, f, c in grid((len(x), filters, x.shape[-1])):
            y[b, *place, f] += x[b, *cell, c] * kernel[*offset, f, c]
            dx[b, *cell, c] += dy[b, *place, f] * kernel[*offset, f, c]
            dkernel[*offset, f, c] += dy[b, *place, f] * x[b, *cell, c]
    return y, dx, dkernel


def depthwise(kernel):
    """The kernel of the convolution with a group for each channel that a depthwise kernel stands for."""
    *size, channels, multiplier = kernel.shape
    grouped = np.zeros((*size, 1, channels * multiplier))
    for c, m in grid((channels, multiplier)):
        grouped[..., 0, c * multiplier + m] = kernel[..., c, m]
    return grouped


def max_pool(x, size, strides, padding, dy):
    """The output and the gradient of x; of equal numbers the first, row by row, takes the gradient."""
    y = np.zeros(output_shape(x.shape, size, strides, padding, None, x.shape[-1]))
    dx = np.zeros(x.shape)
    for place, cells in places(x.shape, size, strides, padding):
        for b, c in grid((len(x), x.shape[-1])):
            best = None
            for _, cell in cells:
                if best is None or x[b, *cell, c] > x[b, *best, c]:
                    best = cell
            y[b, *place, c] = x[b, *best, c]
            dx[b, *best, c] += dy[b, *place, c]
    return y, dx


def average_pool(x, size, strides, padding, dy):
    """The output and the gradient of x; the mean is over the cells that exist."""
    y = np.zeros(output_shape(x.shape, size, strides, padding, None, x.shape[-1]))
    dx = np.zeros(x.shape)
    for place, cells in places(x.shape, size, strides, padding):
        for b, c in grid((len(x), x.shape[-1])):
            for _, cell in cells:
                y[b, *place, c] += x[b, *cell, c] / len(cells)
                dx[b, *cell, c] += dy[b, *place, c] / len(cells)
    return y, dx


def global_max_pool(x, dy):
    """The output and the gradient of x; equal numbers share it."""
    y, dx = np.zeros(dy.shape), np.zeros(x.shape)
    for b, c in grid(dy.shape):
        y[b, c] = max(x[b, *cell, c] for cell in grid(x.shape[1:-1]))
        largest = [cell for cell in grid(x.shape[1:-1]) if x[b, *cell, c] == y[b, c]]
        for cell in largest:
            dx[b, *cell, c] = dy[b, c] / len(largest)
    return y, dx


def global_average_pool(x, dy, mask=None):
    """The output and the gradient of x; the mean is over the times that count."""
    y, dx = np.zeros(dy.shape), np.zeros(x.shape)
    for b, c in grid(dy.shape):
        counts = [cell for cell in grid(x.shape[1:-1]) if mask is None or mask[b, *cell]]
        for cell in counts:
            y[b, c] += x[b, *cell, c] / len(counts)
            dx[b, *cell, c] = dy[b, c] / len(counts)
    return y, dx


def up_sampling(x, size, dy):
    """The output and the gradient of x: an output cell shows the input cell that it is a part of."""
    y, dx = np.zeros(dy.shape), np.zeros(x.shape)
    for b, *place, c in grid(dy.shape):
        cell = [i // by for i, by in zip(place, size, strict=True)]
        y[b, *place, c] = x[b, *cell, c]
        dx[b, *cell, c] += dy[b, *place, c]
    return y, dx


def bilinear_up_sampling(x, size, dy):
    """The output and the gradient of x: each output cell lies between two rows and two columns of input cells."""

    def between(i, by, length):
        centre = min(max((i + 0.5) / by - 0.5, 0), length - 1)
        first = min(int(centre), max(length - 2, 0))
        return [(first, 1 - (centre - first)), (min(first + 1, length - 1), centre - first)]

    y, dx = np.zeros(dy.shape), np.zeros(x.shape)
    for b, i, j, c in grid(dy.shape):
        for row, down in between(i, size[0], x.shape[1]):
            for column, across in between(j, size[1], x.shape[2]):
                y[b, i, j, c] += down * across * x[b, row, column, c]
                dx[b, row, column, c] += down * across * dy[b, i, j, c]
    return y, dx


def merged(kind, parts, shape, dy):
    """The output of a merging layer and the gradient of each array; a side of size 1 stands for every place."""
    y, gradients = np.zeros(shape), [np.zeros(part.shape) for part in parts]
    for place in grid(shape):
        cells = []
        for part in parts:
            own = (place[0], *place[len(shape) - part.ndim + 1 :])
            cells.append(tuple(0 if size == 1 else i for i, size in zip(own, part.shape, strict=True)))
        values = [part[cell] for part, cell in zip(parts, cells, strict=True)]
        chosen = {"Maximum": max, "Minimum": min}.get(kind, max)(values)
        y[place] = {
            "Add": sum(values),
            "Subtract": values[0] - values[-1],
            "Multiply": math.prod(values),
            "Average": sum(values) / len(values),
        }.get(kind, chosen)
        for k, cell in enumerate(cells):
            gradients[k][cell] += dy[place] * {
                "Add": 1,
                "Subtract": 1 - 2 * k,
                "Multiply": math.prod(values[:k] + values[k + 1 :]),
                "Average": 1 / len(values),
            }.get(kind, (values[k] == chosen) / values.count(chosen))
    return y, gradients


def batch_normalization(x, gamma, beta, epsilon, dy):
    """The output in training and the gradients of x, gamma and beta, in closed form (Ioffe and Szegedy 2015).

    x is (rows, channels).
    """
    y, dx, dgamma, dbeta = np.zeros(x.shape), np.zeros(x.shape), np.zeros(gamma.shape), np.zeros(beta.shape)
    rows = len(x)
    for c in range(x.shape[1]):
        mean = sum(x[:, c]) / rows
        deviation = math.sqrt(sum((value - mean) ** 2 for value in x[:, c]) / rows + epsilon)
        x_hat = [(value - mean) / deviation for value in x[:, c]]
        y[:, c] = [gamma[c] * value + beta[c] for value in x_hat]
        dbeta[c] = sum(dy[:, c])
        dgamma[c] = sum(d * value for d, value in zip(dy[:, c], x_hat, strict=True))
        for r in range(rows):
            dx[r, c] = gamma[c] / deviation * (dy[r, c] - dbeta[c] / rows - x_hat[r] * dgamma[c] / rows)
    return y, dx, dgamma, dbeta


# ---- recurrent layers: lists of numbers, one unit of one example at one time


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


def weighted(values, matrix, column):
    """The sum of values times one column of a matrix."""
    return sum(value * matrix[row][column] for row, value in enumerate(values))


def simple_rnn_step(x, states, kernel, recurrent, bias, units):
    (h,) = states
    return ([math.tanh(weighted(x, kernel, u) + weighted(h, recurrent, u) + bias[u]) for u in range(units)],)


def lstm_step(x, states, kernel, recurrent, bias, units):
    h, c = states
    new_h, new_c = [], []
    for u in range(units):
        i, f, cand, o = (
            weighted(x, kernel, gate * units + u) + weighted(h, recurrent, gate * units + u) + bias[gate * units + u]
            for gate in range(4)
        )
        new_c.append(sigmoid(f) * c[u] + sigmoid(i) * math.tanh(cand))
        new_h.append(sigmoid(o) * math.tanh(new_c[u]))
    return new_h, new_c


def gru_step(x, states, kernel, recurrent, bias, units):
    """With a bias of two rows the reset gate comes after the product with the state, with one row before it."""
    (h,), after = states, np.ndim(bias) == 2
    of_x, of_h = bias if after else (bias, np.zeros(3 * units))

    def gate(number, u):
        column = number * units + u
        from_x, from_h = weighted(x, kernel, column) + of_x[column], weighted(h, recurrent, column) + of_h[column]
        return sigmoid(from_x + from_h)

    z, r = ([gate(number, u) for u in range(units)] for number in (0, 1))
    new = []
    for u in range(units):
        column = 2 * units + u
        if after:
            seen = r[u] * (weighted(h, recurrent, column) + of_h[column])
        else:
            seen = weighted([r[k] * h[k] for k in range(units)], recurrent, column)
        candidate = math.tanh(weighted(x, kernel, column) + of_x[column] + seen)
        new.append(z[u] * h[u] + (1 - z[u]) * candidate)
    return (new,)


def recurrent_layer(step, x, states, weights, mask=None, go_backwards=False, zero_output=False):
    """The outputs at all times (batch, time, units), in the order of the loop, and the last states."""
    batch, time, _ = x.shape
    units = states[0].shape[1]
    outputs, last = [], []
    for b in range(batch):
        own, seen = tuple(list(state[b]) for state in states), []
        for t in reversed(range(time)) if go_backwards else range(time):
            counts = mask is None or mask[b][t]
            own = step(x[b, t], own, *weights, units) if counts else own
            seen.append(own[0] if counts or not zero_output else [0.0] * units)
        outputs.append(seen)
        last.append(own)
    return np.array(outputs), [np.array(state) for state in zip(*last, strict=True)]
