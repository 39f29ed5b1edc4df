"""Arrays that slide: windows and their adjoint, their products with a kernel, pads, output lengths. NumPy only.

Arrays are (batch, *spatial, channels) with any number of spatial axes. What is made here has that shape, but keeps
the batch innermost in memory (see `layout`): then a slice of an image is a long run of numbers, wherever it is cut,
and NumPy's operations take as few turns as they can. Operations on single numbers keep the order of their operands.
"""

from nnlab.arrays.later import Later, now
from nnlab.arrays.layout import batch_last, dot, empty, like, total
from nnlab.arrays.lengths import Sizes, extent, output_length, pads, stretch
from nnlab.arrays.memory import keep_what_is_freed
from nnlab.arrays.padding import inside, pad, unpad
from nnlab.arrays.pooling import Unpicked, Winner, argmax, largest, pick
from nnlab.arrays.products import Products, correlate, kernel_gradient
from nnlab.arrays.sliding import cells, fold, windows

keep_what_is_freed()
