"""Callbacks: your own code at the turning points of training."""

from nnlab.callbacks.callback import (
    HOOKS,
    LARGER_IS_BETTER,
    Callback,
    CSVLogger,
    EarlyStopping,
    LambdaCallback,
    LearningRateScheduler,
    Logs,
)
from nnlab.callbacks.checkpoint import ModelCheckpoint
