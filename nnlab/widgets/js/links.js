// Which cells belong together. `links[grid]` says for each result cell and each of its terms which cell of `grid`
// is used (-1: none); everything that lights up under the pointer follows from these tables, read both ways.

export class Links {
  constructor(scene) {
    this.tables = scene.links;
    this.result = scene.ledger.result;
    [this.results, this.terms] = scene.ledger.terms.shape;
    this.inverse = {};
  }

  /** The cell of `grid` that a term uses, or -1. */
  cell(grid, result, term) {
    if (grid === this.result) return result;
    const table = this.tables[grid];
    return table ? table[result * this.terms + term] : -1;
  }

  /** Every use of a cell, as [result cell, term]. */
  uses(grid, cell) {
    if (grid === this.result) return Array.from({ length: this.terms }, (_, term) => [cell, term]);
    this.inverse[grid] ??= this.#invert(grid);
    return this.inverse[grid].get(cell) ?? [];
  }

  #invert(grid) {
    const uses = new Map();
    (this.tables[grid] ?? []).forEach((cell, index) => {
      if (cell < 0) return;
      if (!uses.has(cell)) uses.set(cell, []);
      uses.get(cell).push([Math.floor(index / this.terms), index % this.terms]);
    });
    return uses;
  }
}
