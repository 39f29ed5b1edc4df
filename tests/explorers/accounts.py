"""One check for the accounts of any explorer: what they say, reckoned by hand, is what stands in their grids."""

from decimal import Decimal

import numpy as np

from nnlab.widgets.accounts import Terms


def check_accounts(scene):
    """Every cell of every grid that has an account; returns how many cells and terms were reckoned."""
    numbers = 0
    for name, account in scene.accounts.items():
        values = np.ravel(scene.grid(name).values).astype(float)
        check_links(scene, name, account, values.size)
        reckoned = reckon_terms if isinstance(account, Terms) else reckon_equation
        expected = reckoned(scene, name, account)
        close = np.isclose(values, expected, rtol=1e-4, atol=1e-4, equal_nan=True)
        assert close.all(), f"{name}: {values[~close][:3]} is not {expected[~close][:3]}"
        numbers += values.size + (np.size(account.values) if isinstance(account, Terms) else 0)
    return numbers


def check_links(scene, name, account, cells):
    """Each link leads from a cell that there is to a cell that there is, or nowhere."""
    for other, table in account.links.items():
        size = np.size(scene.grid(other).values)
        assert len(table) == cells, f"{name}: {other} has links for {len(table)} of {cells} cells"
        assert np.max(table, initial=-1) < size, f"{name}: a link leads out of {other}"
        assert np.min(table, initial=0) >= -1


def reckon_terms(scene, name, account):
    """Sum, mean or maximum of the terms, and each term from its factors."""
    terms = np.array(account.values, float)
    assert terms.shape[1] in (0, int(np.prod(account.layout))), f"{name}: the layout has no room for the terms"
    assert not account.groups or account.layout[0] == len(account.groups)
    if account.factors:
        product, used = np.ones(terms.shape), np.zeros(terms.shape, bool)
        for factor in account.factors:
            table = np.broadcast_to(account.links[factor], terms.shape)
            numbers = np.ravel(scene.grid(factor).values).astype(float)
            product = np.where(table >= 0, product * numbers[table], product)
            used |= table >= 0
        assert np.array_equal(used, ~np.isnan(terms)), f"{name}: a term without factors, or factors without a term"
        assert np.allclose(product[used], terms[used], rtol=1e-4, atol=1e-4), f"{name}: a term is not its product"
    if account.operation == "max":
        total = np.nanmax(terms, 1)
    elif account.operation == "mean":
        count = account.count if account.count is not None else (~np.isnan(terms)).sum(1)
        total = np.nansum(terms, 1) / np.ravel(count)
    else:
        total = np.nansum(terms, 1)
    for addend in account.addends:
        numbers = np.ravel(scene.grid(addend).values).astype(float)
        total = total + (numbers[np.ravel(account.links[addend])] if addend in account.links else numbers[0])
    return total


def reckon_equation(scene, name, account):
    """The line, with the numbers of the linked cells; where each cell has a line of its own, sums of whole products."""
    if not isinstance(account.template, str):
        return np.array([eval(template.replace("·", "*")) for template in account.template], float)
    columns = [np.ravel(scene.grid(other).values)[np.ravel(cells)] for other, cells in account.links.items()]
    rows = zip(*columns, strict=True) if columns else [()] * np.size(scene.grid(name).values)
    return np.array([float(account.check(*map(Decimal, map(float, row)))) for row in rows])


def check_text(scene):
    """The description names every part that is drawn, and says every note."""
    for part in scene.parts:
        assert f"{part.title}" in scene.text, f"the text says nothing about {part.title}"
    for note in scene.notes:
        assert note in scene.text
