"""What the layers compute, written as slowly and plainly as it can be: one number at a time, no windows, no folding.

These share nothing with the package. Arrays are (batch, height, width, channels), in float64.
"""

import math

import numpy as np


def sides(length, size, stride, padding, dilation=1):
    """How many places there are along an axis, and at which input cell the first window begins."""
    reach = (size - 1) * dilation + 1
    if padding == "valid":
        return (length - reach) // stride + 1, 0
    places = math.ceil(length / stride)
    return places, -(max((places - 1) * stride + reach - length, 0) // 2)


def places(shape, size, strides, padding, dilation=(1, 1)):
    """For each output place (i, j): the cells (u, v, row, column) of its window that lie inside the input."""
    (_, height, width, _), (rows, columns), (down, right) = shape, size, strides
    across, top = sides(height, rows, down, padding, dilation[0])
    along, left = sides(width, columns, right, padding, dilation[1])
    for i in range(across):
        for j in range(along):
            cells = []
            for u in range(rows):
                for v in range(columns):
                    row, column = top + i * down + u * dilation[0], left + j * right + v * dilation[1]
                    if 0 <= row < height and 0 <= column < width:
                        cells.append((u, v, row, column))
            yield i, j, cells


def output_shape(shape, size, strides, padding, dilation, channels):
    across, _ = sides(shape[1], size[0], strides[0], padding, dilation[0])
    along, _ = sides(shape[2], size[1], strides[1], padding, dilation[1])
    return shape[0], across, along, channels


def conv2d(x, kernel, bias, strides, padding, dilation):
    size, filters = kernel.shape[:2], kernel.shape[3]
    y = np.zeros(output_shape(x.shape, size, strides, padding, dilation, filters))
    for i, j, cells in places(x.shape, size, strides, padding, dilation):
        for b in range(len(x)):
            for f in range(filters):
                total = bias[f]
                for u, v, row, column in cells:
                    for c in range(x.shape[3]):
                        total += x[b, row, column, c] * kernel[u, v, c, f]
                y[b, i, j, f] = total
    return y


def conv2d_gradients(x, kernel, strides, padding, dilation, dy):
    """The gradients of x, kernel and bias."""
    dx, dkernel, dbias = np.zeros(x.shape), np.zeros(kernel.shape), np.zeros(kernel.shape[3])
    for i, j, cells in places(x.shape, kernel.shape[:2], strides, padding, dilation):
        for b in range(len(x)):
            for f in range(kernel.shape[3]):
                dbias[f] += dy[b, i, j, f]
                for u, v, row, column in cells:
                    for c in range(x.shape[3]):
                        dx[b, row, column, c] += dy[b, i, j, f] * kernel[u, v, c, f]
                        dkernel[u, v, c, f] += dy[b, i, j, f] * x[b, row, column, c]
    return dx, dkernel, dbias


def max_pool2d(x, size, strides, padding, dy):
    """The output and the gradient of x; of equal numbers the first, row by row, takes the gradient."""
    y = np.zeros(output_shape(x.shape, size, strides, padding, (1, 1), x.shape[3]))
    dx = np.zeros(x.shape)
    for i, j, cells in places(x.shape, size, strides, padding):
        for b in range(len(x)):
            for c in range(x.shape[3]):
                best = None
                for _, _, row, column in cells:
                    if best is None or x[b, row, column, c] > x[b, best[0], best[1], c]:
                        best = row, column
                y[b, i, j, c] = x[b, best[0], best[1], c]
                dx[b, best[0], best[1], c] += dy[b, i, j, c]
    return y, dx


def average_pool2d(x, size, strides, padding, dy):
    """The output and the gradient of x; the mean is over the cells that exist."""
    y = np.zeros(output_shape(x.shape, size, strides, padding, (1, 1), x.shape[3]))
    dx = np.zeros(x.shape)
    for i, j, cells in places(x.shape, size, strides, padding):
        for b in range(len(x)):
            for c in range(x.shape[3]):
                for _, _, row, column in cells:
                    y[b, i, j, c] += x[b, row, column, c] / len(cells)
                    dx[b, row, column, c] += dy[b, i, j, c] / len(cells)
    return y, dx


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
