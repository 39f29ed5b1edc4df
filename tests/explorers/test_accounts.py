"""Every explorer, moved about by its own controls: each account gives the numbers of its grid."""

import random

import numpy as np
import pytest
from explorers.accounts import check_accounts
from explorers.wire import ask

from nnlab import explorers
from nnlab.core.errors import NnlabError


@pytest.mark.parametrize("name", explorers.__all__)
def test_hundreds_of_moves_leave_accounts_that_add_up(name):
    draw, subject, numbers = random.Random(name), getattr(explorers, name)(), 0
    for _ in range(150):
        control = draw.choice(subject.scene.controls)
        subject.change(**{control.name: draw.choice(control.options)})
        editable = [grid for grid in subject.scene.grids if grid.editable]
        if editable and draw.random() < 0.3:
            grid = draw.choice(editable)
            cell, text = draw.randrange(np.size(grid.values)), str(draw.randint(-9, 9))
            assert ask(subject, kind="edit", name=grid.name, cell=cell, text=text) == ""
        numbers += check_accounts(subject.scene)
    assert numbers > 300


@pytest.mark.parametrize("name", explorers.__all__)
def test_every_option_of_a_control_is_accepted(name):
    subject = getattr(explorers, name)()
    refused = []
    for control in subject.scene.controls:
        for value in control.options:
            try:
                subject.change(**{control.name: value})
                subject.undo()
            except NnlabError as error:
                refused.append(str(error))
    assert not refused
