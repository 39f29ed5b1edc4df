"""Real data that travels inside the package: nothing is downloaded when a lesson runs.

Each set is a module with Keras's `load_data()`; `DATA_LICENSES.md` says where it comes from and on what
terms.
"""

from nnlab.datasets import mnist
