"""How the operations of NumPy are differentiated: a table of rules, one function for each operation.

A rule takes the value y of the operation, the gradient g that has arrived at it, and the operation's own arguments;
it returns the gradient of each of its leading arguments, None where there is none. The arguments a rule names are
those that may be used: what is not among them is refused before anything is computed.
"""

from nnlab.core.gradients import elementwise, linear_algebra, products, rearranging, reductions, selecting
from nnlab.core.gradients.rules import CONSTANT, RULES, astype, index
from nnlab.core.gradients.selecting import SEVERAL

__all__ = ["CONSTANT", "RULES", "SEVERAL", "astype", "index"]
