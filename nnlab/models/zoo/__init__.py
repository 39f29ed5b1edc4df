"""Networks with a name, built from nnlab's layers, and how to train them on the data that travels with it."""
