// Cells as bars from a zero line, each with its number at its end.

import { setStyle } from "./dom.js";
import { Grid } from "./grid.js";

export class Bars extends Grid {
  update(spec) {
    this.low = spec.values.reduce((least, value) => (value < least ? value : least), 0);
    this.high = spec.values.reduce((most, value) => (value > most ? value : most), 0);
    super.update(spec);
    setStyle(this.element, "--zero", this.part(0));
    this.element.dataset.negative = this.low < 0;
    this.scale.hidden = true;
  }

  draw(index, spec) {
    super.draw(index, spec);
    const value = Number.isFinite(spec.values[index]) ? spec.values[index] : 0;
    const cell = this.cells[index];
    setStyle(cell, "--from", this.part(Math.min(value, 0)));
    setStyle(cell, "--to", this.part(Math.max(value, 0)));
  }

  /** How far up a number stands between the lowest and the highest. */
  part(value) {
    return this.high > this.low ? ((value - this.low) / (this.high - this.low)).toFixed(4) : 0;
  }
}
