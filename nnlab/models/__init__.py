"""Models: layers put together, trained and looked at as one."""

from nnlab.models.configuration import clone_model
from nnlab.models.functional import Functional
from nnlab.models.history import History
from nnlab.models.model import Model
from nnlab.models.sequential import Sequential

__all__ = ["Functional", "History", "Model", "Sequential", "clone_model"]
