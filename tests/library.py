"""nnlab as the tables of models want a library, to stand in the place of Keras: its layers, and the models beside."""

from types import SimpleNamespace

from nnlab import Model, Sequential, layers

LIBRARY = SimpleNamespace(**vars(layers), Model=Model, Sequential=Sequential)
