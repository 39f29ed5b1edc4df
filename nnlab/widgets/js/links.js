// Which cells belong together. The accounts say for each cell of a grid, and each of its terms, which cells of other
// grids are used (-1: none); everything that lights up under the pointer follows from these tables, read both ways.

export const ADDED = -1; // in place of the number of a term: the cell is added to all of them

export class Links {
  constructor(accounts) {
    this.accounts = accounts;
    this.names = Object.keys(accounts);
    this.inverse = {};
  }

  /** How many terms each cell of the grid `name` has. */
  terms(name) {
    const account = this.accounts[name];
    return account.kind === "terms" ? account.values.shape[1] : 1;
  }

  /** The cell of `grid` that a term of a cell uses, or -1. */
  cell(name, grid, cell, term) {
    if (grid === name) return cell;
    const account = this.accounts[name];
    const table = account.links[grid];
    const added = account.addends?.includes(grid) && !account.factors.includes(grid);
    if (!table) return added ? 0 : -1;
    const width = table.shape[1];
    if (added) return table.subarray(cell * width, (cell + 1) * width).find((used) => used >= 0) ?? -1;
    return table[cell * width + (width === 1 ? 0 : term)];
  }

  /** The grids whose cells the account of a grid uses. */
  grids(name) {
    const { links, addends = [] } = this.accounts[name];
    return [...new Set([...Object.keys(links), ...addends])];
  }

  /** The different cells of `grid` that a cell uses. */
  used(name, grid, cell) {
    const cells = new Set();
    for (let term = 0; term < this.terms(name); term++) cells.add(this.cell(name, grid, cell, term));
    cells.delete(-1);
    return [...cells];
  }

  /** True if any account uses cells of `grid`. */
  joins(grid) {
    return this.names.some((name) => name !== grid && this.grids(name).includes(grid));
  }

  /** Every use of a cell, as [grid, cell, term]. */
  uses(grid, cell) {
    return this.names.flatMap((name) => {
      this.inverse[name] ??= {};
      this.inverse[name][grid] ??= this.#invert(name, grid);
      return this.inverse[name][grid].get(cell) ?? [];
    });
  }

  /** The cells on which a cell rests one by one, itself among them, in the order of the accounts: a Map to grids. */
  trail(grid, cell) {
    const reached = new Map();
    const visit = (name, at) => {
      if (!this.accounts[name] || reached.has(name)) return;
      reached.set(name, at);
      for (const next of this.grids(name)) {
        const cells = this.accounts[next] ? this.used(name, next, at) : [];
        if (cells.length === 1) visit(next, cells[0]);
      }
    };
    visit(grid, cell);
    return this.names.filter((name) => reached.has(name)).map((name) => [name, reached.get(name)]);
  }

  #invert(name, grid) {
    const uses = new Map();
    if (grid === name || !this.grids(name).includes(grid)) return uses;
    const { links, addends = [], factors, values, exact } = this.accounts[name];
    const note = (used, cell, term) => {
      if (used < 0) return;
      if (!uses.has(used)) uses.set(used, []);
      uses.get(used).push([name, cell, term]);
    };
    const cells = (values ?? exact).shape[0];
    const added = addends.includes(grid) && !factors.includes(grid);
    const terms = added || links[grid].shape[1] === 1 ? 1 : this.terms(name);
    for (let cell = 0; cell < cells; cell++) {
      for (let term = 0; term < terms; term++) note(this.cell(name, grid, cell, term), cell, added ? ADDED : term);
    }
    return uses;
  }
}
