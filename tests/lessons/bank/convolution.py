"""Right and wrong answers to lesson 03, each with the mark that it must get: bodies of the functions asked for.

`right` is written differently from the notebook's solution and earns everything; `wrong` is what students and
textbooks get wrong, each with its exact points; `equivalent` names the automatic mutants of the solution that
compute the same thing, with the reason.
"""

from typing import NamedTuple


class Bank(NamedTuple):
    right: dict[str, str]
    wrong: dict[str, tuple[int, str]]
    equivalent: dict[str, str]


RESPONSE = Bank(
    right={
        "a loop": """
            total = bias
            for u in range(window.shape[0]):
                for v in range(window.shape[1]):
                    total += window[u, v] * kernel[u, v]
            return total""",
        "einsum": 'return np.einsum("uv,uv->", window, kernel) + bias',
        "vdot": "return np.vdot(kernel, window) + bias",
        "a Python float": "return float(np.sum(np.multiply(window, kernel))) + bias",
    },
    wrong={
        "bias forgotten": (0, "return (window * kernel).sum()"),
        "bias in every cell": (0, "return (window * kernel + bias).sum()"),
        "bias subtracted": (0, "return (window * kernel).sum() - bias"),
        "matrix product": (0, "return (window @ kernel.T).sum() + bias"),
        "flipped kernel": (0, "return (window * kernel[::-1, ::-1]).sum() + bias"),
        "flipped rows": (0, "return (window * kernel[::-1]).sum() + bias"),
        "mean": (0, "return (window * kernel).mean() + bias"),
        "maximum": (0, "return (window * kernel).max() + bias"),
        "not summed": (0, "return window * kernel + bias"),
        "one axis summed": (0, "return (window * kernel).sum(axis=0) + bias"),
        "a list": (0, "return [(window * kernel).sum() + bias]"),
        "text": (0, "return str((window * kernel).sum() + bias)"),
        "rounded": (1, "return round(float((window * kernel).sum() + bias))"),
        "square windows only": (
            1,
            """
            total = bias
            for u in range(3):
                for v in range(3):
                    total += window[u, v] * kernel[u, v]
            return total""",
        ),
        "window changed in place": (
            0,
            """
            window *= kernel
            return window.sum() + bias""",
        ),
        "nothing returned": (0, "(window * kernel).sum() + bias"),
    },
    equivalent={},
)

OUTPUT_SIZE = Bank(
    right={
        "counted": "return len(range(0, size - kernel + 1, stride))",
        "rounded down": "return int(np.floor((size - kernel) / stride)) + 1",
        "rounded up": "return -((kernel - size - 1) // stride)",
        "a loop": """
            places, start = 0, 0
            while start + kernel <= size:
                places, start = places + 1, start + stride
            return places""",
    },
    wrong={
        "one place forgotten": (0, "return (size - kernel) // stride"),
        "stride ignored": (1, "return size - kernel + 1"),
        "same for valid": (0, "return -(-size // stride)"),
        "the filter's own size": (0, "return kernel"),
        "one added before dividing": (1, "return (size - kernel + 1) // stride"),
        "rounded up": (2, "return -(-(size - kernel) // stride) + 1"),
        "documents' pooling formula": (1, "return round((size - kernel + 1) / stride)"),
        "a float": (0, "return (size - kernel) / stride + 1"),
        "stride squared": (1, "return (size - kernel) // stride**2 + 1"),
        "size and kernel swapped": (0, "return (kernel - size) // stride + 1"),
        "one too many": (0, "return (size - kernel) // stride + 2"),
        "a list": (0, "return [(size - kernel) // stride + 1]"),
        "kernel forgotten": (0, "return size // stride + 1"),
        "even kernels rounded": (1, "return (size - kernel // 2 * 2 - 1) // stride + 1"),
    },
    equivalent={},
)

PADDING_AMOUNTS = Bank(
    right={
        "np.ceil": """
            needed = (int(np.ceil(size / stride)) - 1) * stride + kernel
            total = max(needed - size, 0)
            return (total // 2, total - total // 2)""",
        "by the remainder": """
            total = max(kernel - (size % stride or stride), 0)
            return total // 2, (total + 1) // 2""",
        "a list": """
            total = 0
            while (size + total - kernel) // stride + 1 < (size + stride - 1) // stride:
                total += 1
            return [total // 2, -(-total // 2)]""",
    },
    wrong={
        "half the kernel": (1, "return kernel // 2, kernel // 2"),
        "half the kernel each way": (2, "return (kernel - 1) // 2, kernel // 2"),
        "the odd one before": (
            1,
            """
            total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
            return total - total // 2, total // 2""",
        ),
        "negative amounts": (
            2,
            """
            total = (-(-size // stride) - 1) * stride + kernel - size
            return total // 2, total - total // 2""",
        ),
        "only the total": (0, "return max((-(-size // stride) - 1) * stride + kernel - size, 0)"),
        "total on each side": (
            0,
            """
            total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
            return total, total""",
        ),
        "none, as valid": (0, "return 0, 0"),
        "full padding": (0, "return kernel - 1, kernel - 1"),
        "places rounded down": (
            2,
            """
            total = max((size // stride - 1) * stride + kernel - size, 0)
            return total // 2, total - total // 2""",
        ),
        "stride ignored": (
            2,
            """
            total = kernel - 1
            return total // 2, total - total // 2""",
        ),
        "floats": (
            0,
            """
            total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
            return total / 2, total / 2""",
        ),
        "the odd one dropped": (
            1,
            """
            total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
            return total // 2, total // 2""",
        ),
        "as many places as cells": (
            2,
            """
            total = (size - 1) * stride + kernel - size
            return total // 2, total - total // 2""",
        ),
    },
    equivalent={},
)

PADDED = Bank(
    right={
        "np.pad": "return np.pad(x, ((0, 0), rows, columns, (0, 0)))",
        "a cell at a time": """
            batch, height, width, channels = x.shape
            result = np.zeros((batch, height + sum(rows), width + sum(columns), channels))
            for i in range(height):
                for j in range(width):
                    result[:, i + rows[0], j + columns[0]] = x[:, i, j]
            return result""",
        "stacked": """
            batch, height, width, channels = x.shape
            above, below = (np.zeros((batch, n, width, channels), x.dtype) for n in rows)
            x = np.concatenate([above, x, below], axis=1)
            left, right = (np.zeros((batch, x.shape[1], n, channels), x.dtype) for n in columns)
            return np.concatenate([left, x, right], axis=2)""",
    },
    wrong={
        "rows and columns swapped": (1, "return np.pad(x, ((0, 0), columns, rows, (0, 0)))"),
        "before and after swapped": (1, "return np.pad(x, ((0, 0), rows[::-1], columns[::-1], (0, 0)))"),
        "rows only": (0, "return np.pad(x, ((0, 0), rows, (0, 0), (0, 0)))"),
        "channels padded": (0, "return np.pad(x, ((0, 0), rows, columns, columns))"),
        "batch and rows padded": (0, "return np.pad(x, (rows, columns, (0, 0), (0, 0)))"),
        "edge repeated": (0, 'return np.pad(x, ((0, 0), rows, columns, (0, 0)), mode="edge")'),
        "reflected": (0, 'return np.pad(x, ((0, 0), rows, columns, (0, 0)), mode="wrap")'),
        "ones around": (0, "return np.pad(x, ((0, 0), rows, columns, (0, 0)), constant_values=1)"),
        "first amount on both sides": (1, "return np.pad(x, ((0, 0), (rows[0],) * 2, (columns[0],) * 2, (0, 0)))"),
        "rows' amounts for columns": (1, "return np.pad(x, ((0, 0), rows, rows, (0, 0)))"),
        "minus end": (
            1,
            """
            batch, height, width, channels = x.shape
            result = np.zeros((batch, height + sum(rows), width + sum(columns), channels))
            result[:, rows[0]:-rows[1], columns[0]:-columns[1]] = x
            return result""",
        ),
        "not padded": (0, "return x"),
        "a list": (0, "return np.pad(x, ((0, 0), rows, columns, (0, 0))).tolist()"),
        "whole numbers": (0, "return np.pad(x, ((0, 0), rows, columns, (0, 0))).astype(int)"),
        "input emptied": (
            0,
            """
            result = np.pad(x, ((0, 0), rows, columns, (0, 0)))
            x[...] = 0
            return result""",
        ),
        "first picture only": (0, "return np.pad(x[:1], ((0, 0), rows, columns, (0, 0)))"),
    },
    equivalent={
        "line 7: `(:, above:above + height, left:left + width, :)` without its last": (
            "a full slice at the end may be left out"
        ),
    },
)

WINDOWS_START = """
            (k, l), (s, t) = kernel_size, strides
            batch, height, width, channels = padded.shape
            rows, columns = (height - k) // s + 1, (width - l) // t + 1
            result = np.zeros((batch, rows, columns, k, l, channels))"""

WINDOWS = Bank(
    right={
        "sliding_window_view": """
            views = np.lib.stride_tricks.sliding_window_view(padded, kernel_size, axis=(1, 2))
            return views[:, ::strides[0], ::strides[1]].transpose(0, 1, 2, 4, 5, 3)""",
        "a filter cell at a time": WINDOWS_START
        + """
            for u in range(k):
                for v in range(l):
                    result[:, :, :, u, v] = padded[:, u:u + rows * s:s, v:v + columns * t:t][:, :rows, :columns]
            return result""",
        "stacked": """
            (k, l), (s, t) = kernel_size, strides
            height, width = padded.shape[1:3]
            return np.stack([
                np.stack([padded[:, r:r + k, c:c + l] for c in range(0, width - l + 1, t)], axis=1)
                for r in range(0, height - k + 1, s)
            ], axis=1)""",
        "indices": """
            (k, l), (s, t) = kernel_size, strides
            rows = np.arange(0, padded.shape[1] - k + 1, s)[:, None] + np.arange(k)
            columns = np.arange(0, padded.shape[2] - l + 1, t)[:, None] + np.arange(l)
            return padded[:, rows[:, None, :, None], columns[None, :, None, :]]""",
    },
    wrong={
        "stride ignored": (
            2,
            """
            views = np.lib.stride_tricks.sliding_window_view(padded, kernel_size, axis=(1, 2))
            return views.transpose(0, 1, 2, 4, 5, 3)""",
        ),
        "strides swapped": (
            2,
            """
            views = np.lib.stride_tricks.sliding_window_view(padded, kernel_size, axis=(1, 2))
            return views[:, ::strides[1], ::strides[0]].transpose(0, 1, 2, 4, 5, 3)""",
        ),
        "one stride for both": (
            2,
            """
            views = np.lib.stride_tricks.sliding_window_view(padded, kernel_size, axis=(1, 2))
            return views[:, ::strides[0], ::strides[0]].transpose(0, 1, 2, 4, 5, 3)""",
        ),
        "kernel sides swapped": (
            1,
            """
            views = np.lib.stride_tricks.sliding_window_view(padded, kernel_size[::-1], axis=(1, 2))
            return views[:, ::strides[0], ::strides[1]].transpose(0, 1, 2, 4, 5, 3)""",
        ),
        "u and v swapped": (
            0,
            """
            views = np.lib.stride_tricks.sliding_window_view(padded, kernel_size, axis=(1, 2))
            return views[:, ::strides[0], ::strides[1]].transpose(0, 1, 2, 5, 4, 3)""",
        ),
        "i and j swapped": (
            0,
            """
            views = np.lib.stride_tricks.sliding_window_view(padded, kernel_size, axis=(1, 2))
            return views[:, ::strides[0], ::strides[1]].transpose(0, 2, 1, 4, 5, 3)""",
        ),
        "channels first": (
            0,
            """
            views = np.lib.stride_tricks.sliding_window_view(padded, kernel_size, axis=(1, 2))
            return views[:, ::strides[0], ::strides[1]]""",
        ),
        "last place forgotten": (
            0,
            """
            views = np.lib.stride_tricks.sliding_window_view(padded, kernel_size, axis=(1, 2))
            return views[:, :-1:strides[0], :-1:strides[1]].transpose(0, 1, 2, 4, 5, 3)""",
        ),
        "first channel only": (
            1,
            """
            views = np.lib.stride_tricks.sliding_window_view(padded[..., :1], kernel_size, axis=(1, 2))
            return views[:, ::strides[0], ::strides[1]].transpose(0, 1, 2, 4, 5, 3)""",
        ),
        "flipped": (
            0,
            """
            views = np.lib.stride_tricks.sliding_window_view(padded, kernel_size, axis=(1, 2))
            return views[:, ::strides[0], ::strides[1], :, ::-1, ::-1].transpose(0, 1, 2, 4, 5, 3)""",
        ),
        "places without the stride": (
            2,
            WINDOWS_START
            + """
            for i in range(rows):
                for j in range(columns):
                    result[:, i, j] = padded[:, i:i + k, j:j + l]
            return result""",
        ),
        "square filters only": (
            1,
            """
            k = kernel_size[0]
            views = np.lib.stride_tricks.sliding_window_view(padded, (k, k), axis=(1, 2))
            return views[:, ::strides[0], ::strides[1]].transpose(0, 1, 2, 4, 5, 3)""",
        ),
        "a list": (
            0,
            WINDOWS_START
            + """
            for i in range(rows):
                for j in range(columns):
                    result[:, i, j] = padded[:, i * s:i * s + k, j * t:j * t + l]
            return result.tolist()""",
        ),
        "laid out as rows": (
            0,
            """
            views = np.lib.stride_tricks.sliding_window_view(padded, kernel_size, axis=(1, 2))
            views = views[:, ::strides[0], ::strides[1]].transpose(0, 1, 2, 4, 5, 3)
            return views.reshape(*views.shape[:3], -1)""",
        ),
    },
    equivalent={
        "line 7: zeros as ones": "every cell is overwritten",
    },
)

Z_RIGHT = {
    "one filter at a time": """
            maps = []
            for f in range(kernel.shape[-1]):
                maps.append((windows * kernel[..., f]).sum(axis=(3, 4, 5)) + bias[f])
            return np.stack(maps, axis=-1)""",
}
Z_WRONG = {
    "bias forgotten": (0, "return np.einsum('bijuvc,uvcf->bijf', windows, kernel)"),
    "bias subtracted": (0, "return np.einsum('bijuvc,uvcf->bijf', windows, kernel) - bias"),
    "first bias for all": (0, "return np.einsum('bijuvc,uvcf->bijf', windows, kernel) + bias[0]"),
    "bias summed": (0, "return np.einsum('bijuvc,uvcf->bijf', windows, kernel) + bias.sum()"),
    "bias in every product": (
        0,
        "return np.einsum('bijuvc,uvcf->bijf', windows, kernel) + bias * kernel[..., 0].size",
    ),
    "flipped kernel": (0, "return np.einsum('bijuvc,uvcf->bijf', windows, kernel[::-1, ::-1]) + bias"),
    "kernel flipped left to right": (0, "return np.einsum('bijuvc,uvcf->bijf', windows, kernel[:, ::-1]) + bias"),
    "first channel only": (
        1,
        "return np.einsum('bijuv,uvf->bijf', windows[..., 0], kernel[..., 0, :]) + bias",
    ),
    "channels averaged": (
        1,
        "return np.einsum('bijuvc,uvcf->bijf', windows, kernel) / windows.shape[-1] + bias",
    ),
    "mean for sum": (
        0,
        "return np.einsum('bijuvc,uvcf->bijf', windows, kernel) / windows[0, 0, 0].size + bias",
    ),
    "channels mixed": (
        1,
        "return np.einsum('bijuv,uvf->bijf', windows.sum(-1), kernel.sum(2)) + bias",
    ),
    "rows and columns swapped": (0, "return np.einsum('bijuvc,uvcf->bjif', windows, kernel) + bias"),
    "filters first": (
        0,
        "return np.einsum('bijuvc,uvcf->fbij', windows, kernel) + bias[:, None, None, None]",
    ),
    "whole numbers": (0, "return (np.einsum('bijuvc,uvcf->bijf', windows, kernel) + bias).astype(int)"),
    "relu on top": (0, "return np.maximum(np.einsum('bijuvc,uvcf->bijf', windows, kernel) + bias, 0)"),
    "a list": (0, "return (np.einsum('bijuvc,uvcf->bijf', windows, kernel) + bias).tolist()"),
    "kernel changed in place": (
        0,
        """
            result = np.einsum('bijuvc,uvcf->bijf', windows, kernel) + bias
            kernel *= 0
            return result""",
    ),
    "first picture only": (
        1,
        """
            result = np.zeros((*windows.shape[:3], kernel.shape[-1])) + bias
            result[0] = np.einsum('ijuvc,uvcf->ijf', windows[0], kernel) + bias
            return result""",
    ),
}

Z_LOOPS = Bank(
    right={
        **Z_RIGHT,
        "seven loops": """
            result = np.zeros((*windows.shape[:3], kernel.shape[-1])) + bias
            for b, i, j, u, v, c in np.ndindex(*windows.shape):
                for f in range(kernel.shape[-1]):
                    result[b, i, j, f] += windows[b, i, j, u, v, c] * kernel[u, v, c, f]
            return result""",
        "no loop at all": "return np.tensordot(windows, kernel, 3) + bias",
        "a matrix product": """
            rows = windows.reshape(-1, kernel[..., 0].size)
            return (rows @ kernel.reshape(rows.shape[1], -1) + bias).reshape(*windows.shape[:3], -1)""",
    },
    wrong=Z_WRONG,
    equivalent={
        "line 5: zeros as ones": "every cell is overwritten",
    },
)

Z = Bank(
    right={
        "tensordot": "return np.tensordot(windows, kernel, 3) + bias",
        "a matrix product": """
            rows = windows.reshape(-1, kernel[..., 0].size)
            return (rows @ kernel.reshape(rows.shape[1], -1) + bias).reshape(*windows.shape[:3], -1)""",
        "broadcast": "return (windows[..., None] * kernel).sum(axis=(3, 4, 5)) + bias",
        "in float64": """
            product = np.tensordot(windows.astype(float), kernel, axes=[(3, 4, 5), (0, 1, 2)])
            product += bias
            return product""",
    },
    wrong={
        **Z_WRONG,
        "right, but with a loop": (2, Z_RIGHT["one filter at a time"]),
        "right, with a hidden loop": (
            2,
            "return np.stack([(windows * k).sum((3, 4, 5)) for k in np.moveaxis(kernel, -1, 0)], -1) + bias",
        ),
        "the layer itself": (
            0,
            """
            from nnlab import layers
            layer = layers.Conv2D(kernel.shape[-1], kernel.shape[:2])
            return np.einsum('bijuvc,uvcf->bijf', windows, kernel) + bias""",
        ),
    },
    equivalent={},
)

COUNT_PARAMETERS = Bank(
    right={
        "one bracket": "return (kernel_size[0] * kernel_size[1] * channels + use_bias) * filters",
        "np.prod": "return int(np.prod(kernel_size)) * channels * filters + filters * bool(use_bias)",
        "counted": """
            kernel = np.zeros((*kernel_size, channels, filters))
            return kernel.size + (filters if use_bias else 0)""",
    },
    wrong={
        "bias forgotten": (1, "return kernel_size[0] * kernel_size[1] * channels * filters"),
        "bias always": (1, "return kernel_size[0] * kernel_size[1] * channels * filters + filters"),
        "bias counted twice": (
            1,
            "return (kernel_size[0] * kernel_size[1] * channels + use_bias) * filters + filters * use_bias",
        ),
        "one bias in all": (1, "return kernel_size[0] * kernel_size[1] * channels * filters + int(use_bias)"),
        "a bias a channel": (1, "return kernel_size[0] * kernel_size[1] * channels * filters + channels * use_bias"),
        "channels forgotten": (0, "return (kernel_size[0] * kernel_size[1] + use_bias) * filters"),
        "filters forgotten": (0, "return kernel_size[0] * kernel_size[1] * channels + use_bias"),
        "square of the first side": (0, "return (kernel_size[0] ** 2 * channels + use_bias) * filters"),
        "sides added": (0, "return ((kernel_size[0] + kernel_size[1]) * channels + use_bias) * filters"),
        "separable": (0, "return kernel_size[0] * kernel_size[1] * channels + channels * filters + use_bias * filters"),
        "a float": (0, "return float((kernel_size[0] * kernel_size[1] * channels + use_bias) * filters)"),
        "a list": (0, "return [(kernel_size[0] * kernel_size[1] * channels + use_bias) * filters]"),
    },
    equivalent={},
)

GRAD_BIAS = Bank(
    right={
        "one axis after the other": "return grad_z.sum(0).sum(0).sum(0)",
        "einsum": 'return np.einsum("bijf->f", grad_z)',
        "rows of filters": "return grad_z.reshape(-1, grad_z.shape[-1]).sum(axis=0)",
        "a loop": """
            total = np.zeros(grad_z.shape[-1])
            for picture in grad_z:
                for row in picture:
                    for place in row:
                        total = total + place
            return total""",
    },
    wrong={
        "mean over everything": (0, "return grad_z.mean(axis=(0, 1, 2))"),
        "mean over the batch": (1, "return grad_z.sum(axis=(1, 2)).mean(axis=0)"),
        "not summed over the batch": (0, "return grad_z.sum(axis=(1, 2))"),
        "one number": (0, "return np.array([grad_z.sum()])"),
        "filters summed": (0, "return grad_z.sum(axis=(1, 2, 3))"),
        "axes kept": (0, "return grad_z.sum(axis=(0, 1, 2), keepdims=True)"),
        "sign": (0, "return -grad_z.sum(axis=(0, 1, 2))"),
        "not summed at all": (0, "return grad_z"),
        "ones": (0, "return np.full(grad_z.shape[-1], grad_z[..., 0].size, float)"),
        "first picture": (1, "return grad_z[0].sum(axis=(0, 1))"),
        "a list": (0, "return grad_z.sum(axis=(0, 1, 2)).tolist()"),
        "absolute values": (0, "return np.abs(grad_z).sum(axis=(0, 1, 2))"),
        "input changed in place": (
            0,
            """
            result = grad_z.sum(axis=(0, 1, 2))
            grad_z -= 1
            return result""",
        ),
    },
    equivalent={
        "line 4: `(0, 1, 2)` in reverse": "the order of summed axes does not matter",
    },
)

GRAD_KERNEL = Bank(
    right={
        "tensordot": "return np.tensordot(windows, grad_z, axes=[(0, 1, 2), (0, 1, 2)])",
        "a matrix product": """
            rows = windows.reshape(-1, windows[0, 0, 0].size)
            filters = grad_z.shape[-1]
            return (rows.T @ grad_z.reshape(-1, filters)).reshape(*windows.shape[3:], filters)""",
        "place by place": """
            total = np.zeros((*windows.shape[3:], grad_z.shape[-1]))
            for b, i, j in np.ndindex(*grad_z.shape[:3]):
                total += windows[b, i, j][..., None] * grad_z[b, i, j]
            return total""",
        "broadcast": "return (windows[..., None] * grad_z[:, :, :, None, None, None]).sum((0, 1, 2))",
    },
    wrong={
        "mean over the batch": (2, "return np.einsum('bijuvc,bijf->uvcf', windows, grad_z) / len(windows)"),
        "mean over all places": (0, "return np.einsum('bijuvc,bijf->uvcf', windows, grad_z) / grad_z[..., 0].size"),
        "not summed over the batch": (0, "return np.einsum('bijuvc,bijf->buvcf', windows, grad_z)"),
        "first picture only": (2, "return np.einsum('ijuvc,ijf->uvcf', windows[0], grad_z[0])"),
        "gradient of z ignored": (
            0,
            "return np.repeat(windows.sum((0, 1, 2))[..., None], grad_z.shape[-1], axis=-1)",
        ),
        "window and gradient summed apart": (
            0,
            "return windows.sum((0, 1, 2))[..., None] * grad_z.sum((0, 1, 2))",
        ),
        "flipped": (0, "return np.einsum('bijuvc,bijf->uvcf', windows, grad_z)[::-1, ::-1]"),
        "u and v swapped": (0, "return np.einsum('bijuvc,bijf->vucf', windows, grad_z)"),
        "channels and filters swapped": (1, "return np.einsum('bijuvc,bijf->uvfc', windows, grad_z)"),
        "channels summed": (
            1,
            """
            total = np.einsum('bijuvc,bijf->uvf', windows, grad_z)
            return np.repeat(total[:, :, None], windows.shape[-1], axis=2)""",
        ),
        "filters summed": (
            1,
            """
            total = np.einsum('bijuvc,bijf->uvc', windows, grad_z)
            return np.repeat(total[..., None], grad_z.shape[-1], axis=-1)""",
        ),
        "sign": (0, "return -np.einsum('bijuvc,bijf->uvcf', windows, grad_z)"),
        "i and j swapped": (0, "return np.einsum('bijuvc,bjif->uvcf', windows, grad_z)"),
        "a list": (0, "return np.einsum('bijuvc,bijf->uvcf', windows, grad_z).tolist()"),
        "windows changed in place": (
            0,
            """
            result = np.einsum('bijuvc,bijf->uvcf', windows, grad_z)
            windows += 1
            return result""",
        ),
    },
    equivalent={},
)

GRAD_WINDOWS = Bank(
    right={
        "tensordot": "return np.tensordot(grad_z, kernel, axes=(-1, -1))",
        "matmul": """
            flat = kernel.reshape(-1, kernel.shape[-1])
            return (grad_z @ flat.T).reshape(*grad_z.shape[:3], *kernel.shape[:3])""",
        "filter by filter": """
            total = 0
            for f in range(kernel.shape[-1]):
                total = total + grad_z[..., f, None, None, None] * kernel[..., f]
            return total""",
        "broadcast": "return (grad_z[:, :, :, None, None, None] * kernel).sum(-1)",
    },
    wrong={
        "flipped kernel": (0, "return np.einsum('bijf,uvcf->bijuvc', grad_z, kernel[::-1, ::-1])"),
        "first filter only": (1, "return np.einsum('bij,uvc->bijuvc', grad_z[..., 0], kernel[..., 0])"),
        "mean over filters": (1, "return np.einsum('bijf,uvcf->bijuvc', grad_z, kernel) / kernel.shape[-1]"),
        "filters not summed": (0, "return np.einsum('bijf,uvcf->bijuvcf', grad_z, kernel)"),
        "summed apart": (1, "return np.einsum('bij,uvc->bijuvc', grad_z.sum(-1), kernel.sum(-1))"),
        "u and v swapped": (0, "return np.einsum('bijf,vucf->bijuvc', grad_z, kernel)"),
        "i and j swapped": (0, "return np.einsum('bijf,uvcf->bjiuvc', grad_z, kernel)"),
        "channels first": (0, "return np.einsum('bijf,uvcf->bijcuv', grad_z, kernel)"),
        "channels summed": (
            0,
            """
            total = np.einsum('bijf,uvcf->bijuv', grad_z, kernel)
            return np.repeat(total[..., None], kernel.shape[2], axis=-1)""",
        ),
        "sign": (0, "return -np.einsum('bijf,uvcf->bijuvc', grad_z, kernel)"),
        "kernel ignored": (
            0,
            """
            total = grad_z.sum(-1)[..., None, None, None]
            return total * np.ones(kernel.shape[:3])""",
        ),
        "gradient ignored": (
            0,
            "return np.broadcast_to(kernel.sum(-1), (*grad_z.shape[:3], *kernel.shape[:3])).copy()",
        ),
        "a list": (0, "return np.einsum('bijf,uvcf->bijuvc', grad_z, kernel).tolist()"),
        "kernel changed in place": (
            0,
            """
            kernel *= 2
            return np.einsum('bijf,uvcf->bijuvc', grad_z, kernel) / 2""",
        ),
    },
    equivalent={},
)

GRAD_PADDED_START = """
            total = np.zeros(shape, grad_windows.dtype)
            b, rows, columns, k, l, c = grad_windows.shape
            s, t = strides"""

GRAD_PADDED = Bank(
    right={
        "a filter cell at a time": GRAD_PADDED_START
        + """
            for u in range(k):
                for v in range(l):
                    total[:, u:u + s * rows:s, v:v + t * columns:t][:, :rows, :columns] += grad_windows[:, :, :, u, v]
            return total""",
        "add.at": GRAD_PADDED_START
        + """
            i = np.arange(rows)[:, None, None, None] * s + np.arange(k)[:, None]
            j = np.arange(columns)[:, None, None] * t + np.arange(l)
            np.add.at(total, (slice(None), i, j), grad_windows)
            return total""",
        "a number at a time": GRAD_PADDED_START
        + """
            for i in range(rows):
                for j in range(columns):
                    for u in range(k):
                        for v in range(l):
                            total[:, i * s + u, j * t + v] += grad_windows[:, i, j, u, v]
            return total""",
    },
    wrong={
        "overwritten, not added": (
            1,
            GRAD_PADDED_START
            + """
            for i in range(rows):
                for j in range(columns):
                    total[:, i * s:i * s + k, j * t:j * t + l] = grad_windows[:, i, j]
            return total""",
        ),
        "averaged where windows overlap": (
            0,
            GRAD_PADDED_START
            + """
            count = np.zeros(shape)
            for i in range(rows):
                for j in range(columns):
                    total[:, i * s:i * s + k, j * t:j * t + l] += grad_windows[:, i, j]
                    count[:, i * s:i * s + k, j * t:j * t + l] += 1
            return total / np.maximum(count, 1) * (count > 1)""",
        ),
        "mean where windows overlap": (
            1,
            GRAD_PADDED_START
            + """
            count = np.zeros(shape)
            for i in range(rows):
                for j in range(columns):
                    total[:, i * s:i * s + k, j * t:j * t + l] += grad_windows[:, i, j]
                    count[:, i * s:i * s + k, j * t:j * t + l] += 1
            return total / np.maximum(count, 1)""",
        ),
        "stride ignored": (
            1,
            GRAD_PADDED_START
            + """
            for i in range(rows):
                for j in range(columns):
                    total[:, i:i + k, j:j + l] += grad_windows[:, i, j]
            return total""",
        ),
        "strides swapped": (
            1,
            GRAD_PADDED_START
            + """
            for i in range(rows):
                for j in range(columns):
                    total[:, i * t:i * t + k, j * s:j * s + l] += grad_windows[:, i, j]
            return total""",
        ),
        "first picture only": (
            1,
            GRAD_PADDED_START
            + """
            for i in range(rows):
                for j in range(columns):
                    total[0, i * s:i * s + k, j * t:j * t + l] += grad_windows[0, i, j]
            return total""",
        ),
        "last place forgotten": (
            0,
            GRAD_PADDED_START
            + """
            for i in range(rows - 1):
                for j in range(columns - 1):
                    total[:, i * s:i * s + k, j * t:j * t + l] += grad_windows[:, i, j]
            return total""",
        ),
        "flipped windows": (
            0,
            GRAD_PADDED_START
            + """
            for i in range(rows):
                for j in range(columns):
                    total[:, i * s:i * s + k, j * t:j * t + l] += grad_windows[:, i, j, ::-1, ::-1]
            return total""",
        ),
        "without the rows that no window saw": (
            2,
            GRAD_PADDED_START
            + """
            for i in range(rows):
                for j in range(columns):
                    total[:, i * s:i * s + k, j * t:j * t + l] += grad_windows[:, i, j]
            return total[:, :(rows - 1) * s + k, :(columns - 1) * t + l]""",
        ),
        "starts from ones": (
            0,
            GRAD_PADDED_START
            + """
            total += 1
            for i in range(rows):
                for j in range(columns):
                    total[:, i * s:i * s + k, j * t:j * t + l] += grad_windows[:, i, j]
            return total""",
        ),
        "channels summed": (
            1,
            GRAD_PADDED_START
            + """
            for i in range(rows):
                for j in range(columns):
                    total[:, i * s:i * s + k, j * t:j * t + l] += grad_windows[:, i, j].sum(-1, keepdims=True)
            return total""",
        ),
        "one window": (0, "return grad_windows.sum((1, 2))"),
        "zeros": (0, "return np.zeros(shape)"),
        "a list": (
            0,
            GRAD_PADDED_START
            + """
            for i in range(rows):
                for j in range(columns):
                    total[:, i * s:i * s + k, j * t:j * t + l] += grad_windows[:, i, j]
            return total.tolist()""",
        ),
        "gradient changed in place": (
            0,
            GRAD_PADDED_START
            + """
            for i in range(rows):
                for j in range(columns):
                    total[:, i * s:i * s + k, j * t:j * t + l] += grad_windows[:, i, j]
                    grad_windows[:, i, j] = 0
            return total""",
        ),
    },
    equivalent={},
)

BANKS = {
    "response": RESPONSE,
    "output_size": OUTPUT_SIZE,
    "padding_amounts": PADDING_AMOUNTS,
    "padded": PADDED,
    "windows": WINDOWS,
    "z_loops": Z_LOOPS,
    "z": Z,
    "count_parameters": COUNT_PARAMETERS,
    "grad_bias": GRAD_BIAS,
    "grad_kernel": GRAD_KERNEL,
    "grad_windows": GRAD_WINDOWS,
    "grad_padded": GRAD_PADDED,
}
