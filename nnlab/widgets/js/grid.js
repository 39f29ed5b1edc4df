// One grid of cells: numbers on a signed colour scale, frames, badges, editing, and the keys that move about in it.
// The other looks are made of it: they draw a cell in another way, and answer to the same pointer and keys.

import { coordinates, described, marksOf, shown, sides } from "./cells.js";
import { h, OWN_KEYS, place, setStyle, setText } from "./dom.js";
import { typeOver } from "./edit.js";
import { format } from "./numbers.js";

const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

const isTouch = (event) => event.pointerType === "touch";

export class Grid {
  /** `on.point(cell | null, how)`, `on.choose(cell)` and `on.edit(cell, text)` tell what the learner does; `on.choose` if that was an answer. */
  constructor(spec, on) {
    Object.assign(this, { spec, on });
    [this.sheets, this.rows, this.columns] = sides(spec);
    this.home = 0;
    this.lit = new Map();
    this.pointed = -1;
  }

  /** Makes the elements; apart from the constructor, so that other looks are whole before they are asked for theirs. */
  build() {
    const { spec } = this;
    this.cells = Array.from(spec.values, (_, cell) => this.cell(cell, spec));
    this.frames = Array.from({ length: this.sheets }, () => h("div", { class: "nn-frame", "aria-hidden": "true", hidden: true }));
    this.captions = this.frames.map((_, sheet) => h("span", { class: "nn-caption", "aria-hidden": "true" }, spec.sheets[sheet] ?? ""));
    this.scale = h("div", { class: "nn-scale", "aria-hidden": "true" }, h("span"), h("i", {}, h("b", {}, "0")), h("span"));
    this.source = h("em", { class: "nn-source" });
    this.size = h("span");
    this.element = h(
      "figure",
      { class: "nn-grid", "data-name": spec.name, "data-look": spec.look },
      h("figcaption", {}, h("b", {}, spec.title), this.size, this.source),
      h("div", { class: "nn-sheets" }, ...this.frames.map((_, sheet) => this.sheet(sheet, spec))),
      this.scale,
    );
    this.listen();
    this.update(spec);
    return this;
  }

  /** True if the new numbers can be shown in what is there. */
  fits(spec) {
    const alike = (name) => String(spec[name]) === String(this.spec[name]);
    return (this.elastic || this.holds(spec)) && this.sheets === sides(spec)[0] && ["title", "editable", "look", "labels", "axes", "sheets"].every(alike);
  }

  /** True if there is a cell for each of the new numbers. */
  holds(spec) {
    return String(spec.values.shape) === String(this.spec.values.shape);
  }

  /** Cells are added and taken away; other looks are made anew. */
  get elastic() {
    return this.constructor === Grid;
  }

  /** Shows other numbers. */
  update(spec) {
    if (!this.holds(spec)) this.reshape(spec);
    this.spec = spec;
    setText(this.size, spec.size || spec.values.shape.join(" × "));
    this.element.toggleAttribute("data-single", this.cells.length === 1);
    setStyle(this.element, "--rows", this.rows);
    setStyle(this.element, "--columns", this.columns);
    const limit = spec.values.reduce((most, value) => (Math.abs(value) > most ? Math.abs(value) : most), 0);
    this.limit = Number(limit.toFixed(spec.digits)) && limit; // what is printed as zero is not coloured
    this.longest = 0;
    spec.values.forEach((_, cell) => this.draw(cell, spec));
    const word = this.rows > 1 || spec.look === "cells" ? 8 : 14;
    const label = spec.labels.reduce((most, text) => Math.max(most, Math.min(text.length * 0.8, word)), 0);
    setStyle(this.element, "--label", label);
    setStyle(this.element, "--longest", Math.max(this.longest, 3));
    setText(this.scale.firstChild, format(spec.scale === "count" ? 0 : -this.limit, spec.digits));
    setText(this.scale.lastChild, format(this.limit, spec.digits));
    this.scale.dataset.scale = spec.scale;
    this.scale.hidden = this.cells.length === 1 || !this.limit;
  }

  /** Draws one cell's number, colour and marks. */
  draw(index, spec) {
    const value = spec.values[index];
    const cell = this.cells[index];
    const text = shown(spec, index);
    const marks = marksOf(spec, index);
    this.longest = Math.max(this.longest, text.length);
    setText(cell.firstChild, text);
    this.colour(cell, value, spec);
    cell.dataset.marks = marks.map((mark) => mark.style).join(" ");
    this.name(index, this.lit.get(index) ?? "");
  }

  colour(cell, value, spec) {
    setStyle(cell, "--strength", (this.limit ? Math.abs(value) / this.limit : 0).toFixed(3));
    cell.dataset.sign = spec.scale === "count" ? "count" : value < 0 ? "negative" : "positive";
  }

  /** Says of a cell in words what can be seen of it: its number, its badge, its marks. */
  name(index, badge) {
    const number = [described(this.spec, index), badge].filter(Boolean).join(" ");
    const marks = marksOf(this.spec, index).map((mark) => mark.label);
    this.cells[index].setAttribute("aria-label", [number, ...marks].join(", "));
  }

  /** Lights cells up: `lit` maps cell -> badge text; one frame a sheet is drawn around the `framed` cells. */
  show(lit, framed, pointed, quiet) {
    for (const cell of this.lit.keys()) if (!lit.has(cell)) this.light(cell, false, "");
    for (const [cell, badge] of lit) if (this.lit.get(cell) !== badge) this.light(cell, true, badge);
    this.lit = lit;
    this.point(pointed);
    this.element.classList.toggle("nn-quiet", quiet);
    const bounds = new Map();
    for (const cell of framed) {
      const [sheet, row, column] = coordinates(this.spec, cell);
      const [top, left, bottom, right] = bounds.get(sheet) ?? [row, column, row, column];
      bounds.set(sheet, [Math.min(top, row), Math.min(left, column), Math.max(bottom, row), Math.max(right, column)]);
    }
    this.frames.forEach((frame, sheet) => {
      const box = bounds.get(sheet);
      frame.hidden = !box;
      if (!box) return;
      const [top, left, bottom, right] = box;
      frame.style.cssText = `--top:${top};--left:${left};--height:${bottom - top + 1};--width:${right - left + 1}`;
    });
  }

  light(index, on, badge) {
    const cell = this.cells[index];
    cell.classList.toggle("nn-lit", on);
    this.name(index, badge);
    const old = cell.querySelector(".nn-badge");
    if (!old && !badge) return;
    const element = old ?? cell.appendChild(h("span", { class: "nn-badge", "aria-hidden": "true" }));
    setText(element, badge);
    if (badge) setStyle(element, "--length", Math.max(badge.length, 3));
  }

  /** Points out one cell (-1: none). */
  point(cell) {
    if (cell === this.pointed) return;
    this.cells[this.pointed]?.classList.remove("nn-pointed");
    this.cells[cell]?.classList.add("nn-pointed");
    this.pointed = cell;
  }

  /** Points again at the cell on which the focus or the pointer rests: neither of them moves when the cells around it change. */
  repoint() {
    for (const [how, state] of [["focus", ":focus-visible"], ["pointer", ":hover"]]) {
      const cell = this.element.querySelector(`.nn-cell${state}`);
      if (cell) this.on.point(Number(cell.dataset.cell), how);
    }
  }

  /** Makes `cell` the one that Tab comes to, and focuses it if asked. */
  stop(cell, focus = false) {
    this.cells[this.home]?.setAttribute("tabindex", "-1");
    this.home = Math.min(cell, this.cells.length - 1);
    this.cells[this.home].setAttribute("tabindex", "0");
    if (focus) this.cells[this.home].focus();
  }

  /** Gets cells for numbers of another shape; a cell that keeps its row and its column stays as it is in the page. */
  reshape(spec) {
    const { cells, rows, columns } = this;
    const home = cells[this.home];
    this.show(new Map(), [], -1, false);
    [, this.rows, this.columns] = sides(spec);
    this.cells = Array.from(spec.values, (_, index) => {
      const [sheet, row, column] = coordinates(spec, index);
      const kept = row < rows && column < columns && cells[(sheet * rows + row) * columns + column];
      if (kept) kept.dataset.cell = index;
      return kept || this.cell(index, spec);
    });
    this.home = this.cells.indexOf(home);
    if (this.home < 0) this.stop(0);
    this.frames.forEach((frame, sheet) => this.fill(frame.parentElement, sheet, spec));
  }

  /** The element of one sheet: heads, rows of cells, and the frame over them. */
  sheet(sheet, spec) {
    const corner = h("span", { class: "nn-corner" }, spec.axes.at(-1) ? `${spec.axes.at(-2)}\u2009${spec.axes.at(-1)}` : "");
    const heads = h("div", { class: "nn-row", "aria-hidden": "true" }, corner);
    const body = h("div", { role: "grid", class: "nn-cells", "data-labels": spec.labels.length > 0 }, heads, this.frames[sheet]);
    this.fill(body, sheet, spec);
    return h("div", { class: "nn-sheet" }, this.captions[sheet], body);
  }

  /** Puts the cells of a sheet into its rows. */
  fill(body, sheet, spec) {
    const { rows, columns } = this;
    const [heads, ...lines] = body.querySelectorAll(".nn-row");
    const [corner, ...names] = heads.children;
    place(heads, [corner, ...Array.from({ length: columns }, (_, column) => names[column] ?? this.#head(spec.labels[column] ?? column))]);
    for (let row = 0; row < rows; row++) {
      const line = lines[row] ?? h("div", { role: "row", class: "nn-row" }, this.#head(row));
      const start = (sheet * rows + row) * columns;
      place(line, [line.firstChild, ...this.cells.slice(start, start + columns)]);
      if (!lines[row]) this.frames[sheet].before(line);
    }
    for (const line of lines.slice(rows)) line.remove();
    const caption = spec.values.shape.length === 3 ? ` ${spec.sheets[sheet] ?? sheet}` : "";
    const label = `${spec.title}${caption}, ${rows} rows, ${columns} columns${spec.editable ? ", editable" : ""}`;
    body.setAttribute("aria-label", label);
  }

  #head(name) {
    return h("span", { class: "nn-head", "aria-hidden": "true" }, `${name}`);
  }

  cell(index, spec) {
    return h(
      "div",
      {
        role: "gridcell",
        class: "nn-cell",
        "data-cell": index,
        tabindex: index === 0 ? 0 : -1,
        "data-editable": spec.editable,
        "aria-readonly": spec.editable ? undefined : "true",
        ...OWN_KEYS,
      },
      h("span", { class: "nn-value" }),
    );
  }

  /** One listener for all cells; pointerenter does not bubble, but is heard on its way down. */
  listen() {
    const body = this.element.querySelector(".nn-sheets");
    const on = (kind, act, capture = false) => {
      const heard = (event) => {
        const cell = event.target.closest(".nn-cell");
        if (cell) act(event, Number(cell.dataset.cell));
      };
      body.addEventListener(kind, heard, capture);
    };
    on("pointerenter", (event, cell) => isTouch(event) || this.on.point(cell, "pointer"), true);
    on("pointerdown", (_, cell) => this.stop(cell));
    on("click", (event, cell) => this.clicked(event, cell));
    on("focusin", (event, cell) => event.target.matches(".nn-cell:focus-visible") && this.on.point(cell, "focus"));
    on("focusout", (event) => event.target.matches(".nn-cell") && this.on.point(null, "focus"));
    on("keydown", (event, cell) => event.target.tagName === "INPUT" || this.key(event, cell));
    for (const cells of body.querySelectorAll(".nn-cells")) {
      cells.addEventListener("pointerleave", (event) => isTouch(event) || this.on.point(null, "pointer"));
    }
  }

  /** A finger cannot hover: its first tap points at a cell, the second chooses it. */
  clicked(event, index) {
    if (event.target.tagName === "INPUT") return;
    if (isTouch(event) && index !== this.pointed) this.on.point(index, "pointer");
    else this.choose(index);
  }

  choose(index) {
    if (!this.on.choose(index) && this.spec.editable) this.edit(index);
  }

  key(event, index) {
    event.stopPropagation();
    const next = this.neighbour(index, event.key);
    if (next !== null) this.stop(next, true);
    else if (event.key === "Enter" || event.key === "F2" || event.key === " ") this.choose(index);
    else if (this.spec.editable && /^[-+.\d]$/.test(event.key)) this.edit(index, event.key);
    else if (!MOVES[event.key]) return;
    event.preventDefault();
  }

  /** The cell to which a key moves from a cell, or null; Page Up and Page Down turn the sheets. */
  neighbour(index, key) {
    const [sheet, row, column] = coordinates(this.spec, index);
    const to = {
      Home: [sheet, row, 0],
      End: [sheet, row, this.columns - 1],
      PageUp: [sheet - 1, row, column],
      PageDown: [sheet + 1, row, column],
    }[key] ?? [sheet, row + (MOVES[key]?.[0] ?? NaN), column + (MOVES[key]?.[1] ?? NaN)];
    const most = [this.sheets, this.rows, this.columns];
    if (!to.every((at, axis) => at >= 0 && at < most[axis])) return null;
    return (to[0] * this.rows + to[1]) * this.columns + to[2];
  }

  edit(index, start) {
    const cell = this.cells[index];
    if (cell.querySelector("input")) return;
    const full = String(this.spec.values[index]);
    const short = shown(this.spec, index).replace("\u2212", "-");
    const text = Number(short) === Number(full) ? full : short;
    typeOver(cell, described(this.spec, index), text, start, (typed, focus) => {
      const now = this.cells.indexOf(cell); // the grid may have got another shape meanwhile
      if (now < 0) return;
      if (focus) this.stop(now, true);
      if (typed !== null) this.on.edit(now, typed);
    });
  }
}
