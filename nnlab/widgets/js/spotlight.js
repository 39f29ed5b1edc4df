// What lights up where the learner points, and which cell of the result the steps have come to.

import { coordinates, described, shown, sides } from "./cells.js";
import { setText } from "./dom.js";
import { Links } from "./links.js";

const PATIENCE = 300; // milliseconds a pointer rests before what it points at is spoken

export class Spotlight {
  /** `onMove(cell)`, if there is one, hears of every step. */
  constructor(stage, account, transport, live) {
    Object.assign(this, { stage, account, transport, live });
    this.cursor = 0;
    this.point = null; // where the learner points: { grid, cell, how }, or nowhere
  }

  /** Takes a new scene, and stays at the place that it was at. */
  take(scene, changed) {
    const place = this.result && coordinates(this.result, this.cursor);
    this.scene = scene;
    this.links = new Links(scene.accounts);
    this.grids = this.stage.grids;
    this.result = scene.grid(scene.result);
    if (changed) this.point = null;
    this.cursor = 0;
    if (place && this.result) {
      const [sheet, row, column] = sides(this.result).map((side, axis) => Math.min(place[axis], side - 1));
      const [, rows, columns] = sides(this.result);
      this.cursor = (sheet * rows + row) * columns + column;
    }
    this.show();
  }

  destroy() {
    clearTimeout(this.speaking);
  }

  /** The steps move to a cell of the result. */
  move(cell) {
    this.cursor = cell;
    this.point = null;
    this.show();
  }

  /** A cell is clicked. */
  choose(grid, cell) {
    if (grid !== this.scene.result) return;
    this.transport.pause();
    this.cursor = cell;
    this.show();
  }

  /** A cell is pointed at (null: no longer), with the "pointer" or by "focus". */
  pointAt(grid, cell, how) {
    if (cell !== null) this.point = { grid, cell, how };
    else if (this.point?.how === how) this.point = null; // the keys may have moved on while the pointer lay still
    else return;
    if (how === "focus" && cell !== null && grid === this.scene.result) this.cursor = cell;
    this.show();
  }

  /** Points out single cells, as [grid, cell] pairs; if there are none, the one that is pointed at again. */
  pick(pairs) {
    const cells = new Map(pairs.length ? pairs : [this.pointed]);
    for (const [name, grid] of this.grids) grid.point(cells.get(name) ?? -1);
  }

  show() {
    const { point, scene } = this;
    if (this.result) {
      this.transport.update(this.cursor, this.result.values.length, described(this.result, this.cursor));
      this.grids.get(scene.result).stop(this.cursor);
      this.onMove?.(this.cursor);
    }
    const sentence = this.#light(point ?? { grid: scene.result, cell: this.cursor });
    clearTimeout(this.speaking);
    if (!this.transport.playing) this.speaking = setTimeout(() => setText(this.live, sentence), PATIENCE);
  }

  #light({ grid: name, cell }) {
    const { scene, links } = this;
    const spec = scene.grid(name);
    if (!spec) {
      for (const grid of this.grids.values()) grid.show(new Map(), [], -1, false);
      this.account.clear(); // what it showed may be what is now to be predicted
      return "";
    }
    const uses = links.uses(name, cell);
    const isResult = name === scene.result && !uses.length;
    this.lit = new Map([...this.grids.keys()].map((grid) => [grid, new Map()]));
    const framed = this.#sources(name, cell, isResult);
    if (!isResult) this.#uses(spec, uses);
    this.pointed = [name, isResult ? -1 : cell];
    this.lit.get(name).set(cell, "");
    for (const [grid, drawn] of this.grids) {
      drawn.show(this.lit.get(grid), framed.get(grid) ?? [], grid === name ? this.pointed[1] : -1, !isResult);
    }
    return this.account.show(scene, links, name, cell, name !== scene.result);
  }

  /** Lights what a cell rests on; returns the cells of each grid to draw a frame around. */
  #sources(name, cell, badges) {
    const framed = new Map();
    const { lit, links, scene } = this;
    for (const [result, at] of links.trail(name, cell)) {
      const main = scene.accounts[result].factors?.[0];
      lit.get(result).set(at, "");
      for (const other of links.grids(result)) {
        const used = links.used(result, other, at);
        // A grid that every result uses as a whole (the weights) would only light up for ever.
        if (other !== main && used.length === this.grids.get(other).cells.length) continue;
        for (const one of used) lit.get(other).has(one) || lit.get(other).set(one, "");
        if (used.length > 1 || result === name) framed.set(other, used);
      }
      if (!badges || result !== name || !main) continue;
      for (let term = 0; term < links.terms(result); term++) {
        const one = links.cell(result, main, at, term);
        if (one >= 0) lit.get(main).set(one, lit.get(main).get(one) ? "…" : this.#others(result, main, at, term));
      }
    }
    if (badges) framed.set(name, [cell]);
    return framed;
  }

  /** Lights every use of a cell: the result, and the other cells that take part. */
  #uses(spec, uses) {
    const { lit, links } = this;
    for (const [name, cell, term] of uses) {
      if (term < 0) {
        lit.get(name).set(cell, `+${shown(spec, links.cell(name, spec.name, cell, 0))}`);
        continue;
      }
      const { links: tables, addends = [] } = links.accounts[name];
      for (const other of Object.keys(tables)) {
        if (addends.includes(other)) continue;
        const used = links.cell(name, other, cell, term);
        if (used >= 0 && !lit.get(other).has(used)) lit.get(other).set(used, "");
      }
      const badge = this.#others(name, spec.mirrors || spec.name, cell, term);
      lit.get(name).set(cell, lit.get(name).has(cell) && badge ? "…" : badge);
    }
  }

  /** What a linked cell is multiplied by in a term: "×−1". */
  #others(name, grid, cell, term) {
    return (this.scene.accounts[name].factors ?? [])
      .map((factor) => [factor, this.links.cell(name, factor, cell, term)])
      .filter(([factor, used]) => factor !== grid && used >= 0)
      .map(([factor, used]) => `×${shown(this.scene.grid(factor), used)}`)
      .join("");
  }
}
