// Cells as small squares, up to some thousands; the number of the one that is pointed at stands below them.

import { described, marksOf } from "./cells.js";
import { h, OWN_KEYS, setText } from "./dom.js";
import { Grid } from "./grid.js";

export class Tiles extends Grid {
  cell(index) {
    return h("i", { class: "nn-cell", "data-cell": index });
  }

  /** One sheet: a group that is one stop for the keys; which square they are on is spoken with its number. */
  sheet(sheet, spec) {
    const size = this.rows * this.columns;
    const caption = spec.values.shape.length === 3 ? ` ${spec.sheets[sheet] ?? sheet}` : "";
    const label = `${spec.title}${caption}, ${this.rows} rows, ${this.columns} columns; arrow keys move`;
    const keys = { tabindex: sheet ? -1 : 0, ...OWN_KEYS };
    const cells = this.cells.slice(sheet * size, (sheet + 1) * size);
    const body = h("div", { role: "group", class: "nn-cells", "aria-label": label, ...keys }, ...cells, this.frames[sheet]);
    return h("div", { class: "nn-sheet" }, this.captions[sheet], body);
  }

  listen() {
    super.listen();
    this.readout = h("div", { class: "nn-readout", "aria-hidden": "true" }, "\u00a0");
    this.scale.before(this.readout);
    this.bodies = [...this.element.querySelectorAll(".nn-cells")];
    for (const body of this.bodies) {
      body.addEventListener("keydown", (event) => this.key(event, this.home));
      body.addEventListener("focus", () => body.matches(":focus-visible") && this.on.point(this.home, "focus"));
      body.addEventListener("blur", () => this.on.point(null, "focus"));
    }
  }

  draw(index, spec) {
    const value = spec.values[index];
    const cell = this.cells[index];
    this.colour(cell, value, spec);
    const marks = marksOf(spec, index);
    if (marks.length || cell.dataset.marks) cell.dataset.marks = marks.map((mark) => mark.style).join(" ");
  }

  light(index, on) {
    this.cells[index].classList.toggle("nn-lit", on);
  }

  show(lit, framed, pointed, quiet) {
    super.show(lit, framed, pointed, quiet);
    const cell = pointed >= 0 ? pointed : lit.size === 1 ? [...lit.keys()][0] : -1;
    const marks = cell < 0 ? [] : marksOf(this.spec, cell).map((mark) => mark.label);
    setText(this.readout, cell < 0 ? "\u00a0" : [described(this.spec, cell), ...marks].join(", "));
  }

  stop(cell, focus = false) {
    this.home = Math.min(cell, this.cells.length - 1);
    if (!focus) return;
    const body = this.bodies[Math.floor(this.home / (this.rows * this.columns))];
    if (document.activeElement === body) this.on.point(this.home, "focus");
    else body.focus();
  }

  edit() {}
}
